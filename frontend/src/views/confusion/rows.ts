/** The confusion matrix as a table. */
import { chosenNode } from "../../state/select";
import type { State } from "../../state/state";

export function confusionRows(state: State): (string | number)[][] {
  const confusion = state.server.confusion[chosenNode(state)?.id ?? -1];
  if (!confusion) return [];
  const { classes, counts } = confusion;
  return [["true \\ called", ...classes], ...counts.map((row, label) => [classes[label]!, ...row])];
}
