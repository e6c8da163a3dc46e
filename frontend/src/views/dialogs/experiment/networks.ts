/** The options for the network and its initial weights in the form for a new experiment. */
import type { DataListing, NetworkChoice, NetworkReport } from "../../../api/values";
import { formatBytes, formatCount } from "../../../marks/format";
import type { Option } from "../fields";

/** Value of the option for a timm network, whose name the user types. In a request, this value precedes the name. */
export const TIMM_PREFIX = "timm:";
/** Value of the option for the weights that torchvision or timm have published. */
export const PRETRAINED_OPTION = "*pretrained";

const NETWORK_SOURCE_TITLES: Record<NetworkChoice["family"], string> = {
  factory: "Registered when the server was started",
  ours: "Networks for small images",
  torchvision: "torchvision",
  timm: "timm",
};

export function networkChoices({ networks, timm }: DataListing): readonly Option[] {
  const networkOptions = networks.map(({ name, title, family }) => ({
    value: name,
    text: title,
    group: NETWORK_SOURCE_TITLES[family],
  }));
  return timm
    ? [...networkOptions, { value: TIMM_PREFIX, text: "timm network, by name", group: NETWORK_SOURCE_TITLES.timm }]
    : networkOptions;
}

const MAX_SUGGESTIONS = 50;

/** Returns at most MAX_SUGGESTIONS timm network names that contain the typed text, those that begin with it first. */
export function suggestTimmNames({ timm_networks: names }: DataListing, typedText: string): readonly string[] {
  const text = typedText.trim().toLowerCase();
  const matchingNames = names.filter((name) => name.includes(text));
  const [prefixMatches, otherMatches] = [true, false].map((isPrefixMatch) =>
    matchingNames.filter((name) => name.startsWith(text) === isPrefixMatch),
  );
  return [...prefixMatches!, ...otherMatches!].slice(0, MAX_SUGGESTIONS);
}

export const networkHelpText = (network: NetworkChoice | undefined): string =>
  network
    ? `Accepts images of ${network.image_sizes}.`
    : "Any timm classifier works. Its head is replaced by a new one for the classes of the data set.";

/**
 * Returns the options for the root's weights. The option with an empty value stands for random weights that are trained
 * on the data.
 */
export function weightChoices({ entries }: DataListing, hasPublishedWeights: boolean): readonly Option[] {
  const publishedChoices = hasPublishedWeights
    ? [{ value: PRETRAINED_OPTION, text: "Published weights, fine-tuned on this data" }]
    : [];
  const checkpointChoices = entries
    .filter(({ kind }) => kind === "checkpoint")
    .map(({ path, size_bytes }) => ({ value: path, text: `Checkpoint ${path}, ${formatBytes(size_bytes)}` }));
  return [{ value: "", text: "Random weights, trained on this data" }, ...publishedChoices, ...checkpointChoices];
}

/**
 * Value of the option that uses a checkpoint's averaged weights or, if there are none, the set of weights that fits the
 * network.
 */
export const AUTOMATIC_WEIGHTS_KEY = "";
/**
 * Prefix of the options for the sets of weights in a checkpoint. It distinguishes the set at the top level, whose key
 * is empty, from AUTOMATIC_WEIGHTS_KEY.
 */
const WEIGHTS_KEY_PREFIX = "key:";

export function weightSetChoices(sets: NetworkReport["weights"]): readonly Option[] {
  return [
    { value: AUTOMATIC_WEIGHTS_KEY, text: "automatic: averaged weights if there are any" },
    ...sets.map(({ key, averaged, tensors }) => ({
      value: WEIGHTS_KEY_PREFIX + key,
      text: `${key || "top level"}, ${averaged ? "averaged, " : ""}${formatCount(tensors)} tensors`,
    })),
  ];
}

export const readWeightsKey = (value: string): string | null =>
  value === AUTOMATIC_WEIGHTS_KEY ? null : value.slice(WEIGHTS_KEY_PREFIX.length);

/**
 * Returns the configuration options of all networks with their possible values; the form shows only the options of the
 * chosen network.
 */
export function choicesByOption({ networks }: DataListing): readonly { option: string; choices: readonly Option[] }[] {
  const options = new Map(networks.flatMap((network) => Object.entries(network.options)));
  return [...options].map(([option, values]) => ({ option, choices: values.map((value) => ({ value, text: value })) }));
}
