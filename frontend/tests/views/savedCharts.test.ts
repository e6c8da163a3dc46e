import { select } from "d3-selection";
import { expect, test } from "vitest";
import { withScreen, withTreeDisplay } from "../../src/state/changes/patches";
import { statsPanel } from "../../src/views/stats/panel";
import { treePanel } from "../../src/views/tree/panel";
import { makeNode, stateWith } from "../fixtures/values";

const chain = Array.from({ length: 30 }, (_, number) => makeNode(number, number === 0 ? null : number - 1));
const panned = withScreen(stateWith(chain, {}), { pan: 12 });

const drawWhole = (draw: (typeof treePanel.charts)[number]["drawFullContent"]): SVGSVGElement => {
  const box = document.createElement("div");
  draw!(select<HTMLElement, unknown>(box), panned, 400);
  return box.querySelector("svg")!;
};

test("the tree is saved with all its nodes, although the page shows only some", () => {
  const svg = drawWhole(treePanel.charts[0]!.drawFullContent);
  expect(svg.querySelectorAll(".node")).toHaveLength(30);
  const columns = [...svg.querySelectorAll(".node")].map((node) =>
    Number(/translate\(([\d.]+),/.exec(node.getAttribute("transform")!)![1]),
  );
  expect(Math.max(...columns)).toBeLessThan(Number(svg.getAttribute("width")));
});

test("the statistics are saved with a column for each node", () => {
  expect(drawWhole(statsPanel.charts[0]!.drawFullContent).querySelectorAll("rect.macs")).toHaveLength(30);
});

test("nodes folded in the tree have no column in the statistics", () => {
  const box = document.createElement("div");
  const folded = withTreeDisplay(stateWith(chain, {}), { foldedIds: [chain[9]!.id] });
  statsPanel.charts[0]!.drawFullContent!(select<HTMLElement, unknown>(box), folded, 400);
  expect(box.querySelectorAll("rect.macs")).toHaveLength(10);
});
