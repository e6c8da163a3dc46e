/** The fine-tuning that Apply would use: the experiment's defaults with what was chosen over them, in words and seconds. */
import type { Epoch, Experiment, Training, TrainingChoice } from "../../api/values";
import { chosenExperiment } from "../../state/select";
import type { State } from "../../state/state";

export function trainingOf(state: State): Training | null {
  const experiment = chosenExperiment(state);
  return experiment && withChoice(experiment.training, state.draft.training[experiment.id] ?? null);
}

function withChoice(training: Training, choice: TrainingChoice | null): Training {
  const set = Object.entries(choice ?? {}).filter(([, value]) => value !== null);
  return { ...training, ...(Object.fromEntries(set) as Partial<Training>) };
}

const SCHEDULES: Record<Training["schedule"], string> = { cosine: "cosine", one_cycle: "one-cycle" };

export function trainingText(training: Training | null, experiment: Experiment | null): string {
  if (!training || !experiment) return "Training";
  const tolerance = `tolerance ${(100 * experiment.tolerance).toFixed(1)} pt`;
  const epochs = `${training.early_stop ? "≤ " : ""}${training.epochs} epochs`;
  return `SGD ${training.learning_rate} ${SCHEDULES[training.schedule]} · ${epochs} · ${tolerance}`;
}

/** From the epochs that are known: this node's, else any node's. Null where none was trained yet. */
export function trainingSeconds(state: State): number | null {
  const training = trainingOf(state);
  const own = epochSeconds(state.server.epochs[state.choice.node ?? 0] ?? []);
  const all = own.length ? own : Object.values(state.server.epochs).flatMap(epochSeconds);
  if (!training || !all.length) return null;
  const middle = [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)]!;
  return middle * training.epochs;
}

const epochSeconds = (epochs: readonly Epoch[]): number[] => epochs.filter((one) => one.epoch > 0).map((one) => one.seconds);
