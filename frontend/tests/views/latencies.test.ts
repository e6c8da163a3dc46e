/**
 * Latencies are shown as ratios to the root, or not compared.
 *
 * Version 0.1.0 showed two nodes of identical structure with 2.6 and 5.2 ms, and “+98%” beside them: the machine was
 * busy during the second measurement.
 */
import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import type { Node } from "../../src/api/values";
import type { Actions } from "../../src/state/actions";
import { withTreeDisplay } from "../../src/state/changes/patches";
import { listMetrics } from "../../src/views/compare/measures";
import { comparisonRows } from "../../src/views/compare/rows";
import { buildNodeReadout } from "../../src/views/nodes/descriptions";
import { compareLatencies, describeLatencyChange } from "../../src/views/nodes/latencies";
import { listPoints, tradeoffRows } from "../../src/views/tradeoff/points";
import { drawTradeoffView } from "../../src/views/tradeoff/tradeoff";
import { drawFacts } from "../../src/views/tree/facts";
import { listRows } from "../../src/views/tree/rows";
import { comparison } from "../fixtures/treeValues";
import { makeLatency, makeNode, makeUnpairedLatency, makeUnreliableLatency, stateWith } from "../fixtures/values";

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

type Latency = Node["latency"][number];

const root = makeNode(0, null);
const nodeWith = (number: number, latency: Latency): Node => makeNode(number, 0, { latency: [latency] });
const ratio = (value: number, low: number, high: number, changes: Partial<Latency> = {}): Latency =>
  makeLatency({ ratio: value, ratio_interval: { low, high }, measured_number: 1, ...changes });

/** The two nodes that 0.1.0 showed: the same structure, the second measured on a busy machine. */
const quiet = nodeWith(1, ratio(0.65, 0.64, 0.67, { median_ms: 2.6, root_median_ms: 4 }));
const busy = nodeWith(2, ratio(0.66, 0.63, 0.69, { median_ms: 5.2, root_median_ms: 7.9, measured_number: 2 }));
const unreliable = nodeWith(3, makeUnreliableLatency({ median_ms: 5.2 }));
const unpaired = nodeWith(4, makeUnpairedLatency({ median_ms: 5.2 }));

const latencyRow = (...nodes: Node[]): readonly { value: string; change: string }[] =>
  listMetrics({ nodes }).find(({ name }) => name.startsWith("Latency"))!.cells;

test("equal structures that took 2.6 and 5.2 ms are no different", () => {
  expect(latencyRow(quiet, busy)).toEqual([
    { value: "0.65× (0.64–0.67)", change: "2.60 ms" },
    { value: "0.66× (0.63–0.69)", change: "5.20 ms · no difference" },
  ]);
});

test("nodes that share a measurement have the same structure and so no difference at all", () => {
  const shared = nodeWith(5, quiet.latency[0]!);
  expect(latencyRow(quiet, shared)[1]!.change).toMatch(/ms · same structure$/);
});

test("a node that is faster than another one differs by the quotient of their ratios, with its interval", () => {
  const half = nodeWith(6, ratio(0.325, 0.322, 0.33, { measured_number: 6 }));
  expect(latencyRow(root, half)[1]!.change).toMatch(/ms · −67\.5% \(−67\.8% to −67\.0%\)$/);
  expect(latencyRow(quiet, half)[1]!.change).toMatch(/ms · −50\.0% \(−51\.9% to −48\.4%\)$/);
});

test.each([
  ["unreliable", unreliable, "unreliable"],
  ["unpaired", unpaired, "not compared"],
])("an %s latency has neither milliseconds nor a percentage in the comparison", (_, node, text) => {
  expect(latencyRow(quiet, node)[1]).toEqual({ value: text, change: "not compared" });
  expect(latencyRow(node, quiet)).toMatchObject([{ value: text, change: "" }, { change: "2.60 ms · not compared" }]);
});

test("latencies are not compared across devices or numbers of threads, nor if their quotient is wider than ±10%", () => {
  const [first] = quiet.latency;
  expect(compareLatencies(ratio(0.65, 0.64, 0.66, { device: "GPU Y", measured_number: 9 }), first)).toBeNull();
  expect(compareLatencies(ratio(0.65, 0.64, 0.66, { threads: 8, measured_number: 9 }), first)).toBeNull();
  expect(compareLatencies(ratio(0.65, 0.61, 0.7, { measured_number: 9 }), ratio(0.65, 0.61, 0.7))).toBeNull();
  expect(compareLatencies(undefined, first)).toBeNull();
  expect(describeLatencyChange(undefined, first)).toBe("");
});

