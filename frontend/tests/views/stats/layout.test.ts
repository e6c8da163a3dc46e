import { expect, test } from "vitest";
import { layoutCharts, minHeight } from "../../../src/views/stats/layout";
import { CHARTS } from "../../../src/views/stats/registry";

const LEAST = minHeight(CHARTS);

test("charts never overlap, and fill the panel as it grows", () => {
  for (const height of [LEAST, 500, 900]) {
    const { positions: placed, numbersY: numbers } = layoutCharts(CHARTS, height);
    const edges = [...placed.flatMap(({ span }) => [span.caption, span.top, span.bottom]), numbers];
    expect(edges).toEqual([...edges].sort((a, b) => a - b));
    expect(numbers).toBeCloseTo(height - 4);
  }
});

test("what is more than the least is shared out in the proportion of the heights", () => {
  const heightsOf = (height: number): number[] =>
    layoutCharts(CHARTS, height).positions.map(({ span }) => span.bottom - span.top);
  expect(heightsOf(LEAST)).toEqual(CHARTS.map(({ height }) => height));
  const factors = heightsOf(700).map((height, index) => height / CHARTS[index]!.height);
  factors.forEach((factor) => expect(factor).toBeCloseTo(factors[0]!));
  expect(factors[0]).toBeGreaterThan(1);
});

test("a caption is clear of the lowest tick above it, and of what stands on the marks below it", () => {
  const { positions: placed } = layoutCharts([{ height: 40 }, { height: 20, headroom: 10 }], 0);
  const [first, second] = placed.map(({ span }) => span);
  expect(second!.caption - 9).toBeGreaterThanOrEqual(first!.bottom + 6);
  expect(second!.top - second!.caption).toBe(first!.top - first!.caption + 10);
});
