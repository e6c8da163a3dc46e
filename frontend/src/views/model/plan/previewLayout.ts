/**
 * Lays out the preview chart without drawing it. Accuracies are on a log-error axis, so that a difference of half a
 * percentage point is visible at 93%.
 */
import type { ForecastPoint, Preview } from "../../../api/values";
import { formatPlural } from "../../../marks/format";

export interface PreviewScale {
  readonly low: number;
  readonly high: number;
  readonly left: number;
  readonly right: number;
}

export interface PreviewRow {
  readonly key: "raw" | "recalibrated" | "reconstructed" | "forecast" | "outcome";
  readonly label: string;
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
}

const TICK_CANDIDATES = [0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999];
const MIN_ERROR = 5e-4;

/** The accuracy of the node that an applied plan created, with its 95% interval. */
export interface ChildAccuracy {
  readonly number: number;
  readonly accuracy: number;
  readonly interval: { readonly low: number; readonly high: number };
}

/**
 * Returns the rows of the chart: the accuracies that Preview measured, the forecast and, for an applied plan, the
 * accuracy of the node that the plan created.
 */
export function previewRows(
  preview: Preview | null,
  forecast: ForecastPoint | null,
  outcome: ChildAccuracy | null,
): PreviewRow[] {
  return [
    ...(preview ? measuredAccuracyRows(preview) : []),
    ...(forecast ? [forecastRow(forecast)] : []),
    ...(outcome ? [outcomeRow(outcome)] : []),
  ];
}

const outcomeRow = ({ number, accuracy, interval }: ChildAccuracy): PreviewRow => ({
  key: "outcome",
  label: `node ${number}, 95%`,
  accuracy,
  low: interval.low,
  high: interval.high,
});

const forecastRow = ({ accuracy, low, high }: ForecastPoint): PreviewRow => ({
  key: "forecast",
  label: "forecast, 80%",
  accuracy,
  low,
  high,
});

/** Returns one row for each accuracy that Preview has measured so far, in the order of measurement. */
function measuredAccuracyRows(preview: Preview): PreviewRow[] {
  const row = (key: "raw" | "recalibrated" | "reconstructed", label: string): PreviewRow[] => {
    const measured = preview[key];
    if (!measured) return [];
    return [{ key, label, accuracy: measured.accuracy, low: measured.interval.low, high: measured.interval.high }];
  };
  const { reconstruction } = preview;
  const fitted = reconstruction ? ` ${reconstruction.fitted}/${reconstruction.layers}` : "";
  return [
    ...row("raw", "as cut"),
    ...(preview.has_batch_norm ? row("recalibrated", "BN re-estimated") : []),
    ...row("reconstructed", `reconstructed${fitted}`),
  ];
}

/**
 * Says how many layers reconstruction fitted, and with how much data; empty if the network has not been reconstructed
 * yet.
 */
export function describeReconstruction(preview: Preview | null): string {
  const reconstruction = preview?.reconstruction;
  if (!reconstruction) return "";
  const { fitted, layers, images, places } = reconstruction;
  return `Reconstruction fitted ${fitted} of ${formatPlural(layers, "layer")} that lost inputs, so that they reproduce their outputs in the unpruned network. It used ${formatPlural(images, "training image")} without labels, and compared outputs at ${formatPlural(places, "position")} in each image. Depthwise layers are not fitted.`;
}

/**
 * Names the layers that reconstruction could not fit, with reasons; these layers stay as they were cut. Empty if there
 * are no such layers.
 */
export function describeUnfittedLayers(preview: Preview | null): string {
  const unfitted = preview?.reconstruction?.unfitted ?? [];
  return unfitted.length
    ? `Layers not fitted: ${unfitted.map(({ layer, reason }) => `${layer} (${reason})`).join(", ")}`
    : "";
}

/**
 * Returns the forecast for this number of filters, interpolated between two points of the forecast curve. Null if the
 * number is outside the range of the curve.
 */
export function interpolateForecast(curve: readonly ForecastPoint[], filters: number): ForecastPoint | null {
  const next = curve.findIndex((point) => point.filters >= filters);
  const after = curve[next];
  if (!after || after.filters === filters) return after ?? null;
  const before = curve[next - 1];
  if (!before) return null;
  const share = (filters - before.filters) / (after.filters - before.filters);
  const interpolateField = (name: "accuracy" | "low" | "high"): number =>
    before[name] + share * (after[name] - before[name]);
  return {
    filters,
    accuracy: interpolateField("accuracy"),
    low: interpolateField("low"),
    high: interpolateField("high"),
  };
}

export function previewScale(values: readonly number[], left: number, right: number): PreviewScale {
  const lowestAccuracy = Math.min(...values, 0.5);
  const low = TICK_CANDIDATES.filter((tick) => tick <= lowestAccuracy).at(-1) ?? 0;
  const error = Math.max(MIN_ERROR, 1 - Math.max(...values));
  return { low, high: 1 - error * 0.8, left, right };
}

export function accuracyX({ low, high, left, right }: PreviewScale, accuracy: number): number {
  const at = (a: number): number => -Math.log(Math.max(MIN_ERROR * 0.5, 1 - a));
  const share = (at(accuracy) - at(low)) / (at(high) - at(low) || 1);
  return left + Math.min(1, Math.max(0, share)) * (right - left);
}

/**
 * Returns the accuracies at which the axis has ticks. Goes from the highest accuracy to the lowest, and omits each tick
 * that is less than 26 px from the previous one.
 */
export function previewTicks(scale: PreviewScale): number[] {
  const ticksInRange = TICK_CANDIDATES.filter((tick) => tick >= scale.low && tick <= scale.high);
  const spacedTicks: number[] = [];
  for (const tick of ticksInRange.reverse()) {
    const last = spacedTicks[spacedTicks.length - 1];
    if (last === undefined || accuracyX(scale, last) - accuracyX(scale, tick) >= 26) spacedTicks.push(tick);
  }
  return spacedTicks.reverse();
}
