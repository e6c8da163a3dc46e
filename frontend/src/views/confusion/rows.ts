/** The confusion matrix as a table. */
import { chosenNode } from "../../state/selectors/select";
import type { ConfusionMode } from "../../state/choice";
import type { State } from "../../state/state";

export function confusionRows(state: State): (string | number)[][] {
  const confusion = state.server.confusion[chosenNode(state)?.id ?? -1];
  if (!confusion) return [];
  const { classes, counts } = confusion;
  return [["true \\ called", ...classes], ...counts.map((row, label) => [classes[label]!, ...row])];
}

const ABOUT: Record<ConfusionMode, string> = {
  count: "cells: images of the true class (row) that are called another (column), darker is more",
  row: "cells: % of the true class (row) that is called another (column), darker is more",
  delta: "cells: images called so, more (+) or fewer (−) than in the parent",
};

/** Units and key of the saved matrix. */
export function confusionCaption(state: State): string {
  const hasParent = (state.server.confusion[chosenNode(state)?.id ?? -1]?.parent_counts ?? null) !== null;
  const { confusionMode } = state.choice;
  const mode = confusionMode === "delta" && !hasParent ? "count" : confusionMode;
  return `${ABOUT[mode]}; diagonal: ${mode === "delta" ? "change of the share right, points" : "% right"}; selection split`;
}
