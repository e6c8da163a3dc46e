import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import { layoutNodeAxis } from "../../../src/views/axis/nodeAxis";
import { minChartsHeight } from "../../../src/views/stats/layout";
import { drawNodeCharts, type NodeChartsData } from "../../../src/views/stats/nodeCharts";
import { toNodeStats } from "../../../src/views/stats/nodeStats";
import { CHARTS } from "../../../src/views/stats/registry";
import { makeEpoch, makeNode } from "../../fixtures/values";

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

const nodes = [
  makeNode(0, null),
  makeNode(1, 0, { recovered: false }),
  makeNode(2, 1, { state: "running", macs: null, parameters: null }),
];

function dataFor(chosen: number, charts = CHARTS): NodeChartsData {
  const axis = layoutNodeAxis({ width: 400, columnCount: 3, pan: null, chosen });
  const stats = nodes.map((node) => toNodeStats(node, node.number === 2 ? [makeEpoch(0, 0.2), makeEpoch(1, 0.6)] : []));
  return { charts, stats, axis, ghost: null, chosen: nodes[chosen]!, height: minChartsHeight(charts) };
}

function draw(data: NodeChartsData) {
  const callbacks = { onChoose: vi.fn(), onHover: vi.fn(), onPan: vi.fn() };
  drawNodeCharts(select(box), data, callbacks);
  return callbacks;
}

test("redrawing keeps every bar and moves the band to the chosen node", () => {
  draw(dataFor(0));
  const bars = [...box.querySelectorAll("rect.range, rect.macs, rect.done")];
  const band = box.querySelector("rect.band")!.getAttribute("x");
  draw(dataFor(1));
  expect(bars.length).toBeGreaterThan(3);
  expect([...box.querySelectorAll("rect.range, rect.macs, rect.done")]).toEqual(bars);
  expect(box.querySelectorAll("rect.band")).toHaveLength(1);
  expect(Number(box.querySelector("rect.band")!.getAttribute("x"))).toBeCloseTo(Number(band) + 29);
});

test("hovering a column reports node and chart, a click chooses the node", () => {
  const callbacks = draw(dataFor(0));
  const column = box.querySelector("[data-testid=loss-1]")!;
  column.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  column.dispatchEvent(new MouseEvent("pointerenter"));
  expect(callbacks.onChoose).toHaveBeenCalledWith(11);
  expect(callbacks.onHover).toHaveBeenCalledWith(
    expect.objectContaining({ firstLoss: 1.9 }),
    expect.objectContaining({ name: "loss" }),
  );
});

test("captions, columns and aria-label follow from the declared charts", () => {
  draw(
    dataFor(
      0,
      CHARTS.filter(({ name }) => ["recoverability", "loss", "cost"].includes(name)),
    ),
  );
  const svg = box.querySelector("svg")!;
  expect(svg.ariaLabel).toBe("Recoverability, loss and cost per node, in the same columns as the tree above");
  expect([...svg.querySelectorAll(".captions text")].map((text) => text.textContent)).toEqual([
    "Recoverability\u2002accuracy range, % (log error); ▸ needed to recover",
    "Loss\u2002cross-entropy, epoch 0 to last epoch (dot); ↑ off the scale",
    "Cost\u2002▮ MACs, millions",
  ]);
  expect(svg.querySelector("[data-testid=epochs-1]")).toBeNull();
});
