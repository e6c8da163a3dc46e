/** Asks before an experiment is deleted. */
import type { Experiment } from "../../../api/values";
import { formatPlural } from "../../../marks/format";
import { ensureElement, type Box } from "../../../marks/elements";
import { drawButtons } from "../buttons";

export function drawDelete(
  content: Box,
  experiment: Experiment | null,
  { onDelete, onClose }: { onDelete(): void; onClose(): void },
): void {
  if (!experiment) return;
  const text = `“${experiment.name}” with ${formatPlural(experiment.nodes, "node")}, their weights and plans will be deleted. This cannot be undone.`;
  ensureElement(content, "p", "paragraph").text(text);
  drawButtons(content, [
    { text: "Keep it", run: onClose },
    { text: "Delete experiment", isMain: true, run: onDelete },
  ]);
}
