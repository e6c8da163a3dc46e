/** Metrics of a node that can be traded off: how they read, are written, and which way is better. */
import type { Node } from "../../api/values";
import { formatBytes, formatCount, formatMs, formatShare, formatShort, formatValue } from "../../marks/format";
import type { Metric } from "../../state/choice";

export interface MetricKind {
  readonly title: string;
  /** Multiplied by it, a larger value is worse. */
  readonly worse: 1 | -1;
  /** Spans orders of magnitude. */
  readonly isSize: boolean;
  read(node: Node): number | null;
  write(value: number | null): string;
}

const size = (
  title: string,
  name: "filters" | "parameters" | "macs" | "size_bytes",
  write: MetricKind["write"],
): MetricKind => ({
  title,
  worse: 1,
  isSize: true,
  read: (node) => node[name],
  write,
});

export const METRIC_KINDS: Record<Metric, MetricKind> = {
  accuracy: {
    title: "Accuracy, % (log error)",
    worse: -1,
    isSize: false,
    read: ({ accuracy }) => accuracy,
    write: (value) => formatShare(value, 2),
  },
  loss: { title: "Loss, cross-entropy", worse: 1, isSize: false, read: ({ loss }) => loss, write: formatValue },
  filters: size("Filters", "filters", formatCount),
  parameters: size("Parameters", "parameters", formatShort),
  macs: size("MACs, one image", "macs", formatShort),
  size_bytes: size("File", "size_bytes", formatBytes),
  latency: {
    title: "Latency, batch 1, ms",
    worse: 1,
    isSize: true,
    read: ({ latency }) => latency.find(({ batch }) => batch === 1)?.median_ms ?? null,
    write: formatMs,
  },
  epochs: { title: "Epochs of training", worse: 1, isSize: false, read: ({ epochs }) => epochs, write: formatCount },
};
