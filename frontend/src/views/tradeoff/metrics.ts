/**
 * The metrics of the trade-off chart: how each is read from a node and formatted, and whether higher or lower values
 * are better.
 */
import type { Node } from "../../api/values";
import {
  formatBytes,
  formatCount,
  formatRatio,
  formatShare,
  formatCompactCount,
  formatValue,
} from "../../marks/format";
import type { Metric } from "../../state/choice";
import { reliableLatencyRatio, singleImageLatency } from "../nodes/latencies";

export interface MetricInfo {
  readonly title: string;
  /** 1 if larger values are worse, −1 if smaller values are worse. */
  readonly worseDirection: 1 | -1;
  /** Whether the axis is logarithmic if the values span orders of magnitude. */
  readonly allowsLogScale: boolean;
  read(node: Node): number | null;
  format(value: number | null): string;
}

const createSizeMetric = (
  title: string,
  name: "filters" | "parameters" | "macs" | "size_bytes",
  format: MetricInfo["format"],
): MetricInfo => ({
  title,
  worseDirection: 1,
  allowsLogScale: true,
  read: (node) => node[name],
  format,
});

export const METRIC_INFO: Record<Metric, MetricInfo> = {
  accuracy: {
    title: "Accuracy, % (log error)",
    worseDirection: -1,
    allowsLogScale: false,
    read: ({ accuracy }) => accuracy,
    format: (value) => formatShare(value, 2),
  },
  loss: {
    title: "Loss, cross-entropy",
    worseDirection: 1,
    allowsLogScale: true,
    read: ({ loss }) => loss,
    format: formatValue,
  },
  filters: createSizeMetric("Filters", "filters", formatCount),
  parameters: createSizeMetric("Parameters", "parameters", formatCompactCount),
  macs: createSizeMetric("MACs per image", "macs", formatCompactCount),
  size_bytes: createSizeMetric("File size", "size_bytes", formatBytes),
  latency: {
    title: "Latency, batch 1, × root",
    worseDirection: 1,
    allowsLogScale: true,
    read: (node) => reliableLatencyRatio(singleImageLatency(node))?.ratio ?? null,
    format: formatRatio,
  },
  epochs: {
    title: "Epochs of training",
    worseDirection: 1,
    allowsLogScale: false,
    read: ({ epochs }) => epochs,
    format: formatCount,
  },
};
