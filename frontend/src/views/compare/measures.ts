/** Lists the metrics of the compared nodes, and the change of each metric from the first node. */
import type { Comparison, Node } from "../../api/values";
import {
  formatBytes,
  formatRelativeChange,
  formatCount,
  formatMs,
  formatPercent,
  formatCompactCount,
  formatReduction,
  formatValue,
} from "../../marks/format";
import { type Latency, describeLatencyChange, describeLatencyRatio, singleImageLatency } from "../nodes/latencies";

export interface ComparedMetric {
  readonly name: string;
  readonly cells: readonly { readonly value: string; readonly change: string }[];
}

/** Formats a change in a share as percentage points: "−0.42 pt". */
const formatPercentagePoints = (share: number): string => formatRelativeChange(share, 2).replace("%", " pt");

export function listMetrics({ nodes }: Pick<Comparison, "nodes">): readonly ComparedMetric[] {
  const createMetricWithRelativeChange = (
    name: string,
    read: (node: Node) => number | null,
    format: (value: number | null) => string,
  ): ComparedMetric =>
    createMetric(nodes, name, {
      read,
      format,
      change: (now, first) => (first ? formatRelativeChange(now / first - 1) : ""),
    });
  return [
    createMetric(nodes, "Accuracy", {
      read: (node) => node.accuracy,
      format: (value) => formatPercent(value, 2),
      change: (now, first) => formatPercentagePoints(now - first),
    }),
    createMetric(nodes, "Test accuracy", {
      read: (node) => node.test_accuracy,
      format: (value) => formatPercent(value, 2),
      change: (now, first) => formatPercentagePoints(now - first),
    }),
    createMetricWithRelativeChange("Loss", (node) => node.loss, formatValue),
    createMetricWithRelativeChange("Filters", (node) => node.filters, formatCount),
    createMetricWithRelativeChange("Parameters", (node) => node.parameters, formatCompactCount),
    createMetricWithRelativeChange("MACs", (node) => node.macs, formatCompactCount),
    createMetricWithRelativeChange("File size", (node) => node.size_bytes, formatBytes),
    createMetric(nodes, "Parameter reduction", {
      read: (node) => node.compression,
      format: formatReduction,
      change: () => "",
    }),
    createLatencyMetric(nodes),
    createMetric(nodes, "Images seen", {
      read: (node) => node.training_record?.images_seen ?? null,
      format: formatCount,
      change: () => "",
    }),
    createMetric(nodes, "Epochs", { read: (node) => node.epochs, format: formatCount, change: () => "" }),
  ];
}

/**
 * Returns, for each node, the ratio of its single-image latency to the root's. If the ratio is reliable, the latency in
 * milliseconds is added.
 */
function createLatencyMetric(nodes: readonly Node[]): ComparedMetric {
  const latencies = nodes.map((node) => singleImageLatency(node));
  return {
    name: "Latency, × root",
    cells: latencies.map((latency, index) => ({
      value: latency ? describeLatencyRatio(latency) : "–",
      change: [formatReliableLatency(latency), index === 0 ? "" : describeLatencyChange(latency, latencies[0])]
        .filter(Boolean)
        .join(" · "),
    })),
  };
}

const formatReliableLatency = (latency: Latency | undefined): string =>
  latency?.reliability === "reliable" ? formatMs(latency.median_ms) : "";

interface MetricFormat {
  read(node: Node): number | null;
  format(value: number | null): string;
  change(now: number, first: number): string;
}

function createMetric(nodes: readonly Node[], name: string, { read, format, change }: MetricFormat): ComparedMetric {
  const values = nodes.map(read);
  const first = values[0] ?? null;
  return {
    name,
    cells: values.map((value, index) => ({
      value: format(value),
      change: index === 0 || value === null || first === null ? "" : change(value, first),
    })),
  };
}
