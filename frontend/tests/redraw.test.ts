import { withChoice, withHover, withScreen } from "../src/state/changes/patches";
import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import { drawPage, PANELS } from "../src/shell";
import type { Actions } from "../src/state/actions";
import type { Dialog } from "../src/state/dialog";
import type { State } from "../src/state/state";
import { drawDialogs } from "../src/views/dialogs/dialogs";
import { makePageFrame } from "../src/views/frame/frame";
import type { Panel } from "../src/views/panel";
import { statusData } from "../src/views/status/status";
import { topBarData } from "../src/views/top/top";
import { full, other } from "./fixtures/full";

const SIZE = { width: 700, height: 880 };

/** A canvas context that records a hash of what is painted in the canvas's `data-painted`. */
function recordingContext(canvas: HTMLCanvasElement): unknown {
  let hash = 7;
  const record = (text: string): void => {
    for (const character of text) hash = (hash * 31 + character.charCodeAt(0)) | 0;
    canvas.dataset.painted = String(hash);
  };
  const image = (width: number, height: number): ImageData => {
    const drawn = new ImageData(width, height);
    drawn.data.fill(Math.abs(hash) % 255);
    return drawn;
  };
  return new Proxy(
    {},
    {
      get: (_, name: string) =>
        name === "canvas"
          ? canvas
          : name === "getImageData"
            ? (_x: number, _y: number, ...size: [number, number]) => image(...size)
            : name === "measureText"
              ? (text: string) => ({ width: 6 * text.length })
              : (...args: unknown[]) =>
                  record(name + args.map((arg) => (arg instanceof ImageData ? arg.data.join("") : String(arg))).join()),
      set: (_, name: string, value) => (record(`${name}=${String(value)}`), true),
    },
  );
}

const act = new Proxy({} as Actions, { get: () => () => undefined });

beforeEach(() => {
  document.body.replaceChildren();
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.stubGlobal("Path2D", vi.fn());
  vi.stubGlobal(
    "ImageData",
    class {
      readonly data: Uint8ClampedArray;
      constructor(
        readonly width: number,
        readonly height: number,
      ) {
        this.data = new Uint8ClampedArray(4 * width * height);
      }
    },
  );
  const contexts = new WeakMap<HTMLCanvasElement, unknown>();
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation(function (this: HTMLCanvasElement) {
    const context = contexts.get(this) ?? recordingContext(this);
    contexts.set(this, context);
    return context as null;
  });
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(SIZE.width);
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(SIZE.height);
});

function openPage(state: State) {
  const root = document.body.appendChild(document.createElement("div"));
  const page = { frame: makePageFrame(root, PANELS), act, regions: new Map(), state: () => state } as Parameters<
    typeof drawPage
  >[0];
  vi.spyOn(window, "requestAnimationFrame").mockReturnValue(0); // the frame in which the remaining panels are drawn
  drawPage(page, state);
  drawPage(page, state);
  return page;
}

/** The State with every value replaced that the region's draw has not read. */
function changeUnread(state: State, reads: readonly string[]): State {
  const read = new Set([...reads, "screen.theme"]); // a region gets its theme in addition to the State
  const parts = Object.keys(state) as (keyof State)[];
  const change = (part: keyof State) =>
    Object.fromEntries(
      Object.entries(state[part]).map(([key, value]) => [
        key,
        read.has(`${part}.${key}`) ? (value as unknown) : (other[part] as unknown as Record<string, unknown>)[key],
      ]),
    );
  return Object.fromEntries(parts.map((part) => [part, change(part)])) as unknown as State;
}

type Draw = (state: State) => unknown;

/** The content of the page after the first draw of a region. */
const drawn =
  (draw: (box: ReturnType<typeof newBox>, state: State) => void): Draw =>
  (state) => {
    const box = newBox();
    draw(box, state);
    const { innerHTML, className } = box.node()!;
    box.remove();
    return [className, innerHTML];
  };
const newBox = () => select<HTMLElement, unknown>(document.body.appendChild(document.createElement("div")));

/** Draws each region of the page separately from a plain State, by region name. */
const REGIONS: Readonly<Record<string, Draw>> = {
  top: topBarData,
  status: statusData,
  dialogs: drawn((box, state) => drawDialogs(box, state, act, PANELS)),
  ...Object.fromEntries(
    PANELS.flatMap((panel: Panel): [string, Draw][] => [
      [
        `${panel.id} head`,
        (state) => [panel.subtitle(state), JSON.stringify(panel.tools(state)), state.choice.panel === panel.id],
      ],
      [panel.id, drawn((box, state) => panel.draw(box, state, act, SIZE))],
    ]),
  ),
};

