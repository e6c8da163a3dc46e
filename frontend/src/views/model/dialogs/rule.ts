/** Dialog of a plan's rule and limits: what goes, by share, score, layer or target, and how far that may go. */
import { fillForm, readForm, type RuleFormData, shareField } from "./ruleValues";
import { type Box, ensureElement } from "../../../marks/elements";
import type { Actions } from "../../../state/actions";
import type { State } from "../../../state/state";
import { ruleFormData } from "../plan/ruleText";
import type { Rule } from "../../../planning/rules";
import { drawButtons } from "../../dialogs/buttons";
import { drawChoice, drawField, drawHelpText, type Field, onSubmit } from "../../dialogs/fields";

export interface RuleCallbacks {
  onRule(rule: Rule): void;
  onClose(): void;
}

const KINDS = [
  { value: "percent", text: "a share of all free filters" },
  { value: "threshold", text: "all beyond a score" },
  { value: "layers", text: "a share of each layer" },
  { value: "target", text: "until so much remains" },
];
const METRICS = [
  { value: "parameters", text: "parameters" },
  { value: "macs", text: "MACs of an image" },
];

export function drawRuleDialog(content: Box, state: State, act: Actions): void {
  const data = ruleFormData(state);
  if (!data) return;
  drawRuleForm(content, data, {
    onRule: (rule) => {
      act.setRule(rule);
      act.openDialog(null);
    },
    onClose: () => act.openDialog(null),
  });
}

export function drawRuleForm(content: Box, data: RuleFormData, callbacks: RuleCallbacks): void {
  const form = ensureElement(content, "form", "form fields ruleform");
  const isNew = form.select("select").empty();
  const show = (): void => drawFields(form, data, show);
  show();
  if (isNew) {
    fillForm(form, data);
    show();
  }
  const use = (): void => callbacks.onRule(readForm(form, data));
  onSubmit(form, use);
  drawButtons(content, [
    { text: "Cancel", run: () => callbacks.onClose() },
    { text: "Use this rule", isMain: true, run: use },
  ]);
}

/** Only the fields of the chosen kind are seen; the sentence below follows every change. */
function drawFields(form: Box, data: RuleFormData, again: () => void): void {
  const kinds =
    data.rule.rule === "filters"
      ? [...KINDS, { value: "filters", text: "the filters that it names, no others" }]
      : KINDS;
  drawChoice(form, { name: "kind", label: "Remove", choices: kinds }, again);
  const kind = form.select("select.kind").property("value") as string;
  const only = (name: string, field: Omit<Field, "name" | "type" | "isOff">): void =>
    drawField(form, { ...field, name, type: "number", isOff: kind !== name });
  only("percent", { label: "Of the free filters, %", min: 0, max: 100, step: "any" });
  only("threshold", { label: `Beyond this ${data.score}`, step: "any" });
  drawChoice(form, { name: "metric", label: "What shall shrink", choices: METRICS, isOff: kind !== "target" }, again);
  only("target", { label: "May remain, % of now", min: 0, max: 100, step: "any" });
  drawShares(ensureElement(form, "div", "shares"), data, kind === "layers");
  drawField(form, {
    name: "max_layer_share",
    label: "Of one layer at most, %",
    type: "number",
    min: 0,
    max: 100,
    step: "any",
  });
  drawField(form, {
    name: "max_class_loss",
    label: "A class may lose at most, points",
    type: "number",
    min: 0,
    max: 100,
    step: "any",
    placeholder: "no limit",
  });
  drawHelpText(form, "limits", "The preview checks the loss per class and names the worst one.");
  ensureElement(form, "p", "tells")
    .attr("role", "status")
    .text(data.tell(readForm(form, data)));
  form.on("input", again);
}

function drawShares(box: Box, { layers }: RuleFormData, isOn: boolean): void {
  box
    .attr("hidden", isOn ? null : "")
    .attr("role", "group")
    .attr("aria-label", "Percent of each layer's free filters to remove");
  const rows = box
    .selectAll<HTMLLabelElement, RuleFormData["layers"][number]>(":scope > label")
    .data(layers, ({ name }) => name)
    .join((enter) => {
      const row = enter.append("label");
      row.append("span");
      row
        .append("input")
        .attr("class", "field number share")
        .attr("type", "number")
        .attr("min", 0)
        .attr("max", 100)
        .attr("step", "any");
      return row;
    });
  rows.select("span").text(({ name, free }) => `${name}, % of ${free}`);
  rows.select("input").attr("name", ({ name }) => shareField(name));
}
