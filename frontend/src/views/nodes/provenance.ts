/**
 * Describes how a node was made: the settings and the data of its training, and the forecast made when its plan was
 * applied.
 */
import type { Node, Plan, Training } from "../../api/values";
import { formatCount, formatDuration, formatPercent, formatPlural } from "../../marks/format";
import { originText } from "./tags";

export const NOT_RECORDED = "not recorded";

export const SCHEDULE_NAMES: Readonly<Record<Training["schedule"], string>> = {
  cosine: "cosine",
  one_cycle: "one-cycle",
};
const AUGMENTATION_NAMES: Readonly<Record<Training["augmentation"], string>> = {
  none: "none",
  crop: "random shift",
  crop_flip: "random shift and flip",
};

/** A property of a node and its value, both as text. */
export interface NodeProperty {
  readonly name: string;
  readonly value: string;
}

export interface ProvenanceInput {
  readonly node: Node;
  readonly parent: Node | undefined;
  readonly nodeById: Readonly<Record<number, Node>>;
  /** The plan that made the node; null if no plan made it or the plan has not been loaded. */
  readonly plan: Plan | null;
  /** The plan's rule as a sentence; null if there is no plan. */
  readonly rule: string | null;
}

export function listProperties(input: ProvenanceInput): readonly NodeProperty[] {
  const { node } = input;
  return [
    { name: "Made by", value: describeNodeCreation(input) },
    ...(input.rule === null ? [] : [{ name: "Rule", value: input.rule }]),
    { name: "Start weights", value: describeStartWeights(input) },
    {
      name: "Settings",
      value: node.training === null ? "not trained" : describeTrainingSettings(node.training, teacherName(input)),
    },
    { name: "Images seen", value: describeImagesSeen(node) },
    { name: "Duration", value: textFromRecord(node, ({ seconds }) => formatDuration(seconds)) },
    {
      name: "Device",
      value: textFromRecord(node, ({ device, bfloat16 }) => `${device}${bfloat16 ? ", bfloat16" : ""}`),
    },
    ...(canHaveForecast(node) ? [{ name: "Forecast when applied", value: describeForecast(node) }] : []),
    { name: "Result", value: describeResult(node) },
  ];
}

/**
 * Returns the text that `read` takes from the node's training record or, if there is no record, a text that says why.
 */
function textFromRecord({ training_record: record, state }: Node, read: (record: TrainingRecord) => string): string {
  if (record !== null) return read(record);
  return state === "ready" ? NOT_RECORDED : "not recorded until the node is ready";
}

type TrainingRecord = NonNullable<Node["training_record"]>;

function describeNodeCreation({ node, parent, nodeById, plan }: ProvenanceInput): string {
  if (node.parent_id === null)
    return node.origin === "imported" ? "importing the root, without training" : "training the root";
  if (node.control) return originText(node, nodeById);
  const name = plan === null ? "a plan" : `plan ${plan.name}`;
  const removed = node.removed_filters === null ? "" : `: ${formatPlural(node.removed_filters, "filter")} removed`;
  const by = node.origin === "automatic" ? " by Autopilot" : "";
  return `${name} of node ${parent?.number ?? "?"}${by}${removed}`;
}

function describeStartWeights({ node, parent }: ProvenanceInput): string {
  return textFromRecord(node, (record) => {
    const { start, seed } = record;
    if (start === "fresh") return `random, seed ${seed}`;
    if (start === "checkpoint") return "the experiment’s checkpoint";
    if (start === "pretrained") return "published weights";
    return `weights of node ${parent?.number ?? "?"} without the removed filters${describeStartPreparation(record)}`;
  });
}

/** Describes how the weights were prepared between pruning and training, and which alternatives were compared. */
function describeStartPreparation({ start, reconstruction, start_accuracies: compared }: TrainingRecord): string {
  const fit = reconstruction ? ` (${reconstruction.fitted} of ${reconstruction.layers} layers fitted)` : "";
  const change = { recalibrated: ", batch norm re-estimated", reconstructed: `, reconstructed${fit}` }[start as string];
  return `${change ?? ""}${compared === null ? "" : `; chosen as the best of: ${listStartAccuracies(compared)}`}`;
}

function listStartAccuracies({
  cut,
  recalibrated,
  reconstructed,
}: NonNullable<TrainingRecord["start_accuracies"]>): string {
  const parts = [
    `as cut ${formatPercent(cut.accuracy, 2)}`,
    ...(recalibrated === null ? [] : [`re-estimated ${formatPercent(recalibrated.accuracy, 2)}`]),
    `reconstructed ${formatPercent(reconstructed.accuracy, 2)}`,
  ];
  return parts.join(", ");
}

