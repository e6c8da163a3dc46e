import { expect, test } from "vitest";
import { layoutNodeAxis } from "../../../src/views/axis/nodeAxis";
import { LabelLayout, labelRect, type Rect } from "../../../src/marks/labelLayout";
import { placeEstimateLabel, placeGhostLabel } from "../../../src/views/tree/layout/overlayLabels";
import type { EstimatePosition, GhostPosition } from "../../../src/views/tree/layout/overlays";
import { layoutTree, type TreeInput } from "../../../src/views/tree/layout/layout";
import type { NodePosition } from "../../../src/views/tree/layout/nodePosition";
import { foldNodes } from "../../../src/views/nodes/visibleNodes";
import type { Node } from "../../../src/api/values";
import { makeNode } from "../../fixtures/values";

const estimate: EstimatePosition = {
  id: 1,
  x: 100,
  y: 80,
  keep: "200",
  label: "keep 200",
  anchor: "end",
  labelX: -9,
  labelY: 4,
};
const obstacle = (left: number, right: number): Rect => ({ left, right, top: 70, bottom: 90 });
const boardOf = (...solid: readonly Rect[]): LabelLayout => {
  const board = new LabelLayout([], 400);
  board.occupyRects(...solid);
  return board;
};

test("the estimate's label moves to a free side, or is left out if there is none", () => {
  expect(placeEstimateLabel(estimate, boardOf())).toEqual(estimate);
  expect(placeEstimateLabel(estimate, boardOf(obstacle(40, 90)))).toMatchObject({
    anchor: "start",
    labelX: 9,
    label: "keep 200",
  });
  expect(placeEstimateLabel(estimate, boardOf({ left: 0, right: 400, top: 0, bottom: 200 }))!.label).toBe("");
});

test("the draft's label avoids a node's labels, and stays inside the drawing", () => {
  const ghost: GhostPosition = { x: 380, y: 80, number: 9, label: "draft A", side: "above", anchor: "end" };
  expect(placeGhostLabel(ghost, boardOf())).toEqual(ghost);
  expect(placeGhostLabel(ghost, boardOf({ left: 300, right: 400, top: 50, bottom: 75 }))!.side).toBe("below");
});

test("a label crosses an edge only if no other spot is free", () => {
  const board = new LabelLayout([{ left: 9, right: 11, top: 0, bottom: 100 }], 400);
  const spots = [
    { x: 5, y: 20, text: "label" },
    { x: 50, y: 20, text: "label" },
  ];
  expect(board.placeLabel(spots)).toBe(spots[1]);
  expect(board.placeLabel(spots)).toBe(spots[0]);
  expect(board.placeLabel(spots)).toBeNull();
});

const plain = {
  height: 196,
  ghost: null,
  estimate: null,
  lineage: new Set<number>(),
  hovered: null,
  tags: new Map<number, string>(),
  markedIds: [],
};

function layoutOf(nodes: readonly Node[], width: number, changes: Partial<TreeInput> = {}) {
  const axis = layoutNodeAxis({ width, columnCount: nodes.length, pan: null, chosen: 0 });
  return layoutTree({ ...plain, visibleNodes: foldNodes(nodes, []), axis, ...changes });
}

const textsOf = ({ labels }: NodePosition, key: string): readonly string[] =>
  labels.filter((label) => label.key === key).map(({ text }) => text);

function countOverlaps(positions: readonly NodePosition[]): number {
  const rects = positions.flatMap(({ x, y, radius, labels }) => [
    { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius },
    ...labels.map((label) => labelRect({ ...label, x: x + label.x, y: y + label.y })),
  ]);
  const overlap = (a: Rect, b: Rect) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return rects.filter((a, index) => rects.some((b, other) => other > index && overlap(a, b))).length;
}

/** Each node is the child of the one before and none recovered, so that each has a lane of its own. */
const stairs = Array.from({ length: 7 }, (_, number) =>
  makeNode(number, number === 0 ? null : number - 1, {
    recovered: number === 0 ? null : false,
    starred: true,
    note: "my note",
  }),
);

