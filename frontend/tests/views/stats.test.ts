import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import { layoutNodeAxis, nameNumbers } from "../../src/views/axis/nodeAxis";
import { drawCharts } from "../../src/views/stats/charts";
import type { ChartsData } from "../../src/views/stats/chartsData";
import { CHARTS_HEIGHT, epochScale, errorScale, layoutSpans, lossScale } from "../../src/views/stats/layout";
import { clipLine } from "../../src/views/stats/cost";
import { toStats } from "../../src/views/stats/nodeStats";
import { statsPanel } from "../../src/views/stats/panel";
import type { Actions } from "../../src/state/actions";
import { withScreen } from "../../src/state/changes/patches";
import { makeEpoch, makeNode, stateWith } from "../fixtures/values";

test("a running node shows the range of its epochs so far", () => {
  const node = makeNode(1, 0, {
    state: "running",
    accuracy_low: null,
    accuracy_high: null,
    epochs: 0,
    epochs_planned: 20,
  });
  const stats = toStats(node, [makeEpoch(0, 0.3, 2), makeEpoch(1, 0.8, 0.7), makeEpoch(2, 0.75, 0.8)]);
  expect(stats).toMatchObject({
    isLive: true,
    low: 0.3,
    high: 0.8,
    best: 0.8,
    lossFirst: 2,
    lossLast: 0.8,
    epochs: 2,
    planned: 20,
  });
});

test("the needed accuracy is the needed images of all", () => {
  expect(toStats(makeNode(1, 0, { needed_correct: 350, images: 360 }), []).needed).toBeCloseTo(350 / 360);
});

test("half a point near the top is larger than half a point near the bottom", () => {
  const span = layoutSpans(CHARTS_HEIGHT).recoverability;
  const { toY } = errorScale([toStats(makeNode(0, null), [])], span);
  expect(toY(0.975) - toY(0.98)).toBeGreaterThan(5 * (toY(0.5) - toY(0.505)));
  expect(toY(1)).toBe(span.top);
});

test("charts never overlap, and grow with the panel", () => {
  for (const height of [CHARTS_HEIGHT, 500, 900]) {
    const { recoverability, loss, epochs, cost, axis } = layoutSpans(height);
    const edges = [
      recoverability.top,
      recoverability.bottom,
      loss.top,
      loss.bottom,
      epochs.top,
      epochs.bottom,
      cost.top,
      cost.bottom,
      axis,
    ];
    expect(edges).toEqual([...edges].sort((a, b) => a - b));
    expect(axis).toBeLessThanOrEqual(height);
  }
});

test("a root that was trained ten times as long does not flatten the others", () => {
  const span = layoutSpans(CHARTS_HEIGHT).epochs;
  const stats = [makeNode(0, null, { epochs: 160 }), makeNode(1, 0, { epochs: 15 })].map((node) => toStats(node, []));
  const { rootFits, toY } = epochScale(stats, span);
  expect(rootFits).toBe(false);
  expect(span.bottom - toY(15)).toBeGreaterThan((span.bottom - span.top) / 2);
});

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

function dataFor(chosen: number): ChartsData {
  const axis = layoutNodeAxis({ width: 400, places: 3, pan: null, chosen });
  const stats = nodes.map((node) => toStats(node, node.number === 2 ? [makeEpoch(0, 0.2), makeEpoch(1, 0.6)] : []));
  return { stats, axis, ghost: null, chosen: nodes[chosen]!, hovered: null, height: CHARTS_HEIGHT };
}

test("drawing twice keeps every bar, and the band moves to the chosen node", () => {
  const callbacks = { onChoose: vi.fn(), onHover: vi.fn(), onPan: vi.fn() };
  drawCharts(select(box), dataFor(0), callbacks);
  const bars = [...box.querySelectorAll("rect.range, rect.macs, rect.done")];
  const band = box.querySelector("rect.band")!.getAttribute("x");
  drawCharts(select(box), dataFor(1), callbacks);
  expect([...box.querySelectorAll("rect.range, rect.macs, rect.done")]).toEqual(bars);
  expect(box.querySelectorAll("rect.band")).toHaveLength(1);
  expect(Number(box.querySelector("rect.band")!.getAttribute("x"))).toBeCloseTo(Number(band) + 29);
});

test("the line of parameters joins parent and child only", () => {
  drawCharts(select(box), dataFor(0), { onChoose: vi.fn(), onHover: vi.fn(), onPan: vi.fn() });
  expect(box.querySelectorAll(".joins line")).toHaveLength(1);
});

test("a column tells its chart and chooses its node", () => {
  const callbacks = { onChoose: vi.fn(), onHover: vi.fn(), onPan: vi.fn() };
  drawCharts(select(box), dataFor(0), callbacks);
  const column = box.querySelector("[data-testid=loss-1]")!;
  column.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  column.dispatchEvent(new MouseEvent("pointerenter"));
  expect(callbacks.onChoose).toHaveBeenCalledWith(11);
  expect(callbacks.onHover).toHaveBeenCalledWith(expect.objectContaining({ lossFirst: 1.9 }), "loss");
});

test("ticks leave room for each other and for the titles below them", () => {
  const spans = layoutSpans(CHARTS_HEIGHT);
  const stats = Array.from({ length: 6 }, (_, number) =>
    toStats(makeNode(number, number === 0 ? null : 0, { epochs: 6, loss_first: 5.9, loss_last: 0.1 }), []),
  );
  for (const { ticks } of [epochScale(stats, spans.epochs), lossScale(stats, spans.loss)]) {
    expect(ticks.length).toBeGreaterThan(1);
    ticks.slice(1).forEach((tick, index) => expect(ticks[index]!.y - tick.y).toBeGreaterThanOrEqual(11));
  }
  expect(spans.loss.caption - 9).toBeGreaterThanOrEqual(spans.recoverability.bottom + 6);
  expect(spans.cost.caption - 9).toBeGreaterThanOrEqual(spans.epochs.bottom + 6);
});

test("the axis names the chosen node and leaves out numbers beside it", () => {
  const axis = layoutNodeAxis({ width: 400, places: 30, pan: null, chosen: 0, zoom: 0.35 });
  const numbers = Array.from({ length: 30 }, (_, number) => number);
  const named = nameNumbers(axis, numbers, { chosen: 26, ghost: null });
  expect(named).toContain(26);
  expect(named).not.toContain(25);
  expect(named).toContain(20);
});

test("a line to a node out of view ends before the numbers of the axis", () => {
  expect(clipLine([0, 0], [100, 50], [40, 200])).toEqual([40, 20, 100, 50]);
  expect(clipLine([0, 0], [100, 50], [-10, 60])).toEqual([0, 0, 60, 30]);
});

test("a link opens the panel where a person had scrolled it", async () => {
  const body: HTMLElement = document.createElement("div");
  const act = { scrollStats: vi.fn() };
  statsPanel.draw(select(body), withScreen(stateWith([makeNode(0, null)]), { stats: 130 }), act as unknown as Actions, {
    width: 380,
    height: 360,
  });
  await Promise.resolve();
  expect(body.scrollTop).toBe(130);
  body.scrollTop = 40;
  body.dispatchEvent(new Event("scroll"));
  expect(act.scrollStats).toHaveBeenLastCalledWith(40);
});
