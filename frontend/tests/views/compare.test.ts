import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import type { Actions } from "../../src/state/actions";
import { withScreen, withTreeDisplay } from "../../src/state/changes/patches";
import { drawCompareView } from "../../src/views/compare/compare";
import { drawDifferenceMatrices } from "../../src/views/compare/confusion";
import { describeDifference, listCellDifferences } from "../../src/views/compare/differences";
import { listMetrics } from "../../src/views/compare/measures";
import { findNumberRuns, excludeNumbers, stripPath } from "../../src/views/compare/strips";
import { accuracyScale } from "../../src/views/axis/accuracyScale";
import { findFrontier, listPoints, createMetricScale } from "../../src/views/tradeoff/points";
import { drawTradeoffView } from "../../src/views/tradeoff/tradeoff";
import { comparison } from "../fixtures/treeValues";
import { makeNode, stateWith } from "../fixtures/values";

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

const actions = () => ({
  chooseNode: vi.fn(),
  markNode: vi.fn(),
  showFlips: vi.fn(),
  chooseAxes: vi.fn(),
  hover: vi.fn(),
  clearHover: vi.fn(),
  chooseAdjacentNode: vi.fn(),
});

test("kept numbers become runs, and a strip has one box per run", () => {
  expect(findNumberRuns([0, 1, 2, 5, 7, 8])).toEqual([
    [0, 3],
    [5, 1],
    [7, 2],
  ]);
  expect(findNumberRuns([])).toEqual([]);
  expect(stripPath([0, 1, 3], { originalFilterCount: 4, width: 100, top: 2, height: 8 })).toBe(
    "M0,2h50v8h-50zM75,2h25v8h-25z",
  );
  expect(excludeNumbers([0, 1, 4, 5], [1, 4])).toEqual([0, 5]);
});

test("changes are relative to the first node: in points for accuracy, in percent for sizes", () => {
  const measures = new Map(listMetrics(comparison).map(({ name, cells }) => [name, cells]));
  expect(measures.get("Accuracy")).toEqual([
    { value: "97.50%", change: "" },
    { value: "96.50%", change: "−1.00 pt" },
  ]);
  expect(measures.get("Parameters")![1]!.change).toBe("−60.0%");
});

test("differences of confusion are sorted by size and marked as better or worse", () => {
  const differences = listCellDifferences(comparison.confusion[1]!.difference!);
  expect(differences.map(({ change, isBetter }) => [change, isBetter])).toEqual([
    [-3, false],
    [3, false],
    [1, false],
    [-1, false],
  ]);
  expect(describeDifference(differences[1]!, comparison)).toBe("cat predicted as dog +3");
  expect(
    listCellDifferences([
      [2, -2],
      [0, 0],
    ]).every(({ isBetter }) => isBetter),
  ).toBe(true);
});

test("the comparison has metrics, strips and flips, and a click on a count shows its samples", () => {
  const act = actions();
  const state = withTreeDisplay(stateWith(comparison.nodes, { comparisons: { "11-12": comparison } }), {
    markedIds: [11, 12],
  });
  const draw = () => drawCompareView(select(box), state, act as unknown as Actions, { width: 1000, height: 600 });
  draw();
  const strips = [...box.querySelectorAll("svg.strip")];
  draw();
  expect([...box.querySelectorAll("svg.strip")]).toEqual(strips);
  expect(strips).toHaveLength(2);
  expect(strips[0]!.getAttribute("aria-label")).toBe("6 of 8 filters kept, of which 3 are not kept by all nodes");
  box.querySelector<HTMLButtonElement>(".flipped button")!.click();
  expect(act.showFlips).toHaveBeenCalledWith(11, 12, "degraded");
  box.querySelectorAll<HTMLButtonElement>(".remove")[1]!.click();
  expect(act.markNode).toHaveBeenCalledWith(12);
});

test("the comparison opens at the scroll position of the State, and reports scrolling", async () => {
  const act = { ...actions(), scrollCompared: vi.fn() };
  const state = withTreeDisplay(stateWith(comparison.nodes, { comparisons: { "11-12": comparison } }), {
    markedIds: [11, 12],
  });
  drawCompareView(select(box), withScreen(state, { comparisonScroll: 300 }), act as unknown as Actions, {
    width: 1000,
    height: 600,
  });
  await Promise.resolve();
  const content = box.querySelector<HTMLElement>(".compared")!;
  expect(content.scrollTop).toBe(300);
  content.scrollTop = 90;
  content.dispatchEvent(new Event("scroll"));
  expect(act.scrollCompared).toHaveBeenLastCalledWith(90);
});

