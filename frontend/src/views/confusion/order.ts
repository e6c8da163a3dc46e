/** Selects and sorts the classes that form the rows and columns of the confusion matrix. */
import type { Confusion } from "../../api/values";
import type { ConfusionMatrixSort } from "../../state/choice";
import type { ClassOrder } from "../../state/changes/confusionCells";

interface ClassOrderInput {
  readonly confusion: Confusion;
  /** Indices of the classes shown; null if all are shown. */
  readonly classes: readonly number[] | null;
  readonly sort: ConfusionMatrixSort;
}

/**
 * Returns the classes of the rows and columns, sorted. The rows are the shown classes; the columns also include the
 * classes that the node or its parent predicts for images of the shown ones.
 */
export function orderClasses(input: ClassOrderInput): ClassOrder {
  const all = sortClasses(input);
  const { classes, confusion } = input;
  const shown = classes === null ? all : all.filter((index) => classes.includes(index));
  const rows = shown.length > 0 ? shown : all;
  return {
    rows,
    columns: all.filter(
      (column) => rows.includes(column) || rows.some((row) => hasPredictions(confusion, row, column)),
    ),
  };
}

const hasPredictions = ({ counts, parent_counts: before }: Confusion, label: number, predicted: number): boolean =>
  counts[label]![predicted]! > 0 || (before?.[label]![predicted] ?? 0) > 0;

function sortClasses({ confusion, sort }: ClassOrderInput): readonly number[] {
  const all = confusion.classes.map((_, index) => index);
  if (sort === "class") return all;
  const sortKey = (label: number): number =>
    sort === "errors"
      ? countErrors(confusion.counts, label)
      : countErrors(confusion.counts, label) - countErrors(confusion.parent_counts, label);
  return all.toSorted((a, b) => sortKey(b) - sortKey(a) || a - b);
}

const countErrors = (counts: readonly (readonly number[])[] | null, label: number): number =>
  counts === null ? 0 : rowSum(counts, label) - counts[label]![label]!;

export const rowSum = (counts: readonly (readonly number[])[], label: number): number =>
  counts[label]!.reduce((sum, count) => sum + count, 0);
