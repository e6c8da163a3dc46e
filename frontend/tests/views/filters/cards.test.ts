import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import { changeRule } from "../../../src/state/changes/edits";
import { layerCards, picturesKey, firstCardPosition } from "../../../src/state/selectors/filterCards";
import { withChoice, withScreen, withServer } from "../../../src/state/changes/patches";
import { planResult } from "../../../src/state/selectors/plan";
import type { State } from "../../../src/state/state";
import { type Rule } from "../../../src/planning/rules";
import { cardsData, describeVisibleCards } from "../../../src/views/filters/cards/data";
import {
  findVisibleCards,
  layoutCardGrid,
  layoutHistogram,
  percentile90,
  placeCard,
  scrollTopAtBoundary,
  cardPositionAfterKeyPress,
  addOverscanRows,
} from "../../../src/views/filters/cards/layout";
import { cardsToSvg } from "../../../src/views/filters/cards/svg";
import { drawCards } from "../../../src/views/filters/cards/cards";
import { networkState } from "../../fixtures/network";
import { means, pictures } from "../../fixtures/samples";
import { paperRule } from "../../fixtures/rules";

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

const SIZE = { width: 384, height: 356 };
const LAYER = "features.0.0";

test("four cards fit into a row of 384 pixels, and of 512 cards only the visible ones are drawn", () => {
  const grid = layoutCardGrid(512, 384);
  expect(grid.columns).toBe(4);
  expect(placeCard(grid, 5)).toEqual([104, 95]);
  expect(findVisibleCards(grid, 0, SIZE, 512)).toEqual({ first: 0, count: 16 });
  expect(findVisibleCards(grid, 1000, SIZE, 512).first).toBe(40);
  expect(findVisibleCards(grid, 0, SIZE, 5)).toEqual({ first: 0, count: 5 });
  expect(addOverscanRows(grid, { first: 8, count: 16 }, 512)).toEqual({ first: 4, count: 24 });
});

test("the list opens with the edge of the plan visible", () => {
  const grid = layoutCardGrid(168, 384);
  const top = scrollTopAtBoundary(grid, 50, 356);
  const { first, count } = findVisibleCards(grid, top, SIZE, 168);
  expect(first).toBeLessThan(50);
  expect(first + count).toBeGreaterThan(50);
  expect(scrollTopAtBoundary(grid, 2, 356)).toBe(0);
});

test("arrows step by card and by row, and stop at the ends", () => {
  const grid = layoutCardGrid(10, 384);
  expect([
    cardPositionAfterKeyPress("ArrowDown", 1, grid, 10),
    cardPositionAfterKeyPress("ArrowDown", 8, grid, 10),
    cardPositionAfterKeyPress("End", 1, grid, 10),
    cardPositionAfterKeyPress("x", 1, grid, 10),
  ]).toEqual([5, 8, 9, null]);
});

test("a full bar is the ninth decile, and the histogram is logarithmic", () => {
  expect(percentile90([...Array(10).keys(), NaN])).toBe(9);
  const bars = layoutHistogram([0, 9, 99]);
  expect(bars[0]).toBe(0);
  expect(bars[2]).toBe(28);
  expect(bars[1]).toBeCloseTo(14);
});

const half = (state: State): State => changeRule({ ...paperRule, percent: 50 } as Rule)(state);
const withVisible = (state: State): State => withScreen(state, { visibleCards: { first: 0, count: 8 } });

test("filters are sorted by score, by number or by activation, strongest first", () => {
  const state = networkState("vgg");
  const scores = state.server.scores["10:taylor"]!;
  const numbers = (sorted: State): number[] => layerCards(sorted)!.filters.map(({ number }) => number);
  const bySensitivity = numbers(state);
  expect([...bySensitivity].sort((a, b) => a - b)).toEqual(numbers(withChoice(state, { filterSort: "number" })));
  expect(bySensitivity).not.toEqual(numbers(withChoice(state, { filterSort: "number" })));
  expect(scores.score.length).toBeGreaterThan(0);
  const loaded = withServer(state, { layerFilters: { [`10:${LAYER}`]: means(bySensitivity, (number) => number) } });
  expect(numbers(withChoice(loaded, { layer: LAYER, filterSort: "activation" }))[0]).toBe(Math.max(...bySensitivity));
});

