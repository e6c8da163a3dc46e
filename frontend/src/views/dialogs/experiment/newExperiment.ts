/** The form for a new experiment. It offers the data that the server can read and the networks that it can build. */
import type { DataListing, DataReport, NewDataReport, NewExperiment } from "../../../api/values";
import { ensureElement, type Box } from "../../../marks/elements";
import type { InspectedCheckpoint, Inspection, RequestStatus } from "../../../state/dialog";
import { drawButtons } from "../buttons";
import { drawSelect, drawField, drawHelpText, drawSuggestions } from "../fields";
import { drawDataReport } from "./dataReport";
import { dataSetChoices, hasMixedImageSizes, isImageFolder, readDataForm, readForm, unseenFolderChoices } from "./form";
import { drawInspection, isInspectionRunning } from "./inspection";
import {
  networkChoices,
  networkHelpText,
  choicesByOption,
  PRETRAINED_OPTION,
  suggestTimmNames,
  TIMM_PREFIX,
  weightChoices,
  weightSetChoices,
} from "./networks";

/** Pattern for one to three numbers, separated by commas. */
const NUMBER_LIST_PATTERN = "\\s*[0-9.]+(\\s*,\\s*[0-9.]+){0,2}\\s*";

/** Pattern for two numbers, possibly negative, separated by a comma. */
const RANGE_PATTERN = "\\s*-?[0-9.]+(e[+\\-]?[0-9]+)?\\s*,\\s*-?[0-9.]+(e[+\\-]?[0-9]+)?\\s*";

const CHECKPOINT_USE_CHOICES = [
  { value: "no", text: "as the root network, without training it" },
  { value: "yes", text: "as initial weights for training; its head may have other classes" },
];

const TIMM_NAME_PATTERN = "[a-z0-9_]+(\\.[a-z0-9_]+)?";

export interface NewExperimentData extends RequestStatus {
  readonly data: DataListing | null;
  readonly inspection: Inspection | null;
  readonly dataReport: Inspection<DataReport> | null;
  readonly warnings: readonly string[];
  readonly checkpoint: InspectedCheckpoint | null;
}

export interface NewExperimentCallbacks {
  onCreate(body: NewExperiment): void;
  onInspectNetwork(body: NewExperiment): void;
  onInspectData(body: NewDataReport): void;
  /** Called when the form has changed since it was last inspected or sent. */
  onChange(): void;
  onClose(): void;
}

export function drawNewExperimentDialog(
  content: Box,
  dialogData: NewExperimentData,
  callbacks: NewExperimentCallbacks,
): void {
  const { data, error, isSending: isSending, inspection, dataReport, warnings, checkpoint } = dialogData;
  const form = ensureElement(content, "form", "form").attr("data-testid", "new-experiment");
  const redraw = (): void => drawNewExperimentDialog(content, dialogData, callbacks);
  if (data) drawFieldsAndFocus(form, { data, checkpoint }, redraw);
  else ensureElement(form, "span", "label").text("Reading the data folders…");
  const element = form.node() as unknown as HTMLFormElement;
  const makeSubmitHandler = (sendForm: (body: NewExperiment) => void) => (): void => {
    if (!data || !element.reportValidity()) return;
    sendForm({ ...readForm(element, data), stop_on_warnings: warnings.length === 0 });
  };
  const inspectData = (): void => {
    if (data) callbacks.onInspectData(readDataForm(element, data));
  };
  form.on("submit", (event: Event) => {
    event.preventDefault();
    makeSubmitHandler(callbacks.onCreate)();
  });
  form.on("input", () => {
    if (inspection || dataReport || error || warnings.length) callbacks.onChange();
    else redraw();
  });
  drawDataReport(ensureElement(content, "section", "inspection data"), dataReport);
  drawInspection(ensureElement(content, "section", "inspection network"), inspection);
  drawWarnings(ensureElement(content, "section", "inspection warnings"), warnings);
  ensureElement(content, "p", "state")
    .attr("class", error ? "state problem paragraph" : "state paragraph dim")
    .attr("role", "status")
    .text(error ?? statusText(isSending));
  drawButtons(content, [
    { text: "Cancel", run: callbacks.onClose },
    { text: "Inspect data", isDisabled: isSending || !data || isInspectionRunning(dataReport), run: inspectData },
    {
      text: "Inspect network",
      isDisabled: isSending || !data || isInspectionRunning(inspection),
      run: makeSubmitHandler(callbacks.onInspectNetwork),
    },
    {
      text: isSending ? "Checking…" : warnings.length ? "Create anyway" : "Create experiment",
      isPrimary: true,
      isDisabled: isSending || !data,
      run: makeSubmitHandler(callbacks.onCreate),
    },
  ]);
}

