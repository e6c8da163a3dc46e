import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import { isInView, layoutNodeAxis, toColumn } from "../../src/views/axis/nodeAxis";
import { layoutLanes } from "../../src/views/tree/lanes";
import { layoutTree } from "../../src/views/tree/layout";
import { drawTree, type TreeCallbacks, type TreeData } from "../../src/views/tree/tree";
import { makeNode } from "../fixtures/values";

/** [number, parent] → lanes by number. */
function lanesOf(pairs: readonly (readonly [number, number | null])[], dead: readonly number[] = []) {
  const nodes = pairs.map(([number, parent]) => ({ id: number, number, parent_id: parent, isDead: dead.includes(number) }));
  return Object.fromEntries(layoutLanes(nodes));
}

test("a chain stays on the lane of its root", () => {
  expect(lanesOf([[0, null], [1, 0], [2, 1]])).toEqual({ 0: 0, 1: 0, 2: 0 });
});

test("the first living child goes on, a dead one branches off, and disjoint branches share a lane", () => {
  const pairs = [[0, null], [1, 0], [2, 1], [3, 2], [4, 3], [5, 3], [6, 5], [7, 6], [8, 1], [9, 6]] as const;
  expect(lanesOf(pairs, [4])).toEqual({ 0: 0, 1: 0, 2: 0, 3: 0, 4: 1, 5: 0, 6: 0, 7: 0, 8: 2, 9: 1 });
});

test("no two branches overlap in a lane of a large random tree", () => {
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const nodes = Array.from({ length: 300 }, (_, number) => ({
    id: number,
    number,
    parent_id: number === 0 ? null : Math.floor(random() * number),
    isDead: random() < 0.2,
  }));
  const lanes = layoutLanes(nodes);
  const spans = new Map<string, number>();
  for (const node of nodes) {
    const lane = lanes.get(node.id)!;
    const isSame = node.parent_id !== null && lanes.get(node.parent_id) === lane;
    if (node.parent_id !== null && !isSame) expect(lane).toBeGreaterThan(lanes.get(node.parent_id)!);
    // A horizontal stroke runs from the parent's column to the node; no other node of that lane may stand on it.
    for (let at = (node.parent_id ?? node.number) + 1; at < node.number; at++) if (lanes.get(at) === lane) spans.set(`${node.id}`, at);
  }
  expect([...spans]).toEqual([]);
});

test("fourteen nodes fit at 24 pixels each in the narrowest panel of 1440", () => {
  const axis = layoutNodeAxis({ width: 400, places: 14, pan: null, chosen: 0 });
  expect(axis).toMatchObject({ furthest: 0, first: 0, last: 13 });
  expect(axis.step).toBeGreaterThanOrEqual(24);
});

test("more nodes pan: the newest are shown while the chosen one is among them", () => {
  const at = (chosen: number, pan: number | null = null) => layoutNodeAxis({ width: 400, places: 500, pan, chosen });
  expect(at(499).last).toBe(499);
  expect(isInView(at(200), 200)).toBe(true);
  expect(at(200, 3).first).toBe(3);
  expect(at(200, 9999).last).toBe(499);
  expect(toColumn(at(499), 499)).toBeLessThanOrEqual(400);
});

test("the ghost goes on in its parent's lane where nothing follows, else in a lane below all", () => {
  const tree = [makeNode(0, null), makeNode(1, 0)];
  const cost = { filters: 1, parameters: 1, macs: 1, size_bytes: 1 };
  const ghostOf = (parent: number) => {
    const ghost = { number: 2, parent: tree[parent]!, name: "A", share: 0.3, cost };
    const axis = layoutNodeAxis({ width: 400, places: 3, pan: null, chosen: parent });
    return layoutTree({ nodes: tree, axis, ghost, chosen: 10 + parent, lineage: new Set(), hovered: null });
  };
  expect(ghostOf(1).ghost).toMatchObject({ number: 2, y: ghostOf(1).places[0]!.y, label: "draft A, −30.0% filters", isBelow: true });
  expect(ghostOf(0).ghost!.y).toBeGreaterThan(ghostOf(0).places[1]!.y);
  expect(ghostOf(0).ghost!.isBelow).toBe(false);
});

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

const nodes = [makeNode(0, null), makeNode(1, 0, { recovered: false }), makeNode(2, 0, { state: "running", accuracy: null, recovered: null })];

function dataFor(chosen: number): TreeData {
  const axis = layoutNodeAxis({ width: 400, places: nodes.length, pan: null, chosen });
  const layout = layoutTree({ nodes, axis, ghost: null, chosen: 10 + chosen, lineage: new Set([10]), hovered: null });
  return { layout, axis, chosen: nodes[chosen]!, hovered: null, height: 196, progress: new Map([[12, 0.4]]), describe: ({ number }) => `Node ${number}` };
}

const callbacks = (): TreeCallbacks => ({ onChoose: vi.fn(), onStep: vi.fn(), onParent: vi.fn(), onHover: vi.fn(), onPan: vi.fn() });

test("drawing twice changes the nodes and makes none anew", () => {
  drawTree(select(box), dataFor(0), callbacks());
  const before = [...box.querySelectorAll(".node")];
  drawTree(select(box), dataFor(1), callbacks());
  const after = [...box.querySelectorAll(".node")];
  expect(after).toHaveLength(3);
  expect(after.every((element, index) => element === before[index])).toBe(true);
  expect(after.map((element) => element.getAttribute("aria-selected"))).toEqual(["false", "true", "false"]);
  expect(after.map((element) => element.getAttribute("tabindex"))).toEqual(["-1", "0", "-1"]);
});

test("click and keys choose", () => {
  const called = callbacks();
  drawTree(select(box), dataFor(0), called);
  box.querySelector("[data-testid=node-1]")!.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  expect(called.onChoose).toHaveBeenCalledWith(11);
  const chosen = box.querySelector("[tabindex='0']")!;
  chosen.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, cancelable: true }));
  expect(called.onStep).toHaveBeenCalledWith(1);
});

test("the focus follows the chosen node", () => {
  drawTree(select(box), dataFor(0), callbacks());
  box.querySelector<SVGGElement>("[data-testid=node-0]")!.focus();
  drawTree(select(box), dataFor(1), callbacks());
  expect(document.activeElement?.getAttribute("data-testid")).toBe("node-1");
});

test("not recovered is said in words and dashes, running has a ring", () => {
  drawTree(select(box), dataFor(0), callbacks());
  expect(box.querySelector("[data-testid=node-1]")!.textContent).toContain("not recovered");
  expect(box.querySelectorAll(".edge.unrecovered")).toHaveLength(1);
  expect(box.querySelector("[data-testid=node-2] .ring")!.getAttribute("d")).toBeTruthy();
  expect(box.querySelector("[data-testid=node-0] .ring")!.getAttribute("d")).toBeNull();
});
