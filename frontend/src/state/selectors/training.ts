/**
 * Determines the settings of the next fine-tuning (those of the experiment, with the user's changes on this page), and
 * estimates how long a training run takes.
 */
import type { Epoch, Experiment, Node, Training, TrainingChoice } from "../../api/values";
import type { State } from "../state";
import { plansOfNode } from "./plan";
import { chosenExperiment } from "./select";

export function chosenTrainingSettings(state: State): Training | null {
  const experiment = chosenExperiment(state);
  return experiment && applyTrainingChoice(experiment.training, state.draft.training[experiment.id] ?? null);
}

/** Settings for which null has a meaning of its own, such as "no teacher". */
const NULLABLE_SETTINGS: ReadonlySet<string> = new Set(["images", "teacher", "ema", "gradient_clip"]);

export function applyTrainingChoice(training: Training, choice: TrainingChoice | null): Training {
  const changedSettings = Object.entries(choice ?? {}).filter(
    ([name, value]) => value !== null || NULLABLE_SETTINGS.has(name),
  );
  return { ...training, ...(Object.fromEntries(changedSettings) as Partial<Training>) };
}

/** A training run whose duration is to be estimated. */
export interface PlannedTrainingRun {
  readonly training: Training;
  /** MACs per image of the network that is to be trained. */
  readonly macs: number;
}

/**
 * Estimates how many seconds the fine-tuning that Apply starts takes for a network with `macs` MACs. Null if nothing
 * has been timed.
 */
export function estimateFineTuningSeconds(state: State, macs: number): number | null {
  const training = chosenTrainingSettings(state);
  return training && estimateTrainingSeconds(state, { training, macs });
}

/**
 * Estimates how many seconds a training run takes: from the median time per image and MAC over the experiment's epochs
 * or, before the first training, from the step timed when the root was imported. Null if nothing has been timed.
 */
export function estimateTrainingSeconds(state: State, { training, macs }: PlannedTrainingRun): number | null {
  const experiment = chosenExperiment(state);
  if (!experiment) return null;
  const nodes = Object.values(state.server.nodes).filter((node) => node.experiment_id === experiment.id);
  const secondsPerMac = nodes.flatMap((node) => epochSecondsPerMac(state, experiment, node)).sort((a, b) => a - b);
  const median = secondsPerMac[Math.floor(secondsPerMac.length / 2)];
  const images = imagesPerEpoch(training, experiment);
  const secondsPerEpoch =
    median === undefined
      ? estimateEpochSecondsFromImport(nodes, images, macs)
      : median * (images + evaluationCostInImages(experiment)) * (macs + teacherMacs(state, training, experiment));
  return secondsPerEpoch === null ? null : training.epochs * secondsPerEpoch;
}

/**
 * Estimates how many seconds an epoch takes, from the training step and the evaluation that were timed when the root
 * was imported. Null if they were not timed.
 */
function estimateEpochSecondsFromImport(nodes: readonly Node[], images: number, macs: number): number | null {
  const root = nodes.find((node) => node.parent_id === null);
  const record = root?.training_record;
  if (!root?.macs || record?.step_seconds_per_image == null) return null;
  return (images * record.step_seconds_per_image + record.seconds) * (macs / root.macs);
}

/**
 * Returns the MACs per image that the teacher network adds to a training step: a third of its own MACs, because a
 * forward pass costs about a third of a step. Returns 0 if the teacher's predictions are computed in advance, as they
 * are without augmentation in a run that sees at least as many images as the train split has.
 */
function teacherMacs({ server, choice }: State, training: Training, experiment: Experiment): number {
  const { teacher, augmentation, epochs } = training;
  const imagesSeen = epochs * imagesPerEpoch(training, experiment);
  if (teacher === null || (augmentation === "none" && imagesSeen >= experiment.splits.train)) return 0;
  const chosenNode = server.nodes[choice.node ?? 0];
  const root = Object.values(server.nodes).find(
    ({ experiment_id, parent_id }) => experiment_id === chosenNode?.experiment_id && parent_id === null,
  );
  const node = { root, parent: chosenNode }[teacher as string] ?? server.nodes[Number(teacher)];
  return (node?.macs ?? 0) / 3;
}

/**
 * Returns, for each loaded epoch of a node, its seconds per image and MAC. The images include those of the evaluation,
 * and the MACs those of the teacher.
 */
function epochSecondsPerMac(state: State, experiment: Experiment, { id, macs, training }: Node): number[] {
  const teacherMacsPerImage = training ? teacherMacs(state, training, experiment) : 0;
  const images = imagesPerEpoch(training, experiment) + evaluationCostInImages(experiment);
  const macsPerEpoch = images * ((macs ?? 0) + teacherMacsPerImage);
  return macs && macsPerEpoch
    ? trainingEpochs(state.server.epochs[id] ?? []).map(({ seconds }) => seconds / macsPerEpoch)
    : [];
}

const imagesPerEpoch = (training: Training | null, { splits }: Experiment): number =>
  Math.min(training?.images ?? splits.train, splits.train);
/**
 * The evaluation on the selection split after each epoch takes as long as training on this number of images, because a
 * forward pass takes about a third of a training step.
 */
const evaluationCostInImages = ({ splits }: Experiment): number => splits.selection / 3;
const trainingEpochs = (epochs: readonly Epoch[]): readonly Epoch[] => epochs.filter(({ epoch }) => epoch > 0);

/** Seconds that a preview of the chosen node took; undefined if the node has no preview. */
export const previewSeconds = (state: State): number | undefined =>
  plansOfNode(state, state.choice.node ?? 0).flatMap(({ preview }) => preview?.seconds ?? [])[0];

/**
 * Estimates how many seconds Apply takes to prepare the starting weights and to train. Null if nothing has been timed.
 */
export function estimateApplySeconds(state: State, macs: number): number | null {
  const seconds = estimateFineTuningSeconds(state, macs);
  // to find the best start, or to reconstruct, takes about as long as a preview
  const secondsToPrepareStart = chosenTrainingSettings(state)?.start === "cut" ? 0 : (previewSeconds(state) ?? 0);
  return seconds === null ? null : seconds + secondsToPrepareStart;
}
