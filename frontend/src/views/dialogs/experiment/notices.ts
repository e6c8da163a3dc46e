/**
 * Notices about an experiment: settings that were adapted, how its data were split, and the accuracy of an imported
 * root.
 */
import type { Experiment } from "../../../api/values";
import { formatCount, formatPercent } from "../../../marks/format";
import type { Box } from "../../../marks/elements";

export function listNotices(experiment: Experiment): readonly string[] {
  const { import_accuracy: accuracy, import_images: images } = experiment;
  const accuracyNotices =
    accuracy === null
      ? []
      : [
          `Accuracy of the imported root: ${formatPercent(accuracy, 2)} on all ${formatCount(images)} official test images, measured once, before some of them were moved to the selection split.`,
        ];
  return [...experiment.notices, ...accuracyNotices, experiment.splits.rule];
}

export function drawNotices(content: Box, experiment: Experiment | null): void {
  content
    .selectAll<HTMLParagraphElement, string>(":scope > p")
    .data(experiment ? listNotices(experiment) : [], (notice) => notice)
    .join("p")
    .attr("class", "paragraph")
    .text((notice) => notice);
}
