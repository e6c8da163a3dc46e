import { expect, test } from "vitest";
import { buildStructure } from "../../../src/planning/structure";
import {
  accuracyX,
  interpolateForecast,
  previewRows,
  previewScale,
  previewTicks,
} from "../../../src/views/model/plan/previewLayout";
import { layoutTable, shortenLayerName } from "../../../src/views/model/table/rows";
import { buildScoreScale, quantiles, scoreTicks, scoreAtX, toX } from "../../../src/views/model/table/scale";
import { layoutArchitecture } from "../../../src/views/model/architecture/layout";
import { networkLayers } from "../../fixtures/network";
import { spreadCircles } from "../../../src/views/model/table/bubbles";
import { layoutRadar, radarPoint } from "../../../src/views/model/plan/radar";

const structure = buildStructure(networkLayers("resnet_a"));

test("scores and pixels convert back and forth, and 0 has its own lane", () => {
  const scale = buildScoreScale([0, 0.01, 0.02, 0.05, 0.4], 100, 500);
  for (const score of [0.01, 0.05, 0.3]) expect(scoreAtX(scale, toX(scale, score))).toBeCloseTo(score, 10);
  expect(toX(scale, 0)).toBeLessThan(scale.start);
  expect(scoreAtX(scale, toX(scale, 0))).toBe(0);
});

test("a criterion that goes below zero has a linear axis", () => {
  const scale = buildScoreScale([-1, 0, 3], 0, 100);
  expect(scale.kind).toBe("linear");
  expect(scoreTicks(scale)).toContain(0);
});

test("the axis stays fixed while scores are being computed", () => {
  expect(buildScoreScale([0.2], 0, 100, { areScoresIncomplete: true }).high).toBe(
    buildScoreScale([0.01, 0.9], 0, 100, { areScoresIncomplete: true }).high,
  );
});

test("quantiles are the scores below which a share of the filters is", () => {
  const ascending = Array.from({ length: 100 }, (_, i) => i);
  expect(quantiles(ascending).map(({ score }) => score)).toEqual([10, 25, 50, 75, 90]);
});

test("equal circles do not overlap if there is room, and stay in their row", () => {
  const x = new Float32Array(6).fill(50);
  const radius = new Float32Array(6).fill(3);
  const offsets = [...spreadCircles(x, radius, 24)].sort((a, b) => a - b);
  offsets.slice(1).forEach((y, i) => expect(y - offsets[i]!).toBeGreaterThanOrEqual(6));
  expect(Math.max(...offsets.map(Math.abs))).toBeLessThanOrEqual(21);
});

test("rows shrink to 22 pixels, then the table scrolls", () => {
  const tall = layoutTable(structure, { width: 640, height: 600, isEnlarged: false });
  const low = layoutTable(structure, { width: 640, height: 150, isEnlarged: false });
  expect([tall.isScrollable, low.isScrollable, low.rowHeight]).toEqual([false, true, 22]);
  expect(low.viewHeight).toBe(100);
});

test("coupled layers share a bracket, and the output row says why it is not pruned", () => {
  const { rows, brackets } = layoutTable(structure, { width: 640, height: 600, isEnlarged: false });
  expect(brackets.length).toBeGreaterThan(0);
  expect(brackets[0]!.title).toContain("Coupled");
  expect(rows.at(-1)!.reason).toMatch(/outputs are the \d+ classes/);
});

test("long layer names keep their end", () => {
  expect(shortenLayerName("features.18.conv.0.0", 9)).toBe("…conv.0.0");
  expect(shortenLayerName("conv1", 9)).toBe("conv1");
});

test("the architecture shows each layer once, with lower blocks where filters are removed", () => {
  const after = structure.filterCounts.map((filters) => Math.ceil(filters / 2));
  const layout = layoutArchitecture(structure, after, 640, 108);
  expect(layout.blocks).toHaveLength(structure.source.layers.length);
  const first = layout.blocks[0]!;
  expect(first.heightAfter).toBeCloseTo(first.height / 2, 0);
});

test("the radar's first axis points up, and a full share reaches its rim", () => {
  const radar = layoutRadar(224, 193);
  const [x, y] = radarPoint(radar, 0, 1);
  expect(x).toBeCloseTo(112);
  expect(y).toBeCloseTo(radar.center[1] - radar.radius);
});

test("the preview's axis spreads small errors and keeps its ticks apart", () => {
  const scale = previewScale([0.83, 0.909, 0.936], 96, 340);
  const width = (a: number, b: number): number => accuracyX(scale, b) - accuracyX(scale, a);
  expect(width(0.9, 0.93)).toBeGreaterThan(width(0.6, 0.63));
  const ticks = previewTicks(scale).map((tick) => accuracyX(scale, tick));
  ticks.slice(1).forEach((x, i) => expect(x - ticks[i]!).toBeGreaterThanOrEqual(26));
});

test("a forecast is interpolated between sizes, and null outside the curve", () => {
  const point = (filters: number, accuracy: number) => ({
    filters,
    accuracy,
    low: accuracy - 0.1,
    high: accuracy + 0.05,
  });
  const curve = [point(100, 0.8), point(200, 0.9)];
  const between = interpolateForecast(curve, 150)!;
  expect([between.accuracy, between.low, between.high].map((value) => value.toFixed(3))).toEqual([
    "0.850",
    "0.750",
    "0.900",
  ]);
  expect(interpolateForecast(curve, 200)).toEqual(curve[1]);
  expect([interpolateForecast(curve, 99), interpolateForecast(curve, 201), interpolateForecast([], 100)]).toEqual([
    null,
    null,
    null,
  ]);
  expect(previewRows(null, curve[0]!, null).map(({ key }) => key)).toEqual(["forecast"]);
});