test("every order goes up and down; sensitivity is offered if the axis shows another criterion", () => {
  const state = withServer(networkState("vgg"), {
    layerFilters: { [`10:${LAYER}`]: means([0, 1, 2], (number) => 10 - number) },
  });
  const numbers = (choice: Partial<State["choice"]>): number[] =>
    layerCards(withChoice(state, { layer: LAYER, ...choice }))!.filters.map(({ number }) => number);
  expect(numbers({ filterSort: "number-down" })).toEqual(numbers({ filterSort: "number" }).reverse());
  expect(numbers({ filterSort: "activation" }).slice(0, 3)).toEqual([0, 1, 2]);
  expect(numbers({ filterSort: "activation-up" }).slice(0, 3)).toEqual([2, 1, 0]);
  expect(numbers({ filterSort: "instability-down" })).not.toEqual(numbers({ filterSort: "instability" }));
  const random = {
    ...state.server.scores["10:taylor"]!,
    criterion: "random",
    score: state.server.scores["10:taylor"]!.score.map((score) => score && -score),
    instability: null,
  };
  const other = withServer(withChoice(state, { layer: LAYER, criterion: "random" }), {
    scores: { ...state.server.scores, "10:random": random },
  });
  const ordered = (filterSort: State["choice"]["filterSort"]): number[] =>
    layerCards(withChoice(other, { filterSort }))!.filters.map(({ number }) => number);
  expect(ordered("sensitivity")).toEqual(numbers({ filterSort: "score" }));
  expect(ordered("score")).not.toEqual(ordered("sensitivity"));
});

test("the first bar shows the value that the list is sorted by, and the title names it in full", () => {
  const loaded = withServer(networkState("vgg"), {
    layerFilters: { [`10:${LAYER}`]: means([0, 1, 2], (number) => number + 1) },
  });
  const data = cardsData(withChoice(loaded, { layer: LAYER, filterSort: "activation" }))!;
  expect(data.scoreName).toBe("act");
  expect(cardsData(withChoice(loaded, { layer: LAYER, filterSort: "score" }))!.scoreName).toBe("sens");
  expect(data.cardAt(0)).toMatchObject({ number: 2, score: 1 });
  expect(data.cardAt(0).title).toMatch(/^Filter 2: sensitivity [\d.]+, mean activation 3, instability/);
});

test("an inactive filter and a unit without a map say so instead of showing an image", () => {
  const activations = means([0, 1, 2], () => 0.52);
  const note = (changes: object, high: number): string | null => {
    const items = activations.items.map((item) => ({ ...item, map_high: high }));
    const loaded = withServer(networkState("vgg"), {
      layerFilters: { [`10:${LAYER}`]: { ...activations, ...changes, items } },
    });
    return cardsData(withChoice(loaded, { layer: LAYER, filterSort: "number" }))!.cardAt(0).note;
  };
  expect([note({}, 1), note({}, 0), note({ height: 1, width: 1 }, 1)]).toEqual([
    null,
    "never active",
    "no map: mean 0.52",
  ]);
  drawCards(select(box), { ...cardsData(networkState("vgg"))!, cardListId: "a" }, SIZE, callbacks());
  expect(box.querySelector<HTMLElement>(".card .note")!.hidden).toBe(true);
});

test("the edge comes after the last removed filter", () => {
  const state = half(networkState("vgg"));
  const cards = layerCards(state)!;
  const edge = firstCardPosition(state, cards);
  const removed = planResult(state)!.removed;
  expect(edge).toBeGreaterThan(0);
  expect(cards.filters.slice(edge).some(({ unit }) => removed[unit] === 1)).toBe(false);
});

test("loaded pictures are shown and the others are counted as loading", () => {
  const state = withVisible(withChoice(networkState("vgg"), { sample: 7, layer: LAYER, filterSort: "number" }));
  expect(describeVisibleCards(cardsData(state)!)).toContain("0 loaded, 8 loading");
  const loaded = withServer(state, { pictures: { [picturesKey(10, 7, LAYER, 0)]: pictures([0, 1, 2]) } });
  const data = cardsData(loaded)!;
  expect(data.cardAt(1)).toMatchObject({ number: 1, imageUrl: "data:image/png;base64,png1" });
  expect(describeVisibleCards(data)).toMatch(/^1–8 of \d+ · pictures: 3 loaded, 5 loading$/);
});

