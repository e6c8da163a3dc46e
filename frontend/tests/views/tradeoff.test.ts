import { select } from "d3-selection";
import { expect, test, vi } from "vitest";
import { labelRect } from "../../src/marks/labelLayout";
import { listPoints, findFrontier, createMetricScale } from "../../src/views/tradeoff/points";
import { layoutNodeNumbers } from "../../src/views/tradeoff/numbers";
import { drawScatter } from "../../src/views/tradeoff/scatter";
import type { ScatterData } from "../../src/views/tradeoff/scatterData";
import { makeNode } from "../fixtures/values";

const interval = { low: 0.9, high: 0.99 };
/** Five nodes at the same point; the last two are controls. */
const nodes = [0, 1, 2, 3, 4].map((number) =>
  makeNode(number, number === 0 ? null : 0, {
    accuracy: 0.95,
    parameters: 1000,
    accuracy_interval: interval,
    origin: number > 2 ? "control" : "plan",
  }),
);
const points = listPoints(nodes, "parameters", "accuracy");
const data: ScatterData = {
  points,
  frontier: findFrontier(points, "parameters", "accuracy"),
  x: "parameters",
  y: "accuracy",
  chosen: null,
  hovered: null,
  width: 600,
  height: 400,
};
const scales = { x: Object.assign(() => 300, { ticks: () => [] }), y: Object.assign(() => 200, { ticks: () => [] }) };

test("numbers of points at the same place are arranged around it without overlaps", () => {
  const rects = layoutNodeNumbers(data, scales, []).map(labelRect);
  expect(rects.length).toBeGreaterThan(3);
  for (const [index, a] of rects.entries())
    for (const b of rects.slice(index + 1))
      expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
});

test("the chosen and the hovered point always have a number", () => {
  const manyNodes = Array.from({ length: 30 }, (_, number) => makeNode(number, null));
  const crowded = {
    ...data,
    points: listPoints(manyNodes, "parameters", "accuracy"),
    frontier: [],
    chosen: manyNodes[29]!.id,
    hovered: manyNodes[28]!.id,
  };
  const texts = layoutNodeNumbers(crowded, scales, []).map(({ text }) => text);
  expect(texts).toEqual(expect.arrayContaining(["29", "28"]));
  expect(texts.length).toBeLessThan(12);
});

test("controls are painted below other nodes, and accuracy has its interval", () => {
  const box = document.createElement("div");
  const draw = (changes: Partial<ScatterData> = {}) =>
    drawScatter(
      select<HTMLElement, unknown>(box),
      { ...data, ...changes },
      { onChoose: vi.fn(), onChooseAdjacentNode: vi.fn(), onHover: vi.fn() },
    );
  draw();
  const order = [...box.querySelectorAll(".point")].map((point) => point.getAttribute("data-testid"));
  expect(order).toEqual(["point-3", "point-4", "point-0", "point-1", "point-2"]);
  expect(box.querySelectorAll(".whiskers path")).toHaveLength(5);
  draw({ y: "loss" });
  expect(box.querySelectorAll(".whiskers path")).toHaveLength(0);
});

test("the loss of a root that learned nothing does not flatten the others", () => {
  const losses = [2.3, 0.05, 0.06, 0.09];
  const scale = createMetricScale(losses, "loss", [0, 100]);
  expect(scale(0.09) - scale(0.05)).toBeGreaterThan(10); // 0.1.0: 1.6
  expect(createMetricScale([0.05, 0.09], "loss", [0, 100]).ticks(5)).toContain(0.06); // linear, as before
});
