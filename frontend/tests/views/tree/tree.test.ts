import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import { firstNodeNumberAfterPan } from "../../../src/views/axis/drag";
import { isNumberInView, mayLabelNumber, layoutNodeAxis, columnX } from "../../../src/views/axis/nodeAxis";
import { layoutTree, type TreeInput } from "../../../src/views/tree/layout/layout";
import { foldNodes, layoutLanes } from "../../../src/views/nodes/visibleNodes";
import { drawTree, type TreeCallbacks, type TreeData } from "../../../src/views/tree/chart/tree";
import { listTags } from "../../../src/views/nodes/tags";
import { makeEstimate, makeAutopilot } from "../../fixtures/treeValues";
import { buildNodeReadout } from "../../../src/views/nodes/descriptions";
import { makeNode } from "../../fixtures/values";

/** [number, parent] of each node → number → lane. */
function lanesOf(pairs: readonly (readonly [number, number | null])[], deadEnds: readonly number[] = []) {
  const nodes = pairs.map(([number, parent]) => ({
    id: number,
    number,
    parent_id: parent,
    isDeadEnd: deadEnds.includes(number),
  }));
  return Object.fromEntries(layoutLanes(nodes));
}

test("a chain stays on the lane of its root", () => {
  expect(
    lanesOf([
      [0, null],
      [1, 0],
      [2, 1],
    ]),
  ).toEqual({ 0: 0, 1: 0, 2: 0 });
});

test("the first child that is not a dead end continues the lane, others branch off, and disjoint branches share a lane", () => {
  const pairs = [
    [0, null],
    [1, 0],
    [2, 1],
    [3, 2],
    [4, 3],
    [5, 3],
    [6, 5],
    [7, 6],
    [8, 1],
    [9, 6],
  ] as const;
  expect(lanesOf(pairs, [4])).toEqual({ 0: 0, 1: 0, 2: 0, 3: 0, 4: 1, 5: 0, 6: 0, 7: 0, 8: 2, 9: 1 });
});

test("no two branches overlap in a lane of a large random tree", () => {
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const nodes = Array.from({ length: 300 }, (_, number) => ({
    id: number,
    number,
    parent_id: number === 0 ? null : Math.floor(random() * number),
    isDeadEnd: random() < 0.2,
  }));
  const lanes = layoutLanes(nodes);
  const collisions = new Map<string, number>();
  for (const node of nodes) {
    const lane = lanes.get(node.id)!;
    const isSame = node.parent_id !== null && lanes.get(node.parent_id) === lane;
    if (node.parent_id !== null && !isSame) expect(lane).toBeGreaterThan(lanes.get(node.parent_id)!);
    // A horizontal line runs from the parent's column to the node; no other node may lie on it.
    for (let column = (node.parent_id ?? node.number) + 1; column < node.number; column++)
      if (lanes.get(column) === lane) collisions.set(`${node.id}`, column);
  }
  expect([...collisions]).toEqual([]);
});

test("fourteen nodes fit at 24 pixels each in the panel of a 1440-pixel page", () => {
  const axis = layoutNodeAxis({ width: 400, columnCount: 14, pan: null, chosen: 0 });
  expect(axis).toMatchObject({ maxFirstNumber: 0, first: 0, last: 13 });
  expect(axis.step).toBeGreaterThanOrEqual(24);
});

test("a longer axis pans so that the chosen node is in view", () => {
  const axisAt = (chosen: number, pan: number | null = null) =>
    layoutNodeAxis({ width: 400, columnCount: 500, pan, chosen });
  expect(axisAt(499).last).toBe(499);
  expect(isNumberInView(axisAt(200), 200)).toBe(true);
  expect(axisAt(200, 3).first).toBe(3);
  expect(axisAt(200, 9999).last).toBe(499);
  expect(columnX(axisAt(499), 499)).toBeLessThanOrEqual(400);
});

const plain = {
  height: 196,
  ghost: null,
  estimate: null,
  lineage: new Set<number>(),
  hovered: null,
  tags: new Map<number, string>(),
  markedIds: [] as readonly number[],
};

