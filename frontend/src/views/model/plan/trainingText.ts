/**
 * Describes the fine-tuning that Apply would run, and estimates its duration. The settings are those of the experiment,
 * with the changes made on this page.
 */
import type { Epoch, Experiment, Node, Plan, Training, TrainingChoice } from "../../../api/values";
import { formatPlural } from "../../../marks/format";
import { chosenExperiment } from "../../../state/selectors/select";
import type { State } from "../../../state/state";
import { SCHEDULE_NAMES } from "../../nodes/provenance";

export function chosenTraining(state: State): Training | null {
  const experiment = chosenExperiment(state);
  return experiment && applyChoice(experiment.training, state.draft.training[experiment.id] ?? null);
}

/** Settings for which null is a meaningful value, such as no teacher. */
const NULLABLE_SETTINGS: ReadonlySet<string> = new Set(["images", "teacher", "ema", "gradient_clip"]);

function applyChoice(training: Training, choice: TrainingChoice | null): Training {
  const changedEntries = Object.entries(choice ?? {}).filter(
    ([name, value]) => value !== null || NULLABLE_SETTINGS.has(name),
  );
  return { ...training, ...(Object.fromEntries(changedEntries) as Partial<Training>) };
}

export function trainingText(training: Training | null, experiment: Experiment | null): string {
  if (!training || !experiment) return "Training";
  return `${optimizerText(training)} · tolerance ${(100 * experiment.tolerance).toFixed(1)} pt`;
}

/** Describes the settings with which a plan was applied, not the current ones. */
export function appliedTrainingText({ training }: Plan): string {
  return training === null ? "Settings not recorded" : `Applied with ${optimizerText(training)}`;
}

function optimizerText({ learning_rate, schedule, epochs, early_stop, teacher }: Training): string {
  const epochsText = `${early_stop ? "≤ " : ""}${formatPlural(epochs, "epoch")}`;
  return `SGD ${learning_rate} ${SCHEDULE_NAMES[schedule]} · ${epochsText}${teacher === null ? "" : " · with teacher"}`;
}

/**
 * Estimates how many seconds it takes to fine-tune a network with `macs` MACs, from the median time per image and MAC
 * in the epochs of this experiment; null if no epoch has been trained yet.
 */
export function trainingSeconds(state: State, macs: number): number | null {
  const [training, experiment] = [chosenTraining(state), chosenExperiment(state)];
  if (!training || !experiment) return null;
  const nodes = Object.values(state.server.nodes).filter((node) => node.experiment_id === experiment.id);
  const secondsPerMac = nodes.flatMap((node) => epochSecondsPerMac(state, experiment, node)).sort((a, b) => a - b);
  const median = secondsPerMac[Math.floor(secondsPerMac.length / 2)];
  return median === undefined ? null : median * training.epochs * imagesPerEpoch(training, experiment) * macs;
}

/**
 * Returns, for each loaded epoch, its duration in seconds divided by its number of images and by the MACs per image.
 */
function epochSecondsPerMac({ server }: State, experiment: Experiment, { id, macs, training }: Node): number[] {
  const macsPerEpoch = imagesPerEpoch(training, experiment) * (macs ?? 0);
  return macsPerEpoch ? trainedEpochs(server.epochs[id] ?? []).map(({ seconds }) => seconds / macsPerEpoch) : [];
}

const imagesPerEpoch = (training: Training | null, { splits }: Experiment): number =>
  Math.min(training?.images ?? splits.train, splits.train);
const trainedEpochs = (epochs: readonly Epoch[]): readonly Epoch[] => epochs.filter(({ epoch }) => epoch > 0);
