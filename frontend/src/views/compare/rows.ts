/**
 * Returns the comparison as rows of a CSV file: metrics, counts of degraded and improved samples, and the width and
 * kept filters of each layer.
 */
import type { Comparison } from "../../api/values";
import { comparisonKey, markedNodes } from "../../state/selectors/tree";
import type { State } from "../../state/state";
import { LATENCY_COLUMNS, latencyCells } from "../nodes/latencies";

type Row = readonly (string | number | null)[];

export function comparisonRows(state: State): readonly Row[] {
  const comparison = state.server.comparisons[comparisonKey(markedNodes(state))];
  if (!comparison) return [["quantity", "item"]];
  const names: Row = ["quantity", "item", ...comparison.nodes.map(({ number }) => `node ${number}`)];
  return [names, ...metricRows(comparison), ...predictionChangeRows(comparison), ...layerRows(comparison)];
}

const METRICS = [
  "accuracy",
  "test_accuracy",
  "loss",
  "filters",
  "parameters",
  "macs",
  "size_bytes",
  "compression",
  "epochs",
] as const;

const metricRows = ({ nodes }: Comparison): Row[] => [
  ...METRICS.map((name): Row => ["metric", name, ...nodes.map((node) => node[name])]),
  ...LATENCY_COLUMNS.map((name, column): Row => ["metric", name, ...nodes.map((node) => latencyCells(node)[column]!)]),
];

/**
 * Returns two rows for each pair of nodes: how many samples degraded and how many improved from the first node to the
 * second. The counts are in the second node's column.
 */
function predictionChangeRows({ flips, nodes }: Comparison): Row[] {
  const nodeNumberById = new Map(nodes.map(({ id, number }) => [id, number]));
  return flips.flatMap(({ before_id, after_id, degraded, improved }) => {
    const countInColumn = (count: number): Row => nodes.map(({ id }) => (id === after_id ? count : null));
    const pair = `node ${nodeNumberById.get(before_id)} → ${nodeNumberById.get(after_id)}`;
    return [
      ["degraded samples", pair, ...countInColumn(degraded)],
      ["improved samples", pair, ...countInColumn(improved)],
    ];
  });
}

const layerRows = ({ layers }: Comparison): Row[] =>
  layers.flatMap(({ name, widths, kept }) => [
    ["filters", name, ...widths],
    ["kept filters", name, ...kept.map((numbers) => numbers.join(" "))],
  ]);