test("the ghost continues its parent's lane if nothing follows there, else it has a lane below all", () => {
  const tree = [makeNode(0, null), makeNode(1, 0)];
  const cost = { filters: 1, parameters: 1, macs: 1, size_bytes: 1 };
  const ghostOf = (parent: number) => {
    const ghost = { number: 2, parent: tree[parent]!, name: "A", removedFilters: 3, freeFilters: 10, share: 0.3, cost };
    const axis = layoutNodeAxis({ width: 400, columnCount: 3, pan: null, chosen: parent });
    return layoutTree({ ...plain, visibleNodes: foldNodes(tree, []), axis, ghost });
  };
  expect(ghostOf(1).ghost).toMatchObject({
    number: 2,
    y: ghostOf(1).positions[0]!.y,
    label: "draft A, −30.0% free filters",
    side: "below",
  });
  expect(ghostOf(0).ghost!.y).toBeGreaterThan(ghostOf(0).positions[1]!.y);
  expect(ghostOf(0).ghost!.side).toBe("above");
});

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

const nodes = [
  makeNode(0, null),
  makeNode(1, 0, { recovered: false }),
  makeNode(2, 0, { state: "running", accuracy: null, recovered: null }),
];

function dataFor(chosen: number, changes: Partial<TreeInput> = {}, folded: readonly number[] = []): TreeData {
  const axis = layoutNodeAxis({ width: 400, columnCount: nodes.length, pan: null, chosen });
  const layout = layoutTree({
    ...plain,
    visibleNodes: foldNodes(nodes, folded),
    axis,
    lineage: new Set([10]),
    ...changes,
  });
  return {
    layout,
    axis,
    chosen: nodes[chosen]!,
    followedNode: nodes[chosen]!,
    hovered: null,
    height: 196,
    zoom: 1,
    progress: new Map([[12, 0.4]]),
    describe: ({ number }) => `Node ${number}`,
    ghostTitle: "Draft A would create node 3",
  };
}

const callbacks = (): TreeCallbacks => ({
  onChoose: vi.fn(),
  onChooseAdjacentNode: vi.fn(),
  onChooseParent: vi.fn(),
  onHover: vi.fn(),
  onPan: vi.fn(),
  onZoom: vi.fn(),
  onToggleFold: vi.fn(),
  onOpenEstimate: vi.fn(),
});

test("redrawing updates the nodes without creating new ones", () => {
  drawTree(select(box), dataFor(0), callbacks());
  const before = [...box.querySelectorAll(".node")];
  drawTree(select(box), dataFor(1), callbacks());
  const after = [...box.querySelectorAll(".node")];
  expect(after).toHaveLength(3);
  expect(after.every((element, index) => element === before[index])).toBe(true);
  expect(after.map((element) => element.getAttribute("aria-selected"))).toEqual(["false", "true", "false"]);
  expect(after.map((element) => element.getAttribute("tabindex"))).toEqual(["-1", "0", "-1"]);
});

test("a click chooses a node, arrow keys step", () => {
  const handlers = callbacks();
  drawTree(select(box), dataFor(0), handlers);
  box.querySelector("[data-testid=node-1]")!.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  expect(handlers.onChoose).toHaveBeenCalledWith(11);
  const chosen = box.querySelector("[tabindex='0']")!;
  chosen.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, cancelable: true }));
  expect(handlers.onChooseAdjacentNode).toHaveBeenCalledWith(1);
});

test("the focus follows the chosen node", () => {
  drawTree(select(box), dataFor(0), callbacks());
  box.querySelector<SVGGElement>("[data-testid=node-0]")!.focus();
  drawTree(select(box), dataFor(1), callbacks());
  expect(document.activeElement?.getAttribute("data-testid")).toBe("node-1");
});

test("children that are not judged have an edge and a label of their own, and their reason in the tooltip", () => {
  const reason = "The parent, node 0, learned nothing that could be recovered.";
  const root = makeNode(0, null, { learned: false, notices: ["Training did not improve node 0."] });
  const tree = [root, makeNode(1, 0, { recovered: null, recovered_reason: reason }), makeNode(2, 1)];
  drawTree(select(box), dataFor(10, { visibleNodes: foldNodes(tree, []) }), callbacks());
  expect(box.querySelectorAll(".edge.unjudged")).toHaveLength(1);
  expect(box.querySelectorAll(".edge.recovered")).toHaveLength(1);
  expect(box.querySelector("[data-testid=node-0]")!.textContent).toContain("learned nothing");
  expect(box.querySelector("[data-testid=node-1]")!.textContent).toContain("not judged");
  expect(buildNodeReadout(tree[1]!, {}).text).toContain(`recovery not judged: ${reason}`);
  expect(buildNodeReadout(root, {}).text).toContain("⚠ Training did not improve node 0.");
});

