import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { CHARTS } from "../../../src/views/stats/registry";
import { makeNode } from "../../fixtures/values";
import { drawAlone, SPAN, statsOf } from "./charts/context";

test("every file of the folder is a chart, in the declared order", () => {
  expect(CHARTS.map(({ name }) => `${name}.ts`).sort()).toEqual(readdirSync("src/views/stats/charts").sort());
  expect(new Set(CHARTS.map(({ order }) => order)).size).toBe(CHARTS.length);
  expect(CHARTS.map(({ order }) => order)).toEqual(CHARTS.map(({ order }) => order).sort((a, b) => a - b));
});

test("all CSV columns have different names", () => {
  const names = CHARTS.flatMap(({ columns }) => columns.map(({ name }) => name));
  expect(names.length).toBeGreaterThan(0);
  expect(new Set(["node", ...names]).size).toBe(names.length + 1);
});

const ready = makeNode(0, null);
const waiting = makeNode(1, 0, {
  state: "waiting",
  accuracy: null,
  loss: null,
  accuracy_low: null,
  accuracy_high: null,
  loss_first: null,
  loss_last: null,
  epochs: 0,
  best_epoch: null,
  macs: null,
  parameters: null,
});

test.each(CHARTS)("$name fulfils the contract of a chart", (chart) => {
  const stats = statsOf([ready, waiting]);
  for (const node of stats) expect(chart.describe(node)).toMatch(/^[^\n]+$/);
  const values = chart.columns.flatMap(({ value }) => stats.map(value));
  expect(values.every((value) => value === null || Number.isFinite(value))).toBe(true);
  expect(chart.columns.some(({ value }) => value(stats[0]!) !== null)).toBe(true);
  const { group, scale } = drawAlone(chart, stats);
  expect(group.childElementCount).toBeGreaterThan(0);
  expect(chart.unit(scale)).not.toBe("");
  for (const { y } of scale.ticks) {
    expect(y).toBeGreaterThanOrEqual(SPAN.top - 1);
    expect(y).toBeLessThanOrEqual(SPAN.bottom + 1);
  }
  expect(group.outerHTML).not.toMatch(/NaN|undefined|Infinity/);
});