const idle = { error: null, isSending: false };
const VIEWS: Readonly<Record<string, State>> = {
  "all panels": full,
  "the criteria’s agreement": withChoice(full, { agreement: true, layer: "features.0.0", filter: 1 }),
  "a draft being created": { ...full, draft: { ...full.draft, edits: { [-11]: other.draft.edits[2]! } } },
  "a sample and a filter": withChoice(full, { sample: 7, filter: 1 }),
  "a cell": withChoice(full, { cell: { label: 0, predicted: 2 } }),
  "a class": withChoice(full, { label: 0 }),
  "the pointer on a filter": withHover(full, { layer: "features.0.0", filter: 2, readout: { title: "a", text: "b" } }),
  "nothing chosen": withChoice(full, { node: null, plan: null }),
  "a node that is not ready": withChoice(full, { node: 12, plan: null }),
  "the tree alone": withChoice(full, { panel: "tree" }),
  "the comparison": withChoice(full, {
    panel: "tree",
    tree: { ...full.choice.tree, view: "compare", markedIds: [11, 10] },
  }),
  "the trade-off": withChoice(full, { panel: "tree", tree: { ...full.choice.tree, view: "tradeoff" } }),
  "Statistics alone": withChoice(full, { panel: "stats" }),
  "the model alone": withChoice(full, { panel: "model" }),
  "the samples alone": withChoice(full, { panel: "filters", sample: 7 }),
};
const DIALOGS: readonly Dialog[] = [
  ...(["estimate", "autopilot", "controls", "branch", "measure"] as const).map((kind): Dialog => ({
    kind,
    node: 11,
    ...idle,
  })),
  { kind: "export", node: 11, format: "onnx", ...idle },
  { kind: "experiment", inspection: null, dataReport: null, warnings: [], checkpoint: null, ...idle },
  { kind: "delete", experiment: 1 },
  { kind: "note", node: 11, before: "", ...idle },
  { kind: "share", newLink: null, ...idle },
  { kind: "signIn", ...idle },
  { kind: "conflict", theirPlan: { ...full.server.plans[2]!, revision: 3 }, ...idle },
  { kind: "bundle", experiment: 1, weights: true, pictures: false },
  { kind: "unbundle", ...idle },
  { kind: "find", text: "1" },
  ...(["notices", "training", "rule", "draft", "criterion", "help"] as const).map((kind) => ({ kind })),
];

function expectAllWatched(state: State, names: readonly string[]): void {
  const { regions } = openPage(state);
  for (const name of names) {
    const draw = REGIONS[name]!;
    const reads = regions.get(name)?.watchedValueNames();
    if (!reads) continue; // not on the page in this view
    expect(draw(changeUnread(state, reads)), name).toEqual(draw(state));
  }
}

test.each(Object.entries(VIEWS))("%s: values of the State that a draw reads are watched", (_, state) => {
  expectAllWatched(
    state,
    Object.keys(REGIONS).filter((name) => name !== "dialogs"),
  );
});

test.each(DIALOGS.map((dialog) => [dialog.kind, dialog] as const))(
  "dialog %s: values that its draw reads are watched",
  (_, dialog) => {
    const state = withScreen(full, { dialog });
    expectAllWatched(state, ["dialogs"]);
    expect(document.querySelector("wa-dialog .content")!.childElementCount).toBeGreaterThan(0);
  },
);

test("every value of the State has a different one to test with", () => {
  for (const [part, values] of Object.entries(full))
    for (const [key, value] of Object.entries(values as object))
      expect((other as unknown as Record<string, Record<string, unknown>>)[part], `${part}.${key}`).not.toHaveProperty(
        [key],
        value,
      );
});

test("the brush frame and its buttons appear and disappear with the brush only", () => {
  const page = openPage(full);
  const shown = () => [
    document.querySelectorAll(".over .brush rect").length,
    document.querySelector<HTMLElement>(".brushed")!.hidden,
  ];
  expect(shown()).toEqual([0, true]);
  const brushed = withChoice(full, { brush: { x: [0, 1], rows: [0, 3] } });
  drawPage(page, brushed);
  expect(shown()).toEqual([1, false]);
  drawPage(page, withHover(brushed, { layer: "features.0.0", filter: 1 }));
  expect(shown()).toEqual([1, false]);
  drawPage(page, full);
  expect(shown()).toEqual([0, true]);
});

test("hovering a filter redraws the panels that show it, and scrolling redraws none", () => {
  const page = openPage(full);
  drawPage(page, withScreen(full, { firstRow: 1, statsScroll: 20 })); // the scroll position of a link is read at the first draw
  const draws = PANELS.map((panel) => vi.spyOn(panel, "draw"));
  const drawnPanels = () => PANELS.filter((_, index) => draws[index]!.mock.calls.length > 0).map(({ id }) => id);
  drawPage(page, withScreen(full, { firstRow: 2, statsScroll: 40 }));
  expect(drawnPanels()).toEqual([]);
  drawPage(page, withHover(full, { layer: "features.0.0", filter: 1 }));
  expect(drawnPanels()).toEqual(["model", "filters"]);
});

test("every region draws another State differently, and canvases are compared too", () => {
  const { regions } = openPage(full);
  expect([...regions.keys()].sort()).toEqual(Object.keys(REGIONS).sort());
  for (const [name, draw] of Object.entries(REGIONS)) expect(draw(other), name).not.toEqual(draw(full));
  for (const canvas of ["canvas.bubbles", "canvas.points"])
    expect(document.querySelector<HTMLCanvasElement>(canvas)!.dataset.painted, canvas).toBeDefined();
});
