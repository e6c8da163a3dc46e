import { select } from "d3-selection";
import { beforeEach, expect, test } from "vitest";
import { layoutNodeAxis } from "../../../src/views/axis/nodeAxis";
import { layoutViewport } from "../../../src/views/tree/layout/viewport";
import { layoutTree } from "../../../src/views/tree/layout/layout";
import { foldNodes } from "../../../src/views/nodes/visibleNodes";
import { drawTree, type TreeCallbacks } from "../../../src/views/tree/chart/tree";
import { makeNode } from "../../fixtures/values";

const HEIGHT = 196;
/** Height of a row of buttons as in `tree.css`, 4 px from the bottom. */
const BUTTONS = 30;

/** A root with `children` children; all but the first have a lane of their own. */
function treeOf(children: number) {
  const nodes = Array.from({ length: children + 1 }, (_, number) =>
    makeNode(number, number === 0 ? null : 0, {
      recovered: number === 0 ? null : false,
      starred: true,
      note: "my note",
    }),
  );
  const axis = layoutNodeAxis({ width: 376, columnCount: nodes.length, pan: null, chosen: 0 });
  const layout = layoutTree({
    visibleNodes: foldNodes(nodes, []),
    axis,
    height: HEIGHT,
    ghost: null,
    estimate: null,
    lineage: new Set(),
    hovered: null,
    tags: new Map(),
    markedIds: [],
  });
  return { nodes, axis, layout };
}

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

test("a tree that scrolls ends above its buttons, with all its labels", () => {
  const { nodes, axis, layout } = treeOf(12);
  expect(layout.height).toBeGreaterThan(HEIGHT);
  const viewport = layoutViewport(layout, { width: axis.width, height: HEIGHT });
  expect(viewport.buttonRowHeight).toBeGreaterThanOrEqual(BUTTONS);
  expect(viewport.visibleHeight + viewport.buttonRowHeight).toBe(HEIGHT);
  const lowest = layout.positions.flatMap(({ y, labels }) => labels.map((label) => y + label.y));
  expect(viewport.drawingHeight).toBeGreaterThanOrEqual(Math.max(...lowest) + 3);
  drawTree(
    select(box),
    {
      layout,
      axis,
      chosen: nodes[0]!,
      followedNode: nodes[0]!,
      hovered: null,
      height: HEIGHT,
      zoom: 1,
      progress: new Map(),
      describe: () => "",
      ghostTitle: "",
    },
    {} as TreeCallbacks,
  );
  expect(box.querySelector<HTMLElement>(".window")!.style.bottom).toBe(`${viewport.buttonRowHeight}px`);
});

test("a small tree has the whole panel, as its corners are empty", () => {
  const { axis, layout } = treeOf(1);
  expect(layoutViewport(layout, { width: axis.width, height: HEIGHT })).toEqual({
    buttonRowHeight: 0,
    visibleHeight: HEIGHT,
    drawingHeight: HEIGHT,
  });
});

test("a tree with a label in a corner also ends above its buttons", () => {
  const { axis, layout } = treeOf(2);
  const [position] = layout.positions;
  const low = { ...position!, x: axis.width - 40, y: HEIGHT - 56, labels: [{ key: "star", x: 9, y: 31, text: "★" }] };
  expect(
    layoutViewport({ ...layout, positions: [low] }, { width: axis.width, height: HEIGHT }).buttonRowHeight,
  ).toBeGreaterThanOrEqual(BUTTONS);
});
