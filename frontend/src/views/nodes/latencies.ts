/**
 * Describes latencies in words. Milliseconds from different runs cannot be compared; ratios to the root can be, if they
 * are reliable and were measured in the same way.
 */
import type { Node } from "../../api/values";
import { formatRelativeChange, formatMs, formatPlural, formatRatio } from "../../marks/format";

export type Latency = Node["latency"][number];

export interface LatencyRatio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

export const RUNTIME_NAMES: Record<Latency["runtime"], string> = { eager: "torch", onnxruntime: "ONNX Runtime" };

/** A ratio is unreliable if either end of its interval differs from it by more than this share of the ratio. */
const MAX_INTERVAL_HALF_WIDTH = 0.1;

/**
 * Returns the latency of a node at batch size 1. The default runtime is torch, with which every finished node is
 * measured.
 */
export const singleImageLatency = ({ latency }: Node, runtime: Latency["runtime"] = "eager"): Latency | undefined =>
  latency.find((entry) => entry.batch === 1 && entry.runtime === runtime);

/**
 * Returns the ratio of the latency to that of the root, with the interval of the ratio; null if the ratio is not
 * reliable.
 */
export function reliableLatencyRatio(latency: Latency | undefined): LatencyRatio | null {
  if (latency?.reliability !== "reliable" || latency.ratio === null || !latency.ratio_interval) return null;
  return { ratio: latency.ratio, ...latency.ratio_interval };
}

/**
 * Returns a key for how the latency was measured: runtime, batch size, device and threads. Only latencies with the same
 * key can be compared.
 */
export const measurementKey = ({ runtime, batch, device, threads }: Latency): string =>
  [runtime, batch, device, threads].join("|");

/**
 * Returns the most frequent measurement key among the nodes that have a reliable latency for one image; null if there
 * are no such nodes.
 */
export function commonMeasurementKey(nodes: readonly Node[]): string | null {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const latency = singleImageLatency(node);
    if (latency && reliableLatencyRatio(latency))
      counts.set(measurementKey(latency), (counts.get(measurementKey(latency)) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}

/**
 * Returns a node's latency as a ratio to another node's, computed from their ratios to the root; null if the two
 * latencies cannot be compared. The interval combines the worst cases of both intervals, so it is wider than a 95%
 * interval.
 */
export function compareLatencies(now: Latency | undefined, first: Latency | undefined): LatencyRatio | null {
  const [after, before] = [reliableLatencyRatio(now), reliableLatencyRatio(first)];
  if (!now || !first || !after || !before || measurementKey(now) !== measurementKey(first)) return null;
  if (now.measured_number === first.measured_number && now.measured_at === first.measured_at)
    return { ratio: 1, low: 1, high: 1 };
  const comparison = {
    ratio: after.ratio / before.ratio,
    low: after.low / before.high,
    high: after.high / before.low,
  };
  const isNarrow =
    comparison.low >= comparison.ratio * (1 - MAX_INTERVAL_HALF_WIDTH) &&
    comparison.high <= comparison.ratio * (1 + MAX_INTERVAL_HALF_WIDTH);
  return isNarrow ? comparison : null;
}

/**
 * Describes the change in latency from one node to another: "−29.0% (−31.0% to −27.0%)", or "no difference" if the
 * interval contains 0%.
 */
export function describeLatencyChange(now: Latency | undefined, first: Latency | undefined): string {
  if (!now || !first) return "";
  const comparison = compareLatencies(now, first);
  if (!comparison) return "not compared";
  if (comparison.low === 1 && comparison.high === 1) return "same structure";
  if (comparison.low <= 1 && comparison.high >= 1) return "no difference";
  return `${formatRelativeChange(comparison.ratio - 1)} (${formatRelativeChange(comparison.low - 1)} to ${formatRelativeChange(comparison.high - 1)})`;
}

const formatInterval = ({ low, high }: LatencyRatio): string =>
  low === high ? "" : ` (${formatRatio(low).slice(0, -1)}–${formatRatio(high).slice(0, -1)})`;

/**
 * Describes the ratio of a latency to that of the root: "0.71× (0.69–0.73)" with its interval, "unreliable" or "not
 * compared".
 */
export function describeLatencyRatio(latency: Latency): string {
  const ratio = reliableLatencyRatio(latency);
  if (ratio) return `${formatRatio(ratio.ratio)}${formatInterval(ratio)}`;
  return latency.reliability === "unreliable" ? "unreliable" : "not compared";
}

/**
 * Describes a latency by its milliseconds and its ratio to the root: "2.61 ms · 0.71×", "unreliable", or "2.61 ms · not
 * compared".
 */
export function describeLatencyBriefly(latency: Latency): string {
  const ratio = reliableLatencyRatio(latency);
  if (ratio) return `${formatMs(latency.median_ms)} · ${formatRatio(ratio.ratio)}`;
  return latency.reliability === "unreliable" ? "unreliable" : `${formatMs(latency.median_ms)} · not compared`;
}

/**
 * Describes a latency in one sentence, without the full stop: how it was measured, its milliseconds, and its ratio to
 * the root.
 */
export function describeLatency(latency: Latency, node: Node): string {
  const threads = latency.threads === null ? "" : `, ${formatPlural(latency.threads, "thread")}`;
  const measurementText = `${RUNTIME_NAMES[latency.runtime]} on ${latency.device}${threads}: ${formatMs(latency.median_ms)}`;
  return `${measurementText}, ${explainLatencyRatio(latency)}${explainSharedMeasurement(latency, node)}`;
}

function explainLatencyRatio(latency: Latency): string {
  const { reliability, pairs, root_median_ms: rootLatencyMs } = latency;
  if (reliability === "unpaired")
    return "not compared, because an earlier version of CNNPruner measured the node without the root: measure again";
  if (reliability === "unreliable") return `unreliable, ${explainUnreliableRatio(latency)}: measure again`;
  if (rootLatencyMs === null) return "1× the root’s latency, by definition";
  return `${describeLatencyRatio(latency)} the root’s latency of ${formatMs(rootLatencyMs)} in the same run (95% interval from ${pairs} pairs of timing blocks)`;
}

const MIN_BLOCK_PAIRS = 20;

function explainUnreliableRatio({ pairs, ratio, ratio_interval: interval }: Latency): string {
  if (pairs < MIN_BLOCK_PAIRS || ratio === null || !interval)
    return `because only ${pairs} of ${MIN_BLOCK_PAIRS} pairs of timing blocks fit into a minute`;
  return `because the 95% interval of its ratio to the root, ${formatRatio(interval.low)}–${formatRatio(interval.high)}, is wider than ±10%`;
}

const explainSharedMeasurement = ({ measured_number: measured }: Latency, { number }: Node): string =>
  measured === null || measured === number ? "" : `; measured at node ${measured}, which has the same structure`;

/** CSV column names for the latency of one image. */
export const LATENCY_COLUMNS = [
  "latency_ms",
  "latency_ratio",
  "latency_low",
  "latency_high",
  "latency_reliability",
] as const;

/**
 * Returns the values of a node for LATENCY_COLUMNS. The cells for the ratio and its interval are empty unless the ratio
 * is reliable.
 */
export function latencyCells(node: Node): readonly (string | number | null)[] {
  const latency = singleImageLatency(node);
  const ratio = reliableLatencyRatio(latency);
  return [
    latency?.median_ms ?? null,
    ratio?.ratio ?? null,
    ratio?.low ?? null,
    ratio?.high ?? null,
    latency?.reliability ?? null,
  ];
}
