/** The fine-tuning that Apply would use: the experiment's defaults with what was chosen over them, in words and seconds. */
import type { Epoch, Experiment, Node, Training, TrainingChoice } from "../../../api/values";
import { formatPlural } from "../../../marks/format";
import { chosenExperiment } from "../../../state/selectors/select";
import type { State } from "../../../state/state";

export function trainingOf(state: State): Training | null {
  const experiment = chosenExperiment(state);
  return experiment && withChoice(experiment.training, state.draft.training[experiment.id] ?? null);
}

function withChoice(training: Training, choice: TrainingChoice | null): Training {
  const set = Object.entries(choice ?? {}).filter(([name, value]) => value !== null || name === "images"); // null images are all
  return { ...training, ...(Object.fromEntries(set) as Partial<Training>) };
}

const SCHEDULES: Record<Training["schedule"], string> = { cosine: "cosine", one_cycle: "one-cycle" };

export function trainingText(training: Training | null, experiment: Experiment | null): string {
  if (!training || !experiment) return "Training";
  const tolerance = `tolerance ${(100 * experiment.tolerance).toFixed(1)} pt`;
  const epochs = `${training.early_stop ? "≤ " : ""}${formatPlural(training.epochs, "epoch")}`;
  return `SGD ${training.learning_rate} ${SCHEDULES[training.schedule]} · ${epochs} · ${tolerance}`;
}

/**
 * What the fine-tuning of a network of so many MACs may take: by the epochs of this experiment that are known, as seconds
 * for an image and a MAC. Null where none was trained yet: other data on another network tell nothing.
 */
export function trainingSeconds(state: State, macs: number): number | null {
  const [training, experiment] = [trainingOf(state), chosenExperiment(state)];
  if (!training || !experiment) return null;
  const all = Object.values(state.server.nodes).filter((node) => node.experiment_id === experiment.id);
  const rates = all.flatMap((node) => epochRates(state, experiment, node)).sort((a, b) => a - b);
  const middle = rates[Math.floor(rates.length / 2)];
  return middle === undefined ? null : middle * training.epochs * imagesOf(training, experiment) * macs;
}

/** Seconds for an image and a MAC, of each epoch that the page has of a node. */
function epochRates({ server }: State, experiment: Experiment, { id, macs, training }: Node): number[] {
  const work = imagesOf(training, experiment) * (macs ?? 0);
  return work ? trained(server.epochs[id] ?? []).map(({ seconds }) => seconds / work) : [];
}

const imagesOf = (training: Training | null, { splits }: Experiment): number =>
  Math.min(training?.images ?? splits.train, splits.train);
const trained = (epochs: readonly Epoch[]): readonly Epoch[] => epochs.filter(({ epoch }) => epoch > 0);