function teacherName({ node, nodeById }: ProvenanceInput): string {
  const number = node.training_record?.teacher_number ?? nodeById[Number(node.training?.teacher)]?.number;
  return number === undefined ? "a deleted node" : `node ${number}`;
}

/** Describes all training settings in one line; `teacher` is the name of the teacher, if there is one. */
export function describeTrainingSettings(training: Training, teacher: string): string {
  const { epochs, images, learning_rate, schedule, batch_size, momentum, weight_decay, augmentation } = training;
  return [
    `SGD, learning rate ${learning_rate}, ${SCHEDULE_NAMES[schedule]} schedule`,
    `${formatPlural(epochs, "epoch")} of ${images === null ? "all" : formatCount(images)} training images`,
    `batch size ${batch_size}`,
    `momentum ${momentum}`,
    `weight decay ${weight_decay}`,
    `augmentation ${AUGMENTATION_NAMES[augmentation]}`,
    `early stopping ${training.early_stop ? "on" : "off"}`,
    `bfloat16 ${training.amp ? "where it is faster" : "off"}`,
    ...describeOptionalSettings(training, teacher),
  ].join(" · ");
}

/** Describes those optional training settings that are in use. */
function describeOptionalSettings(training: Training, teacher: string): readonly string[] {
  const { temperature, teacher_weight, ema, warmup_epochs, label_smoothing, gradient_clip } = training;
  return [
    training.teacher === null ? "" : `teacher ${teacher} (weight ${teacher_weight}, temperature ${temperature})`,
    ema === null ? "" : `averaged weights, decay ${ema}`,
    warmup_epochs ? `warm-up ${formatPlural(warmup_epochs, "epoch")}` : "",
    label_smoothing ? `label smoothing ${label_smoothing}` : "",
    gradient_clip === null ? "" : `gradient norm clipped at ${gradient_clip}`,
  ].filter((text) => text !== "");
}

function describeImagesSeen(node: Node): string {
  return textFromRecord(node, ({ images_seen, images_per_epoch }) => {
    const imageCount = `${formatCount(images_seen)} (${formatPlural(node.epochs, "epoch")} × ${formatCount(images_per_epoch)})`;
    return node.epochs ? `${imageCount}; the weights are those of epoch ${node.best_epoch}` : imageCount;
  });
}

/** Whether a forecast can exist for the node; roots and controls have none. */
const canHaveForecast = ({ parent_id, control }: Node): boolean => parent_id !== null && control === null;

export function describeForecast({ forecast, forecast_reason }: Node): string {
  if (forecast === null) return forecast_reason === null ? NOT_RECORDED : `no forecast: ${forecast_reason}`;
  const { accuracy, low, high, nodes } = forecast;
  return `${formatPercent(accuracy, 2)}, 80% interval ${formatPercent(low, 2)}–${formatPercent(high, 2)}, based on ${formatPlural(nodes, "node")}`;
}

function describeResult({ state, accuracy, accuracy_interval: interval, forecast }: Node): string {
  if (state !== "ready" || accuracy === null) return `${state}, no accuracy yet`;
  const intervalText = interval
    ? `, 95% interval ${formatPercent(interval.low, 2)}–${formatPercent(interval.high, 2)}`
    : "";
  return `${formatPercent(accuracy, 2)}${intervalText}${forecast === null ? "" : `; ${compareWithForecast(accuracy, forecast)}`}`;
}

/** Says whether an accuracy is below, within or above its forecast interval. */
export function compareWithForecast(accuracy: number, { low, high }: { low: number; high: number }): string {
  if (accuracy < low) return "below the forecast interval";
  return accuracy > high ? "above the forecast interval" : "within the forecast interval";
}

/** CSV columns that say how a node was trained. A cell is empty if its value was not recorded. */
export const PROVENANCE_COLUMNS = [
  "learning_rate",
  "schedule",
  "epochs_planned",
  "batch_size",
  "momentum",
  "weight_decay",
  "augmentation",
  "early_stop",
  "amp",
  "images_per_epoch",
  "images_seen",
  "seconds",
  "device",
  "start",
  "forecast",
  "forecast_low",
  "forecast_high",
] as const;

export function provenanceCells({
  training,
  training_record: record,
  forecast,
  epochs_planned,
}: Node): readonly (string | number | null)[] {
  return [
    training?.learning_rate ?? null,
    training?.schedule ?? null,
    epochs_planned,
    training?.batch_size ?? null,
    training?.momentum ?? null,
    training?.weight_decay ?? null,
    training?.augmentation ?? null,
    training === null ? null : String(training.early_stop),
    training === null ? null : String(training.amp),
    record?.images_per_epoch ?? null,
    record?.images_seen ?? null,
    record?.seconds ?? null,
    record?.device ?? null,
    record?.start ?? null,
    forecast?.accuracy ?? null,
    forecast?.low ?? null,
    forecast?.high ?? null,
  ];
}
