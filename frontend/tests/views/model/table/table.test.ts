import { select } from "d3-selection";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { State } from "../../../../src/state/state";
import { chosenRanking, planModel, planResult } from "../../../../src/state/selectors/plan";
import { tableData } from "../../../../src/views/model/table/chartData";
import { drawTable } from "../../../../src/views/model/table/table";
import type { TableCallbacks } from "../../../../src/views/model/table/tableData";
import { networkState } from "../../../fixtures/network";

const LOW = { width: 640, height: 106, isEnlarged: false };
const ROW = 22;
let box: HTMLElement;

beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  box = document.createElement("div");
  document.body.append(box);
});
afterEach(() => box.remove());

const names = [
  "onLayer",
  "onLock",
  "onHover",
  "onToggle",
  "onBrush",
  "onBrushed",
  "onLine",
  "onLineEnd",
  "onLineStep",
  "onKey",
] as const;
const callbacks = Object.fromEntries(names.map((name) => [name, vi.fn()])) as unknown as TableCallbacks;

const onScroll = vi.fn();

function draw(state: State, start: number | null = null): HTMLElement {
  const data = tableData(
    state,
    { model: planModel(state)!, ranking: chosenRanking(state)!, result: planResult(state)! },
    LOW,
  );
  drawTable(select(box), data, callbacks, { requestedFirstRow: () => start, onScroll });
  return box.querySelector<HTMLElement>(".window")!;
}

/** Like a browser: a box cannot scroll beyond its content at that moment. */
function limitScroll(): void {
  const tops = new WeakMap<Element, number>();
  vi.spyOn(Element.prototype, "scrollTop", "get").mockImplementation(function (this: Element) {
    return tops.get(this) ?? 0;
  });
  vi.spyOn(Element.prototype, "scrollTop", "set").mockImplementation(function (this: Element, top: number) {
    const contentHeight = Number(this.querySelector(":scope > svg.ground")?.getAttribute("height") ?? 0);
    const room = Math.max(0, contentHeight - parseFloat((this as HTMLElement).style.height || "0"));
    tops.set(this, Math.min(room, Math.max(0, top)));
  });
}

const layerNames = (state: State): string[] => planModel(state)!.structure.source.layers.map(({ name }) => name);
const choose = (state: State, layer: string): State => ({ ...state, choice: { ...state.choice, layer } });

test("a table that opens with a later layer chosen scrolls to its row", async () => {
  limitScroll();
  const state = networkState("vgg");
  const last = layerNames(state).length - 1;
  const view = draw(choose(state, layerNames(state)[last]!));
  await Promise.resolve();
  const height = parseFloat(view.style.height);
  expect(view.scrollTop).toBe((last + 1) * ROW - height);
  draw(choose(state, layerNames(state)[0]!));
  await Promise.resolve();
  expect(view.scrollTop).toBe(0);
});

test("a link opens the table at its scroll position, even away from the chosen layer", async () => {
  limitScroll();
  onScroll.mockClear();
  const state = networkState("vgg");
  const view = draw(choose(state, layerNames(state).at(-1)!), 1);
  await Promise.resolve();
  expect(view.scrollTop).toBe(ROW);
  view.dispatchEvent(new Event("scroll"));
  expect(onScroll).toHaveBeenLastCalledWith(1);
});

test("scrolling by a person is reported, scrolling to a chosen layer only after that", async () => {
  limitScroll();
  onScroll.mockClear();
  const state = networkState("vgg");
  const last = choose(state, layerNames(state).at(-1)!);
  const view = draw(last);
  await Promise.resolve();
  view.dispatchEvent(new Event("scroll"));
  expect(onScroll).not.toHaveBeenCalled();
  view.scrollTop = 5;
  view.dispatchEvent(new Event("scroll"));
  expect(onScroll).toHaveBeenLastCalledWith(1);
  view.scrollTop = 32;
  view.dispatchEvent(new Event("scroll"));
  expect(onScroll).toHaveBeenLastCalledWith(2);
  draw(choose(state, layerNames(state)[0]!), 1);
  await Promise.resolve();
  view.dispatchEvent(new Event("scroll"));
  expect(onScroll).toHaveBeenLastCalledWith(0);
});