const callbacks = () => ({
  onToggleCard: vi.fn(),
  onChoose: vi.fn(),
  onHover: vi.fn(),
  onVisibleRangeChange: vi.fn(),
  onScroll: vi.fn(),
});

test("redrawing updates cards in place; a click toggles a filter, Enter shows its samples", () => {
  const act = callbacks();
  const draw = (state: State): void => drawCards(select(box), { ...cardsData(state)!, cardListId: "a" }, SIZE, act);
  draw(networkState("vgg"));
  const before = [...box.querySelectorAll(".card")];
  expect(box.querySelectorAll(".card.removed")).toHaveLength(0);
  draw(half(networkState("vgg")));
  expect([...box.querySelectorAll(".card")]).toEqual(before);
  const removed = box.querySelector<HTMLButtonElement>(".card.removed")!;
  expect(removed.querySelector("em")!.textContent).toBe("✕");
  expect(removed.getAttribute("aria-pressed")).toBe("true");
  removed.click();
  expect(act.onToggleCard.mock.calls[0]![0]).toMatchObject({ isRemoved: true });
  removed.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
  expect(act.onChoose).toHaveBeenCalledOnce();
  removed.dispatchEvent(new KeyboardEvent("keydown", { key: " " }));
  expect(act.onToggleCard).toHaveBeenCalledTimes(2);
  expect(box.querySelectorAll(".card[tabindex='0']")).toHaveLength(1);
});

test("a long criterion name is full in the card's title, and shortened in the saved drawing", () => {
  const state = networkState("vgg");
  const scored = withServer(state, { scores: { "10:power_norm:power=3": state.server.scores["10:taylor"]! } });
  const shown = withChoice(scored, { criterion: "power_norm:power=3" });
  drawCards(select(box), { ...cardsData(shown)!, cardListId: "a" }, SIZE, callbacks());
  const card = box.querySelector<HTMLElement>(".card")!;
  expect(card.querySelector(".bar.score s")!.textContent).toBe("power norm");
  expect(card.title).toMatch(/^Filter \d+: power norm, power 3 0\.\d+, instability/);
  expect(cardsToSvg(shown, SIZE)!.svg).toContain(">powe…</text>");
});

test("arrows move the focus from card to card", () => {
  drawCards(select(box), { ...cardsData(networkState("vgg"))!, cardListId: "a" }, SIZE, callbacks());
  const cards = [...box.querySelectorAll<HTMLElement>(".card")];
  cards[0]!.focus();
  cards[0]!.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
  expect(document.activeElement).toBe(cards[1]);
});

test("a list opens at the edge of the plan, or where a link says, and scrolling is reported", async () => {
  const act = callbacks();
  const draw = (cardListId: string, list: number | null): HTMLElement => {
    drawCards(
      select(box),
      { ...cardsData(withScreen(half(networkState("vgg")), { firstCard: list }))!, cardListId },
      SIZE,
      act,
    );
    return box.querySelector<HTMLElement>(".cards")!;
  };
  const view = draw("a", 4);
  await Promise.resolve();
  const linked = view.scrollTop;
  view.dispatchEvent(new Event("scroll"));
  expect(act.onScroll).not.toHaveBeenCalled();
  expect(act.onVisibleRangeChange).toHaveBeenLastCalledWith(expect.objectContaining({ first: 4 }));
  draw("b", null);
  await Promise.resolve();
  expect(view.scrollTop).not.toBe(linked);
  view.scrollTop = linked;
  view.dispatchEvent(new Event("scroll"));
  expect(act.onScroll).toHaveBeenLastCalledWith(expect.objectContaining({ first: 4 }));
});

test("all filters of the layer are saved as a drawing that marks removed ones", () => {
  const { svg, width } = cardsToSvg(half(networkState("vgg")), SIZE)!;
  const drawing = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  expect(drawing.querySelector("parsererror")).toBeNull();
  expect(width).toBe(760);
  const { filters, removed } = cardsData(half(networkState("vgg")))!;
  expect(drawing.querySelectorAll("g[transform]")).toHaveLength(filters.length);
  expect(svg.split("✕")).toHaveLength(removed + 1);
});
