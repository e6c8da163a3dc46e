import { expect, test } from "vitest";
import { layoutCharts, minChartsHeight } from "../../../src/views/stats/layout";
import { CHARTS } from "../../../src/views/stats/registry";

const MIN_HEIGHT = minChartsHeight(CHARTS);

test("charts never overlap, and fill the panel at any height", () => {
  for (const height of [MIN_HEIGHT, 500, 900]) {
    const { positions: placed, nodeNumbersY: numbers } = layoutCharts(CHARTS, height);
    const edges = [...placed.flatMap(({ span }) => [span.caption, span.top, span.bottom]), numbers];
    expect(edges).toEqual([...edges].sort((a, b) => a - b));
    expect(numbers).toBeCloseTo(height - 4);
  }
});

test("extra height is divided in proportion to the charts' heights", () => {
  const heightsOf = (height: number): number[] =>
    layoutCharts(CHARTS, height).positions.map(({ span }) => span.bottom - span.top);
  expect(heightsOf(MIN_HEIGHT)).toEqual(CHARTS.map(({ height }) => height));
  const factors = heightsOf(700).map((height, index) => height / CHARTS[index]!.height);
  factors.forEach((factor) => expect(factor).toBeCloseTo(factors[0]!));
  expect(factors[0]).toBeGreaterThan(1);
});

test("a caption is clear of the tick above it and of the labels below it", () => {
  const { positions: placed } = layoutCharts([{ height: 40 }, { height: 20, headroom: 10 }], 0);
  const [first, second] = placed.map(({ span }) => span);
  expect(second!.caption - 9).toBeGreaterThanOrEqual(first!.bottom + 6);
  expect(second!.top - second!.caption).toBe(first!.top - first!.caption + 10);
});