test("in a staircase of unrecovered nodes all accuracies and outcomes are shown without overlaps", () => {
  const { positions } = layoutOf(stairs, 400);
  expect(positions.map((position) => textsOf(position, "accuracy").length)).toEqual([1, 1, 1, 1, 1, 1, 1]);
  expect(positions.slice(1).every((position) => textsOf(position, "outcome")[0]?.startsWith("not rec"))).toBe(true);
  expect(countOverlaps(positions)).toBe(0);
});

test("in a wide panel all nodes show their accuracies, and edges the removed share", () => {
  const chain = Array.from({ length: 24 }, (_, number) =>
    makeNode(number, number === 0 ? null : number - 1, { free_filters: 100, removed_filters: 25 }),
  );
  const { positions } = layoutOf(chain, 1440, { height: 700 });
  expect(positions.every((position) => textsOf(position, "accuracy").length === 1)).toBe(true);
  expect(textsOf(positions[1]!, "share")).toEqual(["−25%"]);
  expect(countOverlaps(positions)).toBe(0);
  expect(layoutOf(chain.slice(0, 9), 400).positions.flatMap((position) => textsOf(position, "share"))).toEqual([]);
});

test("only notes written by a person have a badge", () => {
  const notes = [
    "my note",
    "Autopilot 1: prunes 15% per step until the accuracy falls below 90.00%.",
    "Control of node 2: random filters, seed 1.",
    "Estimate: keep 181 filters for 98.80%.",
  ];
  const nodes = notes.map((note, number) => makeNode(number, number === 0 ? null : 0, { note }));
  expect(layoutOf(nodes, 400).positions.map((position) => textsOf(position, "note").length)).toEqual([1, 0, 0, 0]);
});

const BADGES = ["mark", "star", "note"];
const badgesOf = (position: NodePosition): string => BADGES.map((key) => textsOf(position, key)[0] ?? "-").join("");

test.each([400, 1440])(
  "unrecovered nodes show marks, stars and notes without overlaps at a width of %i pixels",
  (width) => {
    const nodes = stairs.map((node) => ({
      ...node,
      parent_id: node.number === 0 ? null : 10 + Math.floor((node.number - 1) / 2),
    }));
    for (const tree of [stairs, nodes]) {
      const { positions } = layoutOf(tree, width, { markedIds: [11, 13, 15], height: width === 400 ? 196 : 700 });
      expect(positions.map(badgesOf)).toEqual(["-★✎", "①★✎", "-★✎", "②★✎", "-★✎", "③★✎", "-★✎"]);
      expect(countOverlaps(positions)).toBe(0);
    }
  },
);

test("a badge falls back to the rim of its circle if no spot is free", () => {
  const siblings = Array.from({ length: 14 }, (_, number) =>
    makeNode(number, number === 0 ? null : 0, { recovered: false, starred: true, note: "my note" }),
  );
  const { positions } = layoutOf(siblings, 380, { markedIds: [11, 12, 13, 14, 15] });
  expect(positions.every((position) => badgesOf(position).includes("★✎"))).toBe(true);
  expect(positions.filter((position) => textsOf(position, "mark").length === 1)).toHaveLength(5);
});

test("badges keep a few pixels away from the labels of other nodes", () => {
  const { positions } = layoutOf(stairs, 400, { markedIds: [11, 13, 15] });
  const labelsWithRects = ({ labels, x, y }: NodePosition) =>
    labels.map((label) => ({ ...label, rect: labelRect({ ...label, x: x + label.x, y: y + label.y }) }));
  for (const position of positions) {
    const others = positions.filter((other) => other !== position).flatMap(labelsWithRects);
    for (const { rect } of labelsWithRects(position).filter(({ key }) => BADGES.includes(key))) {
      const sameHeight = others.filter((other) => other.rect.top < rect.bottom && rect.top < other.rect.bottom);
      const gaps = sameHeight.map((other) => Math.max(other.rect.left - rect.right, rect.left - other.rect.right));
      expect(Math.min(...gaps, 99)).toBeGreaterThanOrEqual(4);
    }
  }
});
