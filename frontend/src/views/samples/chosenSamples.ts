/** Describes which samples are chosen. */
import type { Choice } from "../../state/choice";

/** Returns "cat correct", "cat → dog", "cat" or "chosen"; null if no samples are chosen. */
export function describeChosen({ cell, label, picked }: Choice, classes: readonly string[]): string | null {
  if (cell)
    return cell.label === cell.predicted
      ? `${classes[cell.label]} correct`
      : `${classes[cell.label]} → ${classes[cell.predicted]}`;
  if (label !== null) return classes[label] ?? String(label);
  return picked ? "chosen" : null;
}
