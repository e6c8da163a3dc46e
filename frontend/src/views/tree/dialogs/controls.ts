/** Dialog that creates control nodes of the same size as the chosen node, with different filters or fresh weights. */
import type { NewControls, Node } from "../../../api/values";
import { formatCount, formatDuration } from "../../../marks/format";
import { type Box, ensureElement } from "../../../marks/elements";
import { chosenExperiment } from "../../../state/selectors/select";
import type { State } from "../../../state/state";
import { applyTrainingChoice, estimateTrainingSeconds } from "../../../state/selectors/training";
import { drawButtons, drawStatusLine } from "../../dialogs/buttons";
import { drawField, drawHelpText, defaultTraining, listenToSubmit, readNumber } from "../../dialogs/fields";
import type { PanelDialog } from "../../panel";

const CONTROL_KINDS: readonly { readonly value: NewControls["kind"]; readonly text: string }[] = [
  { value: "random", text: "random filters removed" },
  { value: "l1", text: "filters with the lowest L1 norm removed" },
  { value: "scratch", text: "same structure trained from scratch" },
];

export const controlNodesDialog: PanelDialog = {
  label: "Control nodes of equal size",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    const node = dialog?.kind === "controls" ? state.server.nodes[dialog.node] : undefined;
    if (dialog?.kind !== "controls" || !node) return;
    const parent = state.server.nodes[node.parent_id ?? -1];
    ensureElement(content, "p", "paragraph").text(
      `Each control node has the same parent (node ${parent?.number ?? "?"}) and the same layer widths as node ${node.number} (${formatCount(node.filters)} filters). Unless it is trained from scratch, it is also trained like node ${node.number}. All control nodes appear in the tree next to the branch.`,
    );
    const form = ensureElement(content, "form", "form");
    drawControlKinds(form);
    drawField(form, { name: "seeds", label: "Seeds", type: "number", min: 1, max: 20, step: 1, value: "1" });
    drawHelpText(
      form,
      "seeds-help",
      "One control node is created for each kind and seed. With several seeds, you can see how much accuracy varies by chance.",
    );
    drawField(form, {
      name: "epochs",
      label: "Epochs",
      type: "number",
      min: 0,
      max: 1000,
      step: 1,
      placeholder: String(node.training?.epochs ?? ""),
    });
    drawField(form, {
      name: "images",
      label: "Training images per epoch",
      type: "number",
      min: 1,
      step: 1,
      placeholder: String(node.training?.images ?? "all"),
    });
    drawHelpText(
      form,
      "training-help",
      "Empty fields use the node’s own settings. Training from scratch uses the root’s settings instead, and usually takes longer.",
    );
    const showTrainingDuration = (): void => {
      drawHelpText(form, "duration", trainingDurationText(form, node, state));
    };
    showTrainingDuration();
    form.on("input.duration change.duration", showTrainingDuration);
    const createControlNodes = (): void => {
      if (dialog.isSending) return;
      const kinds = readControlKinds(form);
      ensureElement(form, "span", "problem kinds")
        .attr("hidden", kinds.length ? "" : null)
        .text("Choose at least one kind.");
      if (kinds.length) act.createControlNodes(node.id, readForm(form, kinds));
    };
    listenToSubmit(form, createControlNodes);
    drawStatusLine(content, dialog, "Creating control nodes…");
    drawButtons(content, [
      { text: "Cancel", run: () => act.openDialog(null) },
      { text: "Create control nodes", isPrimary: true, isDisabled: dialog.isSending, run: createControlNodes },
    ]);
  },
};

/** Says how long training all chosen controls takes; empty if no training has been timed yet. */
function trainingDurationText(form: Box, node: Node, state: State): string {
  const root = chosenExperiment(state)?.root_training ?? null;
  const durations = readForm(form, readControlKinds(form)).map(({ kind, seeds, training: changes }) => {
    const settings = kind === "scratch" ? root : node.training;
    const training = settings && applyTrainingChoice(settings, changes ?? null);
    const seconds = training && estimateTrainingSeconds(state, { training, macs: node.macs ?? 0 });
    return seconds === null ? null : seconds * seeds;
  });
  if (durations.length === 0 || durations.includes(null)) return "";
  const total = durations.reduce((sum: number, seconds) => sum + (seconds ?? 0), 0);
  return `Training takes about ${formatDuration(total)}.`;
}

/** Draws one checkbox for each kind of control, because several kinds can be created at once. */
function drawControlKinds(form: Box): void {
  ensureElement(form, "span", "label kinds").attr("id", "kinds-label").text("Kinds");
  ensureElement(form, "div", "kinds")
    .attr("role", "group")
    .attr("aria-labelledby", "kinds-label")
    .selectAll<HTMLLabelElement, (typeof CONTROL_KINDS)[number]>(":scope > label")
    .data(CONTROL_KINDS, ({ value }) => value)
    .join((enter) => {
      const label = enter.append("label").attr("class", "check");
      label
        .append("input")
        .attr("type", "checkbox")
        .attr("name", ({ value }) => `kind-${value}`)
        .property("checked", (_, index) => index === 0);
      label.append("span").text(({ text }) => text);
      return label;
    });
}

const readControlKinds = (form: Box): NewControls["kind"][] =>
  CONTROL_KINDS.map(({ value }) => value).filter(
    (kind) => form.select<HTMLInputElement>(`[name=kind-${kind}]`).property("checked") as boolean,
  );

function readForm(form: Box, kinds: readonly NewControls["kind"][]): NewControls[] {
  const [epochs, images] = [readNumber(form, "epochs"), readNumber(form, "images")];
  const training =
    epochs === null && images === null ? null : { epochs, ...(images === null ? defaultTraining : { images }) };
  return kinds.map((kind) => ({ kind, seeds: readNumber(form, "seeds") ?? 1, training }));
}
