/** Lists the cells in which a node's confusion matrix differs from that of the reference node. Draws nothing. */
import type { Comparison } from "../../api/values";

export interface CellDifference {
  readonly label: number;
  readonly predicted: number;
  /** Change in the number of images in this cell from the reference node to the node. */
  readonly change: number;
  /** Whether the node is better than the reference in this cell: more correct predictions, or fewer wrong ones. */
  readonly isBetter: boolean;
}

/** Lists the cells that differ, in descending order of the absolute difference. */
export function listCellDifferences(difference: readonly (readonly number[])[]): readonly CellDifference[] {
  return difference
    .flatMap((row, label) =>
      row.map((change, predicted) => ({
        label,
        predicted,
        change,
        isBetter: label === predicted ? change > 0 : change < 0,
      })),
    )
    .filter(({ change }) => change !== 0)
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change) || a.label - b.label || a.predicted - b.predicted);
}

/** Describes the difference in one cell: "cat predicted as dog +6". */
export function describeDifference(
  { label, predicted, change }: CellDifference,
  { classes }: Pick<Comparison, "classes">,
): string {
  const sign = change > 0 ? "+" : "−";
  const cell =
    label === predicted
      ? `${classes[label]} predicted correctly`
      : `${classes[label]} predicted as ${classes[predicted]}`;
  return `${cell} ${sign}${Math.abs(change)}`;
}
