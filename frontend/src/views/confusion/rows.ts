/** Returns the confusion matrix as rows of a CSV file, and the caption of the saved chart. */
import { chosenNode } from "../../state/selectors/select";
import type { ConfusionMatrixMode } from "../../state/choice";
import type { State } from "../../state/state";

export function confusionRows(state: State): (string | number)[][] {
  const confusion = state.server.confusion[chosenNode(state)?.id ?? -1];
  if (!confusion) return [];
  const { classes, counts } = confusion;
  return [["true \\ predicted", ...classes], ...counts.map((row, label) => [classes[label]!, ...row])];
}

const CAPTION_BY_MODE: Record<ConfusionMatrixMode, string> = {
  count: "cells: images of the true class (row) predicted as another class (column); darker means more",
  row: "cells: % of the true class (row) predicted as another class (column); darker means more",
  delta:
    "cells: change from the parent in how many images of the true class (row) are predicted as another class (column); dashed: fewer",
};

/** Returns the caption of the saved chart: what its cells, its diagonal and its colours mean. */
export function confusionCaption(state: State): string {
  const hasParent = (state.server.confusion[chosenNode(state)?.id ?? -1]?.parent_counts ?? null) !== null;
  const { confusionMatrixMode } = state.choice;
  const mode = confusionMatrixMode === "delta" && !hasParent ? "count" : confusionMatrixMode;
  return `${CAPTION_BY_MODE[mode]}; diagonal: ${mode === "delta" ? "change in accuracy of the class, points" : "% correct"}; selection split`;
}
