/** Describes, in one line, the fine-tuning that Apply would start, or the fine-tuning with which a plan was applied. */
import type { Experiment, Plan, Training } from "../../../api/values";
import { formatPlural } from "../../../marks/format";
import { SCHEDULE_NAMES } from "../../nodes/provenance";

export function trainingText(training: Training | null, experiment: Experiment | null): string {
  if (!training || !experiment) return "Training";
  return `${optimizerText(training)} · tolerance ${(100 * experiment.tolerance).toFixed(1)} pt`;
}

/** Describes the settings that were used when the plan was applied, not the current ones. */
export function appliedPlanTrainingText({ training }: Plan): string {
  return training === null ? "Training settings not recorded" : `Applied with ${optimizerText(training)}`;
}

/** Describes settings: "SGD 0.005 cosine · 15 epochs · with teacher". */
export function optimizerText({ learning_rate, schedule, epochs, early_stop, teacher }: Training): string {
  const epochsText = `${early_stop ? "≤ " : ""}${formatPlural(epochs, "epoch")}`;
  return `SGD ${learning_rate} ${SCHEDULE_NAMES[schedule]} · ${epochsText}${teacher === null ? "" : " · with teacher"}`;
}
