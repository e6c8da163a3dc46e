/** The options in the form for a new experiment, and the request that its fields describe. */
import type {
  DataEntry,
  DataListing,
  NetworkChoice,
  NewDataReport,
  NewExperiment,
  TrainingChoice,
} from "../../../api/values";
import type { Option } from "../fields";
import { PRETRAINED_OPTION, readWeightsKey, TIMM_PREFIX } from "./networks";

type DataKind = NewExperiment["data"]["kind"];

const DATA_KIND_TITLES: Record<DataKind, string> = {
  digits: "Handwritten digits, 8×8",
  cifar10: "CIFAR-10",
  cifar100: "CIFAR-100",
  mnist: "MNIST",
  fashion_mnist: "Fashion-MNIST",
  folder: "Image folder",
  factory: "Python data factory",
};
const DOWNLOADABLE_KINDS: readonly DataKind[] = ["cifar10", "cifar100", "mnist", "fashion_mnist"];

const isDataSetEntry = (entry: DataEntry): entry is DataEntry & { kind: DataKind } => entry.kind !== "checkpoint";

/** Returns the data sets on the server, followed by those that can be downloaded. Values are "kind|path|download". */
export function dataSetChoices({ entries, folders }: DataListing): readonly Option[] {
  const availableOptions = entries.filter(isDataSetEntry).map(({ kind, path }) => ({
    value: `${kind}|${path}|`,
    text:
      kind === "factory"
        ? `${DATA_KIND_TITLES[kind]} ${path}`
        : path
          ? `${DATA_KIND_TITLES[kind]} in ${path}`
          : DATA_KIND_TITLES[kind],
  }));
  const kinds = new Set(entries.map(({ kind }) => kind));
  const missingDataKinds = folders === 0 ? [] : DOWNLOADABLE_KINDS.filter((kind) => !kinds.has(kind));
  return [
    ...availableOptions,
    ...missingDataKinds.map((kind) => ({ value: `${kind}||download`, text: `${DATA_KIND_TITLES[kind]} (download)` })),
  ];
}

/**
 * Returns the options for the folder of images that were not used to train the weights: no folder, or one of the image
 * folders.
 */
export function unseenFolderChoices({ entries }: DataListing): readonly Option[] {
  const folders = entries
    .filter(({ kind }) => kind === "folder")
    .map(({ path }) => ({ value: path, text: `Folder ${path}` }));
  return [{ value: "", text: "None: use the data set’s own split" }, ...folders];
}

/** Whether images of this data set may differ in size, so that they must be resized or cropped. */
export const hasMixedImageSizes = (data: string): boolean => data.startsWith("folder|") || data.startsWith("factory|");

export function readForm(form: HTMLFormElement, { networks }: DataListing): NewExperiment {
  const fields = new FormData(form);
  const text = (name: string): string => {
    const value = fields.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  const number = (name: string): number | null => (text(name) === "" ? null : Number(text(name)));
  const numbers = (name: string): number[] | null => (text(name) === "" ? null : text(name).split(",").map(Number));
  const share = (name: string): number | null => (number(name) === null ? null : number(name)! / 100);
  const network = networks.find(({ name }) => name === text("network"));
  const rootTraining = { ...defaultTraining, epochs: number("epochs"), learning_rate: number("learning_rate") };
  return {
    name: text("name") || null,
    data: readDataSet(text),
    image_size: number("image_size"),
    mean: numbers("mean"),
    std: numbers("std"),
    network: network
      ? { name: network.name, options: readOptions(network, text) }
      : { name: TIMM_PREFIX + text("timm"), options: {} },
    weights: readWeights(text("weights"), readWeightsKey(text("weights_key")), {
      isTrainedFurther: text("train_on") === "yes",
      train: rootTraining,
    }),
    seed: number("seed") ?? 0,
    tolerance: share("tolerance") ?? 0.005,
    target_accuracy: share("target"),
    training: defaultTraining,
    stop_on_warnings: true,
  };
}

/** Whether the data are an image folder, whose classes and pixel values can be interpreted in several ways. */
export const isImageFolder = (data: string): boolean => data.startsWith("folder|");

/** Reads only the fields that describe the data. */
export function readDataForm(form: HTMLFormElement, data: DataListing): NewDataReport {
  const { data: source, image_size, mean, std, seed } = readForm(form, data);
  return { data: source, image_size, mean, std, seed };
}

function readDataSet(text: (name: string) => string): NewExperiment["data"] {
  const [kind, location, download] = text("data").split("|") as [DataKind, string, string];
  const isDataFactory = kind === "factory";
  const needsResizing = hasMixedImageSizes(text("data"));
  return {
    kind,
    path: isDataFactory ? null : location || null,
    name: isDataFactory ? location : null,
    download: download === "download",
    unseen: isDataFactory ? null : text("unseen_folder") || null,
    resize: needsResizing && text("resize") === "stretch" ? "stretch" : "crop",
    crop_share: needsResizing && text("crop_share") !== "" ? Number(text("crop_share")) / 100 : 1,
    class_level: kind === "folder" ? readClassFolderLevel(text("class_level")) : null,
    value_range: kind === "folder" ? readPixelRange(text("value_range")) : null,
  };
}

const readClassFolderLevel = (chosen: string): "upper" | "lower" | null =>
  chosen === "upper" || chosen === "lower" ? chosen : null;

/** Reads the two pixel values that are mapped to black and white; null if the field is empty. */
function readPixelRange(text: string): [number, number] | null {
  const [low, high] = text.split(",").map(Number);
  return text !== "" && low !== undefined && high !== undefined ? [low, high] : null;
}

/**
 * Reads how the root's weights are chosen. Published weights were trained for other classes, so they are always
 * fine-tuned.
 */
function readWeights(
  chosen: string,
  key: string | null,
  { isTrainedFurther, train }: { isTrainedFurther: boolean; train: TrainingChoice },
): NewExperiment["weights"] {
  if (chosen === PRETRAINED_OPTION) return { train, path: null, key: null, pretrained: true };
  if (chosen === "") return { train, path: null, key: null, pretrained: false };
  return { train: isTrainedFurther ? train : null, path: chosen, key, pretrained: false };
}

const readOptions = (network: NetworkChoice, text: (name: string) => string): Record<string, string> =>
  Object.fromEntries(Object.keys(network.options).map((option) => [option, text(`option-${option}`)]));

/**
 * Training settings that leave every value at the server's default. For `images`, that is null: all images are used.
 */
const defaultTraining: TrainingChoice = {
  epochs: null,
  learning_rate: null,
  batch_size: null,
  momentum: null,
  weight_decay: null,
  schedule: null,
  augmentation: null,
  early_stop: null,
  amp: null,
  images: null,
};
