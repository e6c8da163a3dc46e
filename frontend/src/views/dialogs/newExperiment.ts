/** The form of a new experiment; its fields come from what the server says it can read and build. */
import type { DataListing, NewExperiment } from "../../api/values";
import { part, type Box } from "../../marks/part";
import { drawButtons } from "./buttons";
import { drawChoice, drawField, drawHelpText } from "./fields";
import { dataChoices, networkHelp, optionChoices, readForm, weightChoices } from "./form";

/** One to three numbers, separated by commas. */
const NUMBERS = "\\s*[0-9.]+(\\s*,\\s*[0-9.]+){0,2}\\s*";

export interface NewExperimentData {
  readonly data: DataListing | null;
  readonly error: string | null;
  readonly sending: boolean;
}

export interface NewExperimentCallbacks {
  onCreate(body: NewExperiment): void;
  onClose(): void;
}

export function drawNewExperiment(content: Box, props: NewExperimentData, callbacks: NewExperimentCallbacks): void {
  const { data, error, sending } = props;
  const form = part(content, "form", "form").attr("data-testid", "new-experiment");
  if (!data) part(form, "span", "label").text("Reading the data folders…");
  else {
    part(form, "span", "label").remove();
    const redraw = (): void => drawNewExperiment(content, props, callbacks);
    drawFields(form, data, redraw);
  }
  const element = form.node() as unknown as HTMLFormElement;
  const submit = (): void => {
    if (data && element.reportValidity()) callbacks.onCreate(readForm(element, data));
  };
  form.on("submit", (event: Event) => {
    event.preventDefault();
    submit();
  });
  part(content, "p", "state").attr("class", error ? "state problem paragraph" : "state paragraph dim").attr("role", "status").text(error ?? stateText(sending));
  drawButtons(content, [
    { text: "Cancel", run: callbacks.onClose },
    { text: sending ? "Checking…" : "Create experiment", isMain: true, disabled: sending || !data, run: submit },
  ]);
}

const stateText = (sending: boolean): string =>
  sending ? "Checking data, network and weights: the network is built and traced once. Nothing is made if anything does not fit." : "";

function drawFields(form: Box, data: DataListing, redraw: () => void): void {
  const read = (name: string): string => form.select<HTMLSelectElement>(`:scope > [name="${name}"]`).node()?.value ?? "";
  drawChoice(form, { name: "data", label: "Data", choices: dataChoices(data) }, redraw);
  drawChoice(form, { name: "network", label: "Network", choices: data.networks.map(({ name, title }) => ({ value: name, text: title })) }, redraw);
  const network = data.networks.find(({ name }) => name === read("network")) ?? data.networks[0];
  drawHelpText(form, "network-help", network ? networkHelp(network) : "");
  for (const { option, choices } of optionChoices(data)) {
    const isOn = network ? option in network.options : false;
    drawChoice(form, { name: `option-${option}`, label: option, choices, isOff: !isOn }, redraw);
  }
  drawChoice(form, { name: "weights", label: "Weights of the root", choices: weightChoices(data) }, redraw);
  const trains = read("weights") === "";
  drawField(form, { name: "epochs", label: "Epochs", type: "number", min: 0, max: 1000, step: 1, placeholder: "usual", isOff: !trains });
  drawField(form, { name: "learning_rate", label: "Learning rate", type: "number", min: 0, max: 10, step: "any", placeholder: "usual", isOff: !trains });
  drawField(form, { name: "tolerance", label: "Tolerance, points", type: "number", min: 0, max: 100, step: 0.1, value: "0.5" });
  drawHelpText(form, "tolerance-help", "A node counts as recovered when it loses no more than this against its parent.");
  drawField(form, { name: "target", label: "Target accuracy, %", type: "number", min: 0, max: 100, step: 0.1, placeholder: "none" });
  drawField(form, { name: "image_size", label: "Image size, pixels", type: "number", min: 8, max: 1024, step: 1, placeholder: "as the data" });
  drawField(form, { name: "mean", label: "Mean, pixels 0–1", type: "text", placeholder: "of the data; else one a channel: 0.485, 0.456, 0.406", pattern: NUMBERS });
  drawField(form, { name: "std", label: "Std, pixels 0–1", type: "text", placeholder: "of the data; a checkpoint wants those it was trained with", pattern: NUMBERS });
  drawField(form, { name: "seed", label: "Seed", type: "number", min: 0, max: 2147483647, step: 1, value: "0" });
  drawField(form, { name: "name", label: "Name", type: "text", placeholder: "network on data" });
}
