import { expect, test } from "vitest";
import { layoutNodeAxis } from "../../../src/views/axis/nodeAxis";
import { layoutTree } from "../../../src/views/tree/layout/layout";
import { foldNodes } from "../../../src/views/nodes/visibleNodes";
import { makeNode } from "../../fixtures/values";

const node = (number: number, parent: number | null) => makeNode(number, parent);
/** Node 2 is a leaf in a lane of its own; the other nodes are a chain. */
const nodes = [
  node(0, null),
  node(1, 0),
  node(2, 0),
  ...Array.from({ length: 12 }, (_, i) => node(i + 3, i === 0 ? 1 : i + 2)),
];
const cost = { filters: 1, parameters: 1, macs: 1, size_bytes: 1 };
const ghost = { number: 15, parent: nodes[2]!, name: "A", removedFilters: 3, freeFilters: 10, share: 0.3, cost };

test.each([
  ["the draft in view", 8],
  ["neither in view", 3],
])("a draft of a node out of view does not change the tree's height, with %s", (_, pan) => {
  const axis = layoutNodeAxis({ width: 300, columnCount: 16, pan, chosen: 2 });
  const layout = layoutTree({
    visibleNodes: foldNodes(nodes, []),
    axis,
    ghost,
    height: 196,
    estimate: null,
    lineage: new Set<number>(),
    hovered: null,
    tags: new Map<number, string>(),
    markedIds: [],
  });
  expect(layout.height).toBeLessThan(500);
  expect(JSON.stringify(layout.edges)).not.toContain("Infinity");
  expect(layout.edges.flatMap(({ from, to }) => [...from, ...to]).every(Number.isFinite)).toBe(true);
});