/**
 * Draws the fields. On the first draw, also focuses the first field, which did not exist yet when the dialog opened.
 */
function drawFieldsAndFocus(form: Box, formChoices: FormChoices, redraw: () => void): void {
  const isFirstDraw = form.select("select").empty();
  ensureElement(form, "span", "label").remove();
  drawFields(form, formChoices, redraw);
  if (isFirstDraw) form.select<HTMLSelectElement>("select").attr("autofocus", "").node()!.focus();
}

/** The data sets, networks and weights that the form offers. */
interface FormChoices {
  readonly data: DataListing;
  readonly checkpoint: InspectedCheckpoint | null;
}

/** Lists the warnings because of which the server did not create the experiment. The user can create it anyway. */
function drawWarnings(box: Box, warnings: readonly string[]): void {
  box
    .attr("hidden", warnings.length ? null : "")
    .attr("role", "alert")
    .attr("data-testid", "experiment-warnings");
  ensureElement(box, "p", "lead")
    .attr("class", "lead paragraph")
    .text(warnings.length ? "The experiment has not been created yet, because its results would be misleading:" : "");
  ensureElement(box, "ul", "sentences")
    .selectAll<HTMLLIElement, string>(":scope > li")
    .data(warnings, (warning) => warning)
    .join("li")
    .text((warning) => warning);
}

const statusText = (isSending: boolean): string =>
  isSending
    ? "Checking data, network and weights: the network is built and traced once. Nothing is created if a check fails."
    : "";

function drawFields(form: Box, { data, checkpoint }: FormChoices, redraw: () => void): void {
  drawSelect(form, { name: "data", label: "Data", choices: dataSetChoices(data) }, redraw);
  drawImageFields(form, data, readField(form, "data"), redraw);
  drawWeightFields(form, { data, checkpoint }, drawNetwork(form, data, redraw), redraw);
  drawToleranceAndTarget(form);
  drawNormalization(form);
  drawField(form, { name: "seed", label: "Seed", type: "number", min: 0, max: 2147483647, step: 1, value: "0" });
  drawField(form, { name: "name", label: "Name", type: "text", placeholder: "default: “network on data set”" });
}

const readField = (form: Box, name: string): string =>
  form.select<HTMLSelectElement>(`:scope > [name="${name}"]`).node()?.value ?? "";

type NetworkOption = DataListing["networks"][number];

/** Draws the network and its options; returns the chosen network. */
function drawNetwork(form: Box, data: DataListing, redraw: () => void): NetworkOption | undefined {
  drawSelect(form, { name: "network", label: "Network", choices: networkChoices(data) }, redraw);
  const network = data.networks.find(({ name }) => name === readField(form, "network"));
  drawHelpText(form, "network-help", networkHelpText(network));
  const isTimmNetwork = readField(form, "network") === TIMM_PREFIX;
  drawField(form, {
    name: "timm",
    label: "Name in timm",
    type: "text",
    placeholder: "resnet26d",
    pattern: TIMM_NAME_PATTERN,
    list: "timm-names",
    isRequired: true,
    isHidden: !isTimmNetwork,
  });
  drawSuggestions(form, "timm-names", isTimmNetwork ? suggestTimmNames(data, readField(form, "timm")) : []);
  for (const { option, choices } of choicesByOption(data)) {
    const hasOption = network ? option in network.options : false;
    drawSelect(form, { name: `option-${option}`, label: option, choices, isHidden: !hasOption }, redraw);
  }
  return network;
}

/** Draws the fields for the source of the root's weights and for their training. */
function drawWeightFields(
  form: Box,
  { data, checkpoint }: FormChoices,
  network: NetworkOption | undefined,
  redraw: () => void,
): void {
  drawSelect(
    form,
    {
      name: "weights",
      label: "Weights of the root",
      choices: weightChoices(data, network ? network.pretrained : true),
    },
    redraw,
  );
  const weights = readField(form, "weights");
  const isCheckpoint = weights !== "" && weights !== PRETRAINED_OPTION;
  drawWeightsKey(form, isCheckpoint ? weights : null, checkpoint, redraw);
  drawSelect(
    form,
    { name: "train_on", label: "Use the checkpoint", choices: CHECKPOINT_USE_CHOICES, isHidden: !isCheckpoint },
    redraw,
  );
  const willBeTrained = !isCheckpoint || readField(form, "train_on") === "yes";
  drawField(form, {
    name: "epochs",
    label: "Epochs",
    type: "number",
    min: 0,
    max: 1000,
    step: 1,
    placeholder: "default",
    isHidden: !willBeTrained,
  });
  drawField(form, {
    name: "learning_rate",
    label: "Learning rate",
    type: "number",
    min: 0,
    max: 10,
    step: "any",
    placeholder: "default",
    isHidden: !willBeTrained,
  });
}