test("unrecovered nodes have a label and a dashed edge, running ones a ring", () => {
  drawTree(select(box), dataFor(0), callbacks());
  expect(box.querySelector("[data-testid=node-1]")!.textContent).toContain("not recovered");
  expect(box.querySelectorAll(".edge.unrecovered")).toHaveLength(1);
  expect(box.querySelector("[data-testid=node-2] .ring")!.getAttribute("d")).toBeTruthy();
  expect(box.querySelector("[data-testid=node-0] .ring")!.getAttribute("d")).toBeNull();
});

test("a folded node counts its hidden descendants, whose lanes are removed", () => {
  const tree = [makeNode(0, null), makeNode(1, 0), makeNode(2, 1), makeNode(3, 1), makeNode(4, 0)];
  const shown = foldNodes(tree, [11]);
  expect(shown.nodes.map(({ number }) => number)).toEqual([0, 1, 4]);
  expect([...shown.hiddenCountByNode]).toEqual([[11, 2]]);
  expect(Math.max(...shown.lanes.values())).toBe(1);
});

test("a double click folds, and a folded node shows how many it hides", () => {
  const handlers = callbacks();
  const [root] = nodes;
  drawTree(select(box), dataFor(0, {}, [root!.id]), handlers);
  const mark = box.querySelector("[data-testid=node-0]")!;
  expect(mark.getAttribute("aria-expanded")).toBe("false");
  expect(mark.textContent).toContain("+2");
  mark.dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
  expect(handlers.onToggleFold).toHaveBeenCalledWith(10);
});

test("marked nodes show their order", () => {
  drawTree(select(box), dataFor(0, { markedIds: [12, 10] }), callbacks());
  expect(box.querySelector("[data-testid=node-2]")!.textContent).toContain("①");
  expect(box.querySelector("[data-testid=node-0]")!.textContent).toContain("②");
  expect(box.querySelector("[data-testid=node-1]")!.textContent).not.toMatch(/[①②③④⑤]/);
});

test("the estimate is between the good and the bad node, and a click opens it", () => {
  const handlers = callbacks();
  const data = dataFor(0, { estimate: makeEstimate({ good_id: 10, bad_id: 11, from_id: 10 }) });
  const [good, bad] = data.layout.positions;
  expect(data.layout.estimate!.y).toBeGreaterThan(good!.y);
  expect(data.layout.estimate!.y).toBeLessThan(bad!.y);
  drawTree(select(box), data, handlers);
  const mark = box.querySelector("[data-testid=estimate-mark]")!;
  expect(mark.textContent).toContain("keep 144");
  expect(data.layout.estimate!.label).toBe("keep 144");
  mark.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  expect(handlers.onOpenEstimate).toHaveBeenCalledWith(7);
});

test("of consecutive Autopilot nodes only the first has a tag; controls have one", () => {
  const automatic = { origin: "automatic" as const };
  const control = { kind: "l1", seed: 0, reference_id: 11 } as const;
  const tree = [
    makeNode(0, null),
    makeNode(1, 0, automatic),
    makeNode(2, 1, automatic),
    makeNode(3, 0, { origin: "control", control }),
  ];
  const tags = listTags({ nodes: tree, autopilots: [makeAutopilot({ kind: "automatic_estimator" })], estimates: [] });
  expect([...tags]).toEqual([
    [11, "Autopilot with estimator"],
    [13, "L1 control"],
  ]);
});

test("a node made from an estimate has the tag estimator", () => {
  const tree = [makeNode(0, null), makeNode(1, 0, { plan_id: 4 })];
  expect([...listTags({ nodes: tree, autopilots: [], estimates: [makeEstimate({ plan_id: 4 })] })]).toEqual([
    [11, "estimator"],
  ]);
});

