/** The dialog that saves a whole experiment as one file (a bundle). */
import { buildUrl } from "../../../api/url";
import { formatBytes, formatPlural } from "../../../marks/format";
import { ensureElement, type Box } from "../../../marks/elements";
import { mayExportWeights } from "../../../state/selectors/select";
import type { BundleOptions } from "../../../state/dialog";
import type { State } from "../../../state/state";
import type { PanelDialog } from "../../panel";
import { drawButtons } from "../buttons";

export const bundleDialog: PanelDialog = {
  label: "Save experiment as bundle",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    const experiment = dialog?.kind === "bundle" ? state.server.experiments[dialog.experiment] : undefined;
    if (dialog?.kind !== "bundle" || !experiment) return;
    const text = `Saves “${experiment.name}” (${formatPlural(experiment.nodes, "node")}) as one .zip file, with its tree, plans, metrics, scores, estimates and notes. The file can be imported on another server with “Open a bundle…”.`;
    ensureElement(content, "p", "paragraph").text(text);
    const reason = explainMissingWeights(state, experiment.has_weights);
    const choice: BundleOptions = { weights: dialog.weights && reason === null, pictures: dialog.pictures };
    const form = ensureElement(content, "form", "form bundle");
    drawCheckbox(
      form,
      {
        name: "weights",
        text: `include weights${describeSize(state, experiment.id)}`,
        help: reason ?? "Without weights, nodes can be viewed but not pruned.",
        isCheckboxTicked: choice.weights,
        isDisabled: reason !== null,
      },
      (isCheckboxTicked) => act.chooseBundleContents({ ...choice, weights: isCheckboxTicked }),
    );
    drawCheckbox(
      form,
      {
        name: "pictures",
        text: "include thumbnails of the selection images",
        help: "Leave the thumbnails out if the images must not be shared.",
        isCheckboxTicked: choice.pictures,
        isDisabled: false,
      },
      (isCheckboxTicked) => act.chooseBundleContents({ ...choice, pictures: isCheckboxTicked }),
    );
    drawButtons(content, [{ text: "Close", run: () => act.openDialog(null) }]);
    const link = ensureElement(content.select<HTMLElement>(".buttons"), "a", "download")
      .attr("class", "download btn pri")
      .attr("download", "")
      .attr("data-testid", "save-bundle");
    link
      .attr("href", buildUrl("/api/experiments/{experiment_id}/bundle", { experiment_id: experiment.id }, choice))
      .text("Save")
      .raise();
  },
};

function explainMissingWeights(state: State, hasWeights: boolean): string | null {
  if (!hasWeights) return "There are no weights to include: this experiment was imported without them.";
  return mayExportWeights(state) ? null : "The link that you opened does not allow exporting weights.";
}

function describeSize(state: State, experiment: number): string {
  const nodes = Object.values(state.server.nodes).filter((node) => node.experiment_id === experiment);
  const bytes = nodes.reduce((sum, node) => sum + (node.size_bytes ?? 0), 0);
  return bytes > 0 ? ` (${formatBytes(bytes)})` : "";
}

interface Checkbox {
  readonly name: string;
  readonly text: string;
  readonly help: string;
  readonly isCheckboxTicked: boolean;
  readonly isDisabled: boolean;
}

function drawCheckbox(
  form: Box,
  { name, text, help, isCheckboxTicked, isDisabled }: Checkbox,
  onChange: (isCheckboxTicked: boolean) => void,
): void {
  const label = ensureElement(form, "label", `check ${name}`).attr("for", `bundle-${name}`).attr("title", help);
  const input = ensureElement(label, "input", name)
    .attr("type", "checkbox")
    .attr("id", `bundle-${name}`)
    .attr("name", name);
  input
    .property("checked", isCheckboxTicked)
    .property("disabled", isDisabled)
    .attr("aria-describedby", `bundle-${name}-help`);
  input.on("change", (event: Event) => onChange((event.target as HTMLInputElement).checked));
  ensureElement(label, "span", "text").text(text);
  ensureElement(form, "span", `help ${name}`).attr("id", `bundle-${name}-help`).text(help);
}
