/** What the form of a new experiment offers, and the request that its fields make. */
import type { DataEntry, DataListing, NetworkChoice, NewExperiment, TrainingChoice } from "../../api/values";
import { formatBytes } from "../../marks/format";
import type { Option } from "./fields";

type DataKind = NewExperiment["data"]["kind"];

const KINDS: Record<DataKind, string> = {
  digits: "Handwritten digits, 8×8",
  cifar10: "CIFAR-10",
  cifar100: "CIFAR-100",
  mnist: "MNIST",
  fashion_mnist: "Fashion-MNIST",
  folder: "Image folder",
};
const DOWNLOADS: readonly DataKind[] = ["cifar10", "cifar100", "mnist", "fashion_mnist"];

const isData = (entry: DataEntry): entry is DataEntry & { kind: DataKind } => entry.kind !== "checkpoint";

/** Sets that are there, then those that can be fetched. Values are "kind|path|download". */
export function dataChoices({ entries, folders }: DataListing): readonly Option[] {
  const present = entries.filter(isData).map(({ kind, path }) => ({
    value: `${kind}|${path}|`,
    text: path ? `${KINDS[kind]} in ${path}` : KINDS[kind],
  }));
  const kinds = new Set(entries.map(({ kind }) => kind));
  const missing = folders === 0 ? [] : DOWNLOADS.filter((kind) => !kinds.has(kind));
  return [...present, ...missing.map((kind) => ({ value: `${kind}||download`, text: `${KINDS[kind]}, download` }))];
}

/** The empty value trains the root. */
export const weightChoices = ({ entries }: DataListing): readonly Option[] => [
  { value: "", text: "Train them here" },
  ...entries
    .filter(({ kind }) => kind === "checkpoint")
    .map(({ path, size_bytes }) => ({ value: path, text: `Checkpoint ${path}, ${formatBytes(size_bytes)}` })),
];

/** All options that any network has; the form shows those of the chosen one. */
export function optionChoices({ networks }: DataListing): readonly { option: string; choices: readonly Option[] }[] {
  const options = new Map(networks.flatMap((network) => Object.entries(network.options)));
  return [...options].map(([option, values]) => ({ option, choices: values.map((value) => ({ value, text: value })) }));
}

export const networkHelp = ({ image_sizes }: NetworkChoice): string => `Takes ${image_sizes}.`;

export function readForm(form: HTMLFormElement, { networks }: DataListing): NewExperiment {
  const fields = new FormData(form);
  const text = (name: string): string => {
    const value = fields.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  const number = (name: string): number | null => (text(name) === "" ? null : Number(text(name)));
  const numbers = (name: string): number[] | null => (text(name) === "" ? null : text(name).split(",").map(Number));
  const share = (name: string): number | null => (number(name) === null ? null : number(name)! / 100);
  const [kind, path, download] = text("data").split("|") as [DataKind, string, string];
  const network = networks.find(({ name }) => name === text("network"))!;
  const checkpoint = text("weights");
  const train = { ...noTraining, epochs: number("epochs"), learning_rate: number("learning_rate") };
  return {
    name: text("name") || null,
    data: { kind, path: path || null, download: download === "download" },
    image_size: number("image_size"),
    mean: numbers("mean"),
    std: numbers("std"),
    network: { name: network.name, options: readOptions(network, text) },
    weights: checkpoint ? { train: null, path: checkpoint } : { train, path: null },
    seed: number("seed") ?? 0,
    tolerance: share("tolerance") ?? 0.005,
    target_accuracy: share("target"),
    training: noTraining,
  };
}

const readOptions = (network: NetworkChoice, text: (name: string) => string): Record<string, string> =>
  Object.fromEntries(Object.keys(network.options).map((option) => [option, text(`option-${option}`)]));

/** The server's defaults for all of it. */
const noTraining: TrainingChoice = {
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
