/** Asks for confirmation before an experiment is deleted. */
import type { Experiment } from "../../../api/values";
import { formatPlural } from "../../../marks/format";
import { ensureElement, type Box } from "../../../marks/elements";
import { drawButtons } from "../buttons";

export function drawDeleteExperimentDialog(
  content: Box,
  experiment: Experiment | null,
  { onDelete, onClose }: { onDelete(): void; onClose(): void },
): void {
  if (!experiment) return;
  const text = `“${experiment.name}” (${formatPlural(experiment.nodes, "node")}) will be deleted with all weights and plans. This cannot be undone.`;
  ensureElement(content, "p", "paragraph").text(text);
  drawButtons(content, [
    { text: "Keep experiment", run: onClose },
    { text: "Delete experiment", isPrimary: true, run: onDelete },
  ]);
}
