/** Nodes of the same size made another way, to compare the chosen one with. */
import type { NewControls } from "../../../api/values";
import { formatCount } from "../../../marks/format";
import { type Box, ensureElement } from "../../../marks/part";
import { drawButtons, drawStatusLine } from "../../dialogs/buttons";
import { drawField, drawHelpText, noTraining, onSubmit, readNumber } from "../../dialogs/fields";
import type { PanelDialog } from "../../panel";

const KINDS: readonly { readonly value: NewControls["kind"]; readonly text: string }[] = [
  { value: "random", text: "random filters" },
  { value: "l1", text: "filters of lowest L1 norm" },
  { value: "scratch", text: "the same structure, trained from scratch" },
];

export const controlsDialog: PanelDialog = {
  label: "Controls at equal size",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    const node = dialog?.kind === "controls" ? state.server.nodes[dialog.node] : undefined;
    if (dialog?.kind !== "controls" || !node) return;
    const parent = state.server.nodes[node.parent_id ?? -1];
    ensureElement(content, "p", "paragraph").text(
      `Each has the widths of node ${node.number} (${formatCount(node.filters)} filters), grows from node ${parent?.number ?? "?"} and is trained alike. It stands in the tree beside the branch.`,
    );
    const form = ensureElement(content, "form", "form");
    drawKinds(form);
    drawField(form, { name: "seeds", label: "How many seeds", type: "number", min: 1, max: 20, step: 1, value: "1" });
    drawHelpText(form, "seeds-help", "A node for each kind and seed: how much of the difference is chance.");
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
      label: "Train images an epoch",
      type: "number",
      min: 1,
      step: 1,
      placeholder: String(node.training?.images ?? "all"),
    });
    drawHelpText(
      form,
      "training-help",
      "Empty fields: as the node was tuned; from scratch, as a root is trained, which takes longer.",
    );
    const createControls = (): void => {
      if (dialog.sending) return;
      const kinds = readKinds(form);
      ensureElement(form, "span", "problem kinds")
        .attr("hidden", kinds.length ? "" : null)
        .text("Tick what the controls differ in.");
      if (kinds.length) act.makeControls(node.id, readForms(form, kinds));
    };
    onSubmit(form, createControls);
    drawStatusLine(content, dialog, "Making them…");
    drawButtons(content, [
      { text: "Cancel", run: () => act.openDialog(null) },
      { text: "Make controls", isMain: true, disabled: dialog.sending, run: createControls },
    ]);
  },
};

/** Several at once: each is asked for by itself. */
function drawKinds(form: Box): void {
  ensureElement(form, "span", "label kinds").attr("id", "kinds-label").text("Removed are");
  ensureElement(form, "div", "kinds")
    .attr("role", "group")
    .attr("aria-labelledby", "kinds-label")
    .selectAll<HTMLLabelElement, (typeof KINDS)[number]>(":scope > label")
    .data(KINDS, ({ value }) => value)
    .join((enter) => {
      const made = enter.append("label").attr("class", "check");
      made
        .append("input")
        .attr("type", "checkbox")
        .attr("name", ({ value }) => `kind-${value}`)
        .property("checked", (_, at) => at === 0);
      made.append("span").text(({ text }) => text);
      return made;
    });
}

const readKinds = (form: Box): NewControls["kind"][] =>
  KINDS.map(({ value }) => value).filter(
    (kind) => form.select<HTMLInputElement>(`[name=kind-${kind}]`).property("checked") as boolean,
  );

function readForms(form: Box, kinds: readonly NewControls["kind"][]): NewControls[] {
  const [epochs, images] = [readNumber(form, "epochs"), readNumber(form, "images")];
  const training =
    epochs === null && images === null ? null : { epochs, ...(images === null ? noTraining : { images }) };
  return kinds.map((kind) => ({ kind, seeds: readNumber(form, "seeds") ?? 1, training }));
}
