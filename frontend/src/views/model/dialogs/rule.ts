/**
 * Dialog for a plan's rule: what to remove (by share, threshold, share of each layer, or target cost), how filters are
 * ranked, and which limits apply.
 */
import { fillRuleForm, readForm, type RuleFormData, shareFieldName } from "./ruleValues";
import { drawRankingFields, readRankingOrder } from "./orderFields";
import { type Box, ensureElement } from "../../../marks/elements";
import { formatPlural } from "../../../marks/format";
import type { Actions } from "../../../state/actions";
import type { State } from "../../../state/state";
import { ruleFormData } from "../plan/ruleText";
import type { Order } from "../../../planning/orders";
import type { Rule } from "../../../planning/rules";
import { criterionTitle } from "../../../state/selectors/select";
import { SCOPE_PREFIXES } from "../scopes";
import { drawButtons } from "../../dialogs/buttons";
import { drawSelect, drawField, drawHelpText, type FormField, listenToSubmit } from "../../dialogs/fields";

export interface RuleCallbacks {
  onUseRule(rule: Rule): void;
  onClose(): void;
}

const RULE_KINDS = [
  { value: "percent", text: "a share of all free filters" },
  { value: "threshold", text: "all filters beyond a score threshold" },
  { value: "layers", text: "a share of each layer" },
  { value: "target", text: "filters until a target cost is reached" },
];
const METRICS = [
  { value: "parameters", text: "parameters" },
  { value: "macs", text: "MACs per image" },
  { value: "size_bytes", text: "file size in bytes" },
  { value: "filters", text: "filters" },
];

export function drawRuleDialog(content: Box, state: State, act: Actions): void {
  const data = ruleFormData(state);
  if (!data) return;
  drawRuleForm(content, data, {
    onUseRule: (rule) => {
      act.setRule(rule);
      act.openDialog(null);
    },
    onClose: () => act.openDialog(null),
  });
}

export function drawRuleForm(content: Box, data: RuleFormData, callbacks: RuleCallbacks): void {
  const form = ensureElement(content, "form", "form fields ruleform");
  const isNewForm = form.select("select").empty();
  const show = (): void => drawFields(form, data, show);
  show();
  if (isNewForm) {
    fillRuleForm(form, data);
    show();
  }
  const use = (): void => callbacks.onUseRule(readForm(form, data));
  listenToSubmit(form, use);
  drawButtons(content, [
    { text: "Cancel", run: () => callbacks.onClose() },
    { text: "Use this rule", isPrimary: true, run: use },
  ]);
}

/**
 * Draws the form, with only those fields visible that belong to the chosen kind of rule. Every change updates the
 * sentence below the form that describes the rule.
 */
function drawFields(form: Box, data: RuleFormData, redraw: () => void): void {
  const kinds =
    data.rule.rule === "filters" ? [...RULE_KINDS, { value: "filters", text: "the listed filters only" }] : RULE_KINDS;
  drawSelect(form, { name: "kind", label: "Remove", choices: kinds }, redraw);
  const kind = form.select("select.kind").property("value") as string;
  const drawFieldOfRuleKind = (name: string, field: Omit<FormField, "name" | "type" | "isHidden">): void =>
    drawField(form, { ...field, name, type: "number", isHidden: kind !== name });
  drawFieldOfRuleKind("percent", { label: "Share of free filters, %", min: 0, max: 100, step: "any" });
  const { criterion, scope } = readRankingOrderIfDrawn(form, data);
  const score = `${SCOPE_PREFIXES[scope]}${criterionTitle(data.criteria, criterion)}`;
  drawFieldOfRuleKind("threshold", { label: `Threshold for ${score}`, step: "any" });
  drawSelect(form, { name: "metric", label: "Cost to limit", choices: METRICS, isHidden: kind !== "target" }, redraw);
  drawFieldOfRuleKind("target", { label: "Target, % of the current cost", min: 0, max: 100, step: "any" });
  drawLayerShareFields(ensureElement(form, "div", "shares"), data, kind === "layers");
  drawRankingFields(
    form,
    { criteria: data.criteria, criterion: data.order.criterion, isHidden: kind === "filters" },
    redraw,
  );
  drawField(form, {
    name: "floor",
    label: "Smallest share kept per layer, %",
    type: "number",
    min: 0,
    max: 100,
    step: "any",
  });
  drawField(form, {
    name: "max_class_loss",
    label: "Max. accuracy loss per class, points",
    type: "number",
    min: 0,
    max: 100,
    step: "any",
    placeholder: "no limit",
  });
  drawHelpText(
    form,
    "limits",
    "Preview checks the accuracy loss of each class and names the class that loses the most.",
  );
  ensureElement(form, "p", "effect")
    .attr("role", "status")
    .text(data.describe(readForm(form, data)));
  form.on("input", redraw);
}

/** Reads the ranking order from the form or, before its fields are first drawn, returns the initial order. */
const readRankingOrderIfDrawn = (form: Box, { order }: RuleFormData): Order =>
  form.select("[name=scope]").empty() ? order : readRankingOrder(form);

function drawLayerShareFields(box: Box, { layers }: RuleFormData, isVisible: boolean): void {
  box
    .attr("hidden", isVisible ? null : "")
    .attr("role", "group")
    .attr("aria-label", "Percentage of each layer’s free filters to remove");
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
  rows
    .select("span")
    .text(({ name, freeFilterCount }) => `${name}, % of ${formatPlural(freeFilterCount, "free filter")}`);
  rows.select("input").attr("name", ({ name }) => shareFieldName(name));
}