/** A tree of `count` nodes, each the child of a random earlier one, mostly a recent one. */
function growTree(count: number) {
  let seed = 7;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  return Array.from({ length: count }, (_, number) =>
    makeNode(number, number === 0 ? null : Math.max(0, number - 1 - Math.floor(random() ** 3 * number)), {
      recovered: number === 0 ? null : random() > 0.2,
    }),
  );
}

test("of a tree of 500 nodes only the visible part is drawn", () => {
  const axis = layoutNodeAxis({ width: 400, columnCount: 500, pan: null, chosen: 250 });
  const { positions, edges } = layoutTree({ ...plain, visibleNodes: foldNodes(growTree(500), []), axis });
  expect(positions.length).toBe(axis.last - axis.first + 1);
  expect(edges.length).toBeLessThan(500);
});

test("zooming out shows more nodes, in smaller circles without labels", () => {
  const axisAt = (zoom: number) => layoutNodeAxis({ width: 400, columnCount: 500, pan: null, chosen: 0, zoom });
  expect(axisAt(0.25).last).toBeGreaterThan(3 * axisAt(1).last);
  const { positions } = layoutTree({ ...plain, visibleNodes: foldNodes(growTree(500), []), axis: axisAt(0.25) });
  expect(positions[0]!.radius).toBeLessThan(4);
  expect(positions.some(({ labels }) => labels.length > 0)).toBe(false);
  expect(mayLabelNumber(axisAt(0.25), 10)).toBe(true);
  expect(mayLabelNumber(axisAt(0.25), 11)).toBe(false);
});

test("dragging to the left shows later nodes, and panning stops at both ends", () => {
  const axis = layoutNodeAxis({ width: 400, columnCount: 100, pan: 40, chosen: 0 });
  expect(firstNodeNumberAfterPan(axis, 40, -3 * axis.step)).toBe(43);
  expect(firstNodeNumberAfterPan(axis, 40, 100 * axis.step)).toBe(0);
  expect(firstNodeNumberAfterPan(axis, 40, -9999)).toBe(axis.maxFirstNumber);
});

test("the estimate's label is left out if the previous node's labels need its room", () => {
  const tree = [
    makeNode(0, null),
    makeNode(1, 0, { recovered: false }),
    makeNode(2, 1),
    makeNode(3, 2, { recovered: false }),
  ];
  const axis = layoutNodeAxis({ width: 400, columnCount: 4, pan: null, chosen: 0 });
  const layout = layoutTree({
    ...plain,
    visibleNodes: foldNodes(tree, []),
    axis,
    estimate: makeEstimate({ good_id: 12, bad_id: 13, from_id: 12 }),
  });
  expect(layout.estimate).toMatchObject({ label: "", keep: "144" });
});

test("lanes spread out if the panel has room", () => {
  const axis = layoutNodeAxis({ width: 400, columnCount: 3, pan: null, chosen: 0 });
  const lowest = (height: number) =>
    Math.max(...layoutTree({ ...plain, height, visibleNodes: foldNodes(nodes, []), axis }).positions.map(({ y }) => y));
  expect(lowest(700)).toBeGreaterThan(lowest(150));
});

test("the tree scrolls to the followed node, clear of the buttons, and counts the nodes out of view", async () => {
  const fan = Array.from({ length: 7 }, (_, number) => makeNode(number, number === 0 ? null : 0));
  const axis = layoutNodeAxis({ width: 400, columnCount: 7, pan: null, chosen: 0 });
  const layout = layoutTree({ ...plain, visibleNodes: foldNodes(fan, []), axis });
  const draw = (followed: number) =>
    drawTree(select(box), { ...dataFor(0), layout, axis, chosen: fan[0]!, followedNode: fan[followed]! }, callbacks());
  draw(0);
  const lowest = layout.positions.reduce((a, b) => (a.y > b.y ? a : b));
  expect(box.querySelector(".lower")!.textContent).toMatch(/^▾ \d$/);
  expect(box.querySelector(".higher")!.hasAttribute("hidden")).toBe(true);
  draw(lowest.node.number);
  await Promise.resolve();
  const top = box.querySelector(".window")!.scrollTop;
  expect(lowest.y - top).toBeGreaterThan(38);
  expect(lowest.y - top).toBeLessThanOrEqual(196 - 56);
});