test.each([
  ["a reliable", quiet, "2.60 ms per image, 0.65× (0.64–0.67) the root’s latency"],
  ["an unreliable", unreliable, "latency unreliable"],
  ["an unpaired", unpaired, "5.20 ms per image, not compared with the root"],
])("%s latency in the status bar and in the tree's labels", (_, node, text) => {
  expect(buildNodeReadout(node, {}).text.split(" · ")).toContain(text);
});

test.each([
  ["reliable", quiet, "2.60 ms · 0.65×", "0.65× (0.64–0.67) the root’s latency of 4.00 ms in the same run"],
  ["root's", root, "0.61 ms · 1×", "1× the root’s latency, by definition"],
  [
    "unreliable",
    unreliable,
    "unreliable",
    "unreliable, because the 95% interval of its ratio to the root, 0.30×–0.90×",
  ],
  ["unpaired", unpaired, "5.20 ms · not compared", "measured the node without the root: measure again"],
])("the facts show the %s latency", (_, node, value, title) => {
  drawFacts(select(box), node, vi.fn());
  const button = box.querySelector<HTMLElement>("[data-testid=measure]")!;
  expect(button.textContent).toBe(`Latency${value}`);
  expect(button.title).toContain(title);
});

test("a measurement that did not fit into its time says so", () => {
  drawFacts(select(box), nodeWith(1, makeUnreliableLatency({ pairs: 7 })), vi.fn());
  expect(box.querySelector<HTMLElement>("[data-testid=measure]")!.title).toContain(
    "because only 7 of 20 pairs of timing blocks fit into a minute",
  );
});

test("the trade-off plots reliable ratios of one setting and counts the nodes that it leaves out", () => {
  const otherDevice = nodeWith(5, ratio(0.1, 0.1, 0.1, { device: "GPU Y" }));
  const nodes = [root, quiet, busy, unreliable, unpaired, otherDevice];
  const points = listPoints(nodes, "latency", "accuracy");
  expect(points.map(({ node, x }) => [node.number, x])).toEqual([
    [0, 1],
    [1, 0.65],
    [2, 0.66],
  ]);
  const state = withTreeDisplay(stateWith(nodes), { x: "latency", y: "accuracy", view: "tradeoff" });
  drawTradeoffView(select(box), state, {} as unknown as Actions, { width: 800, height: 500 });
  expect(box.querySelector(".pickers .sub")!.textContent).toContain("; 3 nodes without a reliable latency");
  expect(box.querySelectorAll(".whiskers path")).toHaveLength(6); // of latency and accuracy, for each point
  expect(box.textContent).toContain("Latency, batch 1, × root");
  expect(tradeoffRows(state)[0]).toEqual(["node", "latency_ratio", "accuracy", "on_frontier"]);
});

test("a tree without a reliable latency says how to get one", () => {
  const state = withTreeDisplay(stateWith([unreliable, unpaired]), { x: "latency", y: "accuracy", view: "tradeoff" });
  drawTradeoffView(select(box), state, {} as unknown as Actions, { width: 800, height: 500 });
  expect(box.textContent).toContain(
    "Latencies are plotted only if their measurement is reliable; press M to repeat it.",
  );
});

test("CSV files have ratios only where they are reliable", () => {
  const [head, ...rows] = listRows(stateWith([root, quiet, unreliable, unpaired]));
  const start = head!.indexOf("latency_ms");
  expect(head!.slice(start, start + 5)).toEqual([
    "latency_ms",
    "latency_ratio",
    "latency_low",
    "latency_high",
    "latency_reliability",
  ]);
  expect(rows.map((row) => row.slice(start, start + 5))).toEqual([
    [0.61, 1, 1, 1, "reliable"],
    [2.6, 0.65, 0.64, 0.67, "reliable"],
    [5.2, null, null, null, "unreliable"],
    [5.2, null, null, null, "unpaired"],
  ]);
  const compared = { ...comparison, nodes: [root, unreliable] };
  const state = withTreeDisplay(stateWith([root, unreliable], { comparisons: { "10-13": compared } }), {
    markedIds: [10, 13],
  });
  expect(comparisonRows(state)).toContainEqual(["metric", "latency_ratio", 1, null]);
  expect(comparisonRows(state)).toContainEqual(["metric", "latency_reliability", "reliable", "unreliable"]);
});
