/** Returns the nodes of the tree as rows of a CSV file. */
import type { Node } from "../../api/values";
import { treeNodes } from "../../state/selectors/select";
import type { State } from "../../state/state";
import { LATENCY_COLUMNS, latencyCells } from "../nodes/latencies";
import { provenanceCells, PROVENANCE_COLUMNS } from "../nodes/provenance";
import { originText } from "../nodes/tags";

const COLUMNS = [
  "number",
  "state",
  "accuracy",
  "test_accuracy",
  "loss",
  "filters",
  "free_filters",
  "parameters",
  "macs",
  "size_bytes",
  "compression",
  "epochs",
  "recovered",
  "recovered_reason",
  "learned",
  "degraded",
  "improved",
  "starred",
  "note",
] as const;

export function listRows(state: State): readonly (readonly (string | number | null)[])[] {
  const nodeById = state.server.nodes;
  const toCsvCell = (value: Node[(typeof COLUMNS)[number]]): string | number | null =>
    typeof value === "boolean" ? String(value) : value;
  return [
    ["parent", ...COLUMNS, ...LATENCY_COLUMNS, "made_by", ...PROVENANCE_COLUMNS],
    ...treeNodes(state).map((node) => [
      nodeById[node.parent_id ?? -1]?.number ?? null,
      ...COLUMNS.map((name) => toCsvCell(node[name])),
      ...latencyCells(node),
      originText(node, nodeById),
      ...provenanceCells(node),
    ]),
  ];
}