test("with fewer than two marked nodes it says what to do", () => {
  drawCompareView(
    select(box),
    withTreeDisplay(stateWith(comparison.nodes), { markedIds: [11] }),
    actions() as unknown as Actions,
    { width: 1000, height: 600 },
  );
  expect(box.textContent).toContain("Only one node is marked");
});

const nodeOf = (number: number, accuracy: number, parameters: number) =>
  makeNode(number, number ? 0 : null, { accuracy, parameters });
const tree = [
  nodeOf(0, 0.97, 1000),
  nodeOf(1, 0.96, 500),
  nodeOf(2, 0.9, 600),
  nodeOf(3, 0.96, 400),
  nodeOf(4, 0.8, 10),
];

test("the frontier has only Pareto-optimal points: equal accuracy with more parameters is not on it", () => {
  const points = listPoints(tree, "parameters", "accuracy");
  expect(findFrontier(points, "parameters", "accuracy").map(({ node }) => node.number)).toEqual([4, 3, 0]);
  const swapped = listPoints(tree, "accuracy", "parameters");
  expect(findFrontier(swapped, "accuracy", "parameters").map(({ node }) => node.number)).toEqual([4, 3, 0]);
});

test("unfinished and unmeasured nodes are not plotted", () => {
  expect(
    listPoints([makeNode(0, null, { state: "running" }), makeNode(1, 0, { latency: [] })], "latency", "accuracy"),
  ).toEqual([]);
});

test("sizes across orders of magnitude have a log scale with few ticks; a single value is centred", () => {
  const scale = createMetricScale([10, 1000], "parameters", [0, 100]);
  expect(scale(100)).toBeCloseTo(50, 0);
  expect(scale.ticks(6).length).toBeLessThanOrEqual(6);
  expect(createMetricScale([5], "epochs", [0, 100])(5)).toBeCloseTo(50);
});

test("the axis has ticks even if all nodes have nearly the same accuracy", () => {
  const scale = accuracyScale([0.9917, 0.9944], [400, 0]);
  expect(scale.ticks(8)).toEqual([0.991, 0.992, 0.993, 0.994, 0.995]);
});

test("accuracy has a log error scale: half a point at 99% is as far as five at 90%, and 100% has a place", () => {
  const scale = accuracyScale([0.85, 0.9, 0.985, 0.99, 1], [400, 0]);
  expect(scale(0.985) - scale(0.99)).toBeCloseTo(scale(0.85) - scale(0.9), 0);
  expect(scale(1)).toBeGreaterThan(0);
  expect(scale(1)).toBeLessThan(scale(0.99));
  expect(scale.ticks(8).length).toBeGreaterThan(2);
});

test("a click chooses a node, a picker an axis, and redrawing keeps the marks", () => {
  const act = actions();
  const draw = () =>
    drawTradeoffView(select(box), stateWith(tree), act as unknown as Actions, { width: 600, height: 400 });
  draw();
  const before = [...box.querySelectorAll(".point")];
  draw();
  expect([...box.querySelectorAll(".point")]).toEqual(before);
  expect(box.textContent).toContain("3 of 5 nodes on the Pareto frontier");
  box.querySelector("[data-testid=point-3]")!.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  expect(act.chooseNode).toHaveBeenCalledWith(13);
  const axis = box.querySelector<HTMLSelectElement>("[data-testid=axis-x]")!;
  axis.value = "macs";
  axis.dispatchEvent(new Event("change"));
  expect(act.chooseAxes).toHaveBeenCalledWith({ x: "macs" });
});

test("differences of confusion have class names on the axes and in each cell's tooltip", () => {
  drawDifferenceMatrices(select(box), comparison);
  const names = (axis: string) =>
    [...box.querySelectorAll(`.difference .${axis} text`)].map(({ textContent }) => textContent);
  expect(names("true")).toEqual(["cat", "dog"]);
  expect(names("predicted")).toEqual(["cat", "dog"]);
  expect([...box.querySelectorAll(".cells title")].map(({ textContent }) => textContent)).toContain(
    "cat predicted as dog +3",
  );
  const classes = Array.from({ length: 20 }, (_, index) => `class ${index}`);
  drawDifferenceMatrices(select(box), { ...comparison, classes });
  const [rect] = box.querySelectorAll(".ground rect");
  expect(rect!.getAttribute("x")).toBe("0");
});
