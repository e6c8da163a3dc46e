import { withChoice, withHover, withScreen, withServer } from "../../src/state/changes/patches";
import { planModel } from "../../src/state/selectors/plan";
import { expect, test, vi } from "vitest";
import { createReactiveRegion } from "../../src/state/region";
import { initialState, type State } from "../../src/state/state";
import { networkState } from "../fixtures/network";

const start = withChoice(initialState, { layer: "conv1", node: 10 });
const brushed = withChoice(start, { brush: { x: [0, 1], rows: [0, 2] } });

/** The values that `draw` reads. */
function readsOf(draw: (state: State) => unknown, state = start): readonly string[] {
  const region = createReactiveRegion();
  region.redraw(state, [], draw);
  return region.watchedValueNames();
}

test("a region is redrawn only if a value that its draw read has changed", () => {
  const region = createReactiveRegion();
  const draw = vi.fn((state: State) => state.choice.brush);
  const redraw = (state: State) => region.redraw(state, [], draw);
  expect([start, start, withChoice(start, { layer: "conv2" }), withHover(start, { filter: 3 })].map(redraw)).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect([brushed, brushed, start].map(redraw)).toEqual([true, false, true]);
  expect(draw).toHaveBeenCalledTimes(3);
});

test("a region is redrawn if its size or theme has changed", () => {
  const region = createReactiveRegion();
  const redraw = (inputs: readonly unknown[]) => region.redraw(start, inputs, () => undefined);
  expect([[640, "light"], [640, "light"], [640, "dark"], [640]].map(redraw)).toEqual([true, false, true, true]);
});

test.each<[string, (state: State) => unknown, readonly string[]]>([
  ["a value", (state) => state.choice.brush, ["choice.brush"]],
  ["a destructured value", ({ choice: { layer }, hover: { node } }) => [layer, node], ["choice.layer", "hover.node"]],
  ["a value below the second level", (state) => state.choice.tree.markedIds, ["choice.tree"]],
  ["a spread", ({ hover }) => ({ ...hover }), Object.keys(start.hover).map((key) => `hover.${key}`)],
  [
    "rest of a part",
    ({ draft: { request, ...rest } }) => [request, rest],
    ["draft.edits", "draft.training", "draft.request"],
  ],
  ["keys of a part", ({ draft }) => Object.keys(draft), ["draft.edits", "draft.training", "draft.request"]],
  ["whether a key exists", ({ screen }) => "pan" in screen, ["screen.pan"]],
  ["a part whose values are not read", ({ server }) => [server], []],
])("%s counts as read", (_, draw, expected) => {
  expect([...readsOf(draw)].sort()).toEqual([...expected].sort());
});

test("a spread of the State draws with its values", () => {
  const region = createReactiveRegion();
  let drawn: unknown;
  region.redraw(brushed, [], (state) => (drawn = { ...state.choice }));
  expect(drawn).toEqual(brushed.choice);
});

test("a cached selector result counts as read like a computed one", () => {
  const state = networkState("vgg");
  const first = readsOf(planModel, state);
  expect(first).toContain("server.layers");
  expect(readsOf(planModel, state)).toEqual(first);
  const region = createReactiveRegion();
  let model: unknown;
  region.redraw(state, [], (read) => (model = planModel(read)));
  expect(model).toBe(planModel(state)); // both use the same cache
});

test("values that only an earlier draw read are no longer watched", () => {
  const region = createReactiveRegion();
  const draw = ({ choice, screen }: State) => choice.layer === "conv1" && screen.pan;
  region.redraw(start, [], draw);
  const moved = withChoice(start, { layer: "conv2" });
  expect(region.redraw(moved, [], draw)).toBe(true);
  expect(region.redraw(withScreen(moved, { pan: 4 }), [], draw)).toBe(false);
});

test("a callback reads the State of the latest frame, redrawn or not, and its reads are not watched", () => {
  const region = createReactiveRegion();
  let read: () => unknown = () => undefined;
  const draw = vi.fn(({ choice, hover }: State) => {
    read = () => [choice.layer, hover.filter];
    return choice.layer;
  });
  region.redraw(start, [], draw);
  const first = read;
  region.redraw(withHover(start, { filter: 7 }), [], draw);
  expect(draw).toHaveBeenCalledOnce();
  expect(read()).toEqual(["conv1", 7]);
  expect(region.redraw(withHover(start, { filter: 8 }), [], draw)).toBe(false);
  region.redraw(withChoice(start, { layer: "conv2" }), [], draw);
  expect(first()).toEqual(["conv2", null]); // also a callback from an earlier draw
});

test("a draw that failed runs again once a value that it read has changed", () => {
  const region = createReactiveRegion();
  const fail = ({ server }: State) => {
    throw new Error(server.health?.version);
  };
  expect(() => region.redraw(start, [], fail)).toThrow();
  expect(region.redraw(withChoice(start, { layer: "conv2" }), [], fail)).toBe(false);
  expect(() => region.redraw(withServer(start, { health: {} as never }), [], fail)).toThrow();
});

test("a draw cannot change the State", () => {
  const write = ({ choice }: State) => ((choice as { layer: string | null }).layer = null);
  expect(() => createReactiveRegion().redraw(start, [], write)).toThrow(/Only actions/);
  const drop = (state: State) => delete (state as { hover?: State["hover"] }).hover;
  expect(() => createReactiveRegion().redraw(start, [], drop)).toThrow(/Only actions/);
});
