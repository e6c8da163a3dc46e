/** The choices of network and of its first weights in the form of a new experiment. */
import type { DataListing, NetworkChoice } from "../../../api/values";
import { formatBytes } from "../../../marks/format";
import type { Option } from "../fields";

/** Stands for a network of timm, whose name is typed. */
export const TIMM = "timm:";
/** Stands for the weights that torchvision or timm publish. */
export const PRETRAINED = "*pretrained";

const FAMILIES: Record<NetworkChoice["family"], string> = {
  factory: "Named when the server was started",
  ours: "Small, for small images",
  torchvision: "torchvision",
  timm: "timm",
};

export function networkChoices({ networks, timm }: DataListing): readonly Option[] {
  const listed = networks.map(({ name, title, family }) => ({ value: name, text: title, group: FAMILIES[family] }));
  return timm ? [...listed, { value: TIMM, text: "timm, by name", group: FAMILIES.timm }] : listed;
}

const MAX_SUGGESTIONS = 50;

/** timm's names that hold what was typed, first those that begin with it; of over a thousand only some. */
export function suggestTimm({ timm_networks: names }: DataListing, typed: string): readonly string[] {
  const text = typed.trim().toLowerCase();
  const found = names.filter((name) => name.includes(text));
  const [first, rest] = [true, false].map((begins) => found.filter((name) => name.startsWith(text) === begins));
  return [...first!, ...rest!].slice(0, MAX_SUGGESTIONS);
}

export const networkHelp = (network: NetworkChoice | undefined): string =>
  network
    ? `Takes images of ${network.image_sizes}.`
    : "Any classifier of timm, with its own head made for these classes.";

/** The empty value trains the root from fresh weights. */
export function weightChoices({ entries }: DataListing, hasPublished: boolean): readonly Option[] {
  const published = hasPublished ? [{ value: PRETRAINED, text: "Published for this network, trained on here" }] : [];
  const checkpoints = entries
    .filter(({ kind }) => kind === "checkpoint")
    .map(({ path, size_bytes }) => ({ value: path, text: `Checkpoint ${path}, ${formatBytes(size_bytes)}` }));
  return [{ value: "", text: "Train them here" }, ...published, ...checkpoints];
}

/** All options that any network has; the form shows those of the chosen one. */
export function optionChoices({ networks }: DataListing): readonly { option: string; choices: readonly Option[] }[] {
  const options = new Map(networks.flatMap((network) => Object.entries(network.options)));
  return [...options].map(([option, values]) => ({ option, choices: values.map((value) => ({ value, text: value })) }));
}
