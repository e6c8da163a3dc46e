/** The preview's axis: accuracy by the logarithm of its error, so that half a point at 93 % shows. Numbers only. */
import type { Preview } from "../../api/values";

export interface PreviewScale {
  readonly low: number;
  readonly high: number;
  readonly left: number;
  readonly right: number;
}

export interface PreviewRow {
  readonly key: "raw" | "recalibrated";
  readonly label: string;
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
}

const CANDIDATES = [0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999];
const LEAST_ERROR = 5e-4;

export function previewRows(preview: Preview): PreviewRow[] {
  const row = (key: PreviewRow["key"], label: string): PreviewRow => {
    const { accuracy, interval } = preview[key];
    return { key, label, accuracy, low: interval.low, high: interval.high };
  };
  const raw = row("raw", preview.has_batch_norm ? "raw" : "as cut");
  return preview.has_batch_norm ? [raw, row("recalibrated", "BN re-estimated")] : [raw];
}

export function previewScale(values: readonly number[], left: number, right: number): PreviewScale {
  const least = Math.min(...values, 0.5);
  const low = CANDIDATES.filter((tick) => tick <= least).at(-1) ?? 0;
  const error = Math.max(LEAST_ERROR, 1 - Math.max(...values));
  return { low, high: 1 - error * 0.8, left, right };
}

export function accuracyX({ low, high, left, right }: PreviewScale, accuracy: number): number {
  const at = (a: number): number => -Math.log(Math.max(LEAST_ERROR * 0.5, 1 - a));
  const share = (at(accuracy) - at(low)) / (at(high) - at(low) || 1);
  return left + Math.min(1, Math.max(0, share)) * (right - left);
}

/** Ticks at least 26 px apart, the highest kept first. */
export function previewTicks(scale: PreviewScale): number[] {
  const inside = CANDIDATES.filter((tick) => tick >= scale.low && tick <= scale.high);
  const kept: number[] = [];
  for (const tick of inside.reverse()) {
    const last = kept[kept.length - 1];
    if (last === undefined || accuracyX(scale, last) - accuracyX(scale, tick) >= 26) kept.push(tick);
  }
  return kept.reverse();
}
