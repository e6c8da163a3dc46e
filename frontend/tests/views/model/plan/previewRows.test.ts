/** The rows of the preview chart while a preview is measured, and the layers that a reconstruction left as cut. */
import { expect, test } from "vitest";
import type { Preview } from "../../../../src/api/values";
import {
  describeReconstruction,
  describeUnfittedLayers,
  previewRows,
} from "../../../../src/views/model/plan/previewLayout";

const measured = (accuracy: number): Preview["raw"] => ({
  accuracy,
  correct: accuracy * 100,
  images: 100,
  interval: { low: accuracy - 0.05, high: accuracy + 0.05 },
});

const raw: Preview = {
  plan_id: 1,
  removed_filters: 20,
  revision: 1,
  before: measured(0.9),
  raw: measured(0.2),
  recalibrated: null,
  reconstructed: null,
  reconstruction: null,
  has_batch_norm: true,
  worst: null,
  broken_limits: [],
  seconds: 1,
};
const recalibrated: Preview = { ...raw, recalibrated: measured(0.5) };
const reconstruction = {
  fitted: 18,
  layers: 19,
  unfitted: [{ layer: "head.conv", reason: "its weight is computed in the forward pass" }],
  images: 2048,
  places: 8,
};
const complete: Preview = { ...recalibrated, reconstructed: measured(0.8), reconstruction };

const labels = (preview: Preview): string[] => previewRows(preview, null, null).map(({ label }) => label);

test("rows appear in the order in which they are measured", () => {
  expect(labels(raw)).toEqual(["as cut"]);
  expect(labels(recalibrated)).toEqual(["as cut", "BN re-estimated"]);
  expect(labels(complete)).toEqual(["as cut", "BN re-estimated", "reconstructed 18/19"]);
  expect(previewRows(complete, null, null).map(({ accuracy }) => accuracy)).toEqual([0.2, 0.5, 0.8]);
});

test("without batch norm there is no row for it", () => {
  expect(labels({ ...complete, has_batch_norm: false })).toEqual(["as cut", "reconstructed 18/19"]);
});

test("layers that were not fitted are named with the reason", () => {
  expect(describeUnfittedLayers(recalibrated)).toBe("");
  expect(describeUnfittedLayers(complete)).toBe(
    "Layers not fitted: head.conv (its weight is computed in the forward pass)",
  );
  expect(describeReconstruction(recalibrated)).toBe("");
  expect(describeReconstruction(complete)).toContain("18 of 19 layers");
  expect(describeReconstruction(complete)).toContain("2,048 training images");
});