/**
 * Draws the choice between the sets of weights in a checkpoint. The sets are known only after the network was
 * inspected.
 */
function drawWeightsKey(
  form: Box,
  path: string | null,
  checkpoint: InspectedCheckpoint | null,
  redraw: () => void,
): void {
  const sets = path !== null && checkpoint?.path === path ? checkpoint.sets : [];
  drawSelect(
    form,
    {
      name: "weights_key",
      label: "Set of weights in the file",
      choices: weightSetChoices(sets),
      isHidden: path === null,
    },
    redraw,
  );
  drawHelpText(
    form,
    "weights-key-help",
    path !== null && sets.length === 0 ? "“Inspect network” lists the sets of weights in the file." : "",
  );
}

/** Draws the fields for the tolerance and the target accuracy, by which nodes are judged. */
function drawToleranceAndTarget(form: Box): void {
  drawField(form, {
    name: "tolerance",
    label: "Tolerance, points",
    type: "number",
    min: 0,
    max: 100,
    step: 0.1,
    value: "0.5",
  });
  drawHelpText(
    form,
    "tolerance-help",
    "A node counts as recovered if its accuracy is at most this many percentage points below its parent’s.",
  );
  drawField(form, {
    name: "target",
    label: "Target accuracy, %",
    type: "number",
    min: 0,
    max: 100,
    step: 0.1,
    placeholder: "none",
  });
}

/** Draws the fields for the mean and standard deviation that normalize the pixels. */
function drawNormalization(form: Box): void {
  drawField(form, {
    name: "mean",
    label: "Mean of the pixels (0–1)",
    type: "text",
    placeholder: "default: from data; e.g. 0.485, 0.456, 0.406",
    pattern: NUMBER_LIST_PATTERN,
  });
  drawField(form, {
    name: "std",
    label: "Std of the pixels (0–1)",
    type: "text",
    placeholder: "default: from data; e.g. 0.229, 0.224, 0.225",
    pattern: NUMBER_LIST_PATTERN,
  });
}

const RESIZE_CHOICES = [
  { value: "crop", text: "resize the shorter edge, crop the centre" },
  { value: "stretch", text: "resize both edges, ignoring the aspect ratio" },
];

const CLASS_FOLDER_CHOICES = [
  { value: "", text: "outer folders, with a warning if they contain subfolders" },
  { value: "upper", text: "outer folders (upper level)" },
  { value: "lower", text: "inner folders (lower level)" },
];

/** Draws the fields that say how to interpret the classes and pixel values of an image folder. */
function drawFolderFields(form: Box, isHidden: boolean, redraw: () => void): void {
  drawSelect(form, { name: "class_level", label: "Class folders", choices: CLASS_FOLDER_CHOICES, isHidden }, redraw);
  drawField(form, {
    name: "value_range",
    label: "Pixel values of black and white",
    type: "text",
    placeholder: "default: from the data; example: 0, 4095",
    pattern: RANGE_PATTERN,
    isHidden,
  });
  drawHelpText(
    form,
    "folder-help",
    isHidden
      ? ""
      : "Folders with names such as train, val and test are used as the splits. “Inspect data” lists the folder used for each split, the files that are not read, and the range of pixel values.",
  );
}

/** Draws the fields that say how images are resized, and which images were not used to train the weights. */
function drawImageFields(form: Box, data: DataListing, chosen: string, redraw: () => void): void {
  const isHidden = !hasMixedImageSizes(chosen);
  drawField(form, {
    name: "image_size",
    label: "Image size, pixels",
    type: "number",
    min: 8,
    max: 1024,
    step: 1,
    placeholder: "as in the data",
  });
  drawSelect(form, { name: "resize", label: "How to resize images", choices: RESIZE_CHOICES, isHidden }, redraw);
  drawField(form, {
    name: "crop_share",
    label: "Central crop, %",
    type: "number",
    min: 50,
    max: 100,
    step: "any",
    placeholder: "100",
    isHidden,
  });
  drawHelpText(
    form,
    "crop-help",
    isHidden
      ? ""
      : "With an image size of 224 pixels, 87.5% means that images are resized to 256 pixels and then cropped to the central 224 pixels, as is usual for ImageNet. All nodes and exports preprocess images this way.",
  );
  drawFolderFields(form, !isImageFolder(chosen), redraw);
  const choices = unseenFolderChoices(data);
  drawSelect(
    form,
    {
      name: "unseen_folder",
      label: "Images not used to train the weights",
      choices,
      isHidden: choices.length < 2 || chosen.startsWith("factory|"),
    },
    redraw,
  );
}
