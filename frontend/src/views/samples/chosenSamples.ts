/** Describes in a few words which samples are chosen. */
import type { Choice } from "../../state/choice";

/**
 * Describes the chosen samples: "cat correct" or "cat → dog" for a cell of the confusion matrix, "cat" for a class,
 * "chosen" for samples picked on the map; null if none are chosen.
 */
export function describeChosenSamples(
  { cell, label, pickedSamples: pickedSamples }: Choice,
  classes: readonly string[],
): string | null {
  if (cell)
    return cell.label === cell.predicted
      ? `${classes[cell.label]} correct`
      : `${classes[cell.label]} → ${classes[cell.predicted]}`;
  if (label !== null) return classes[label] ?? String(label);
  return pickedSamples ? "chosen" : null;
}
