/** The chosen samples in words. */
import type { Choice } from "../../state/choice";

/** "cat → dog", "cat", "chosen" */
export function describeChosen({ cell, label, picked }: Choice, classes: readonly string[]): string | null {
  if (cell)
    return cell.label === cell.predicted
      ? `${classes[cell.label]} right`
      : `${classes[cell.label]} → ${classes[cell.predicted]}`;
  if (label !== null) return classes[label] ?? String(label);
  return picked ? "chosen" : null;
}
