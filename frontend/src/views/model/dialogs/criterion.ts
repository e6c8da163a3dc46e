/**
 * Dialog for the criterion on the x axis. It shows the criterion's description, options and price, and lists the
 * criteria that were skipped because they could not be loaded.
 */
import type { CriterionInfo, CriterionOption } from "../../../api/values";
import { type Box, ensureElement } from "../../../marks/elements";
import {
  criterionInfo,
  parseOptions,
  brokenCriteria,
  type OptionValue,
  type OptionValues,
  formatCriterionSpec,
} from "../../../state/selectors/criteria";
import { parseCriterionAndPrice } from "../../../planning/orders";
import type { Actions } from "../../../state/actions";
import type { State } from "../../../state/state";
import { drawButtons } from "../../dialogs/buttons";
import { drawSelect, drawField, drawHelpText } from "../../dialogs/fields";
import { drawPriceFields, fillPriceFields, readPrice } from "./orderFields";

export interface CriterionDialogData {
  readonly info: CriterionInfo;
  /** The criterion with its chosen options and price, as text. */
  readonly spec: string;
  readonly skippedCriteria: readonly CriterionInfo[];
}

export interface CriterionDialogCallbacks {
  onChoose(spec: string): void;
  onClose(): void;
}

export function drawCriterionDialog(content: Box, state: State, act: Actions): void {
  const { criterion } = state.choice;
  const info = criterionInfo(state, criterion);
  if (!info) return;
  drawCriterion(
    content,
    { info, spec: criterion, skippedCriteria: brokenCriteria(state.server.criteria) },
    {
      onChoose: (spec) => {
        act.chooseCriterion(spec);
        act.openDialog(null);
      },
      onClose: () => act.openDialog(null),
    },
  );
}

export function drawCriterion(
  content: Box,
  { info, spec, skippedCriteria }: CriterionDialogData,
  callbacks: CriterionDialogCallbacks,
): void {
  ensureElement(content, "p", "description paragraph").text(`${info.title}. ${info.help}`);
  ensureElement(content, "p", "origin paragraph dim small").text(describeOrigin(info));
  const form = ensureElement(content, "div", "form fields");
  const isNewForm = form.select("input, select").empty();
  for (const option of info.options) drawCriterionOption(form, option);
  const drawPrice = (): void => drawPriceFields(form, false, drawPrice);
  drawPrice();
  const fillCriterionForm = (criterionSpec: string): void => {
    fill(form, info.options, parseOptions(info, criterionSpec));
    fillPriceFields(form, parseCriterionAndPrice(criterionSpec).price);
    drawPrice();
  };
  if (isNewForm) fillCriterionForm(spec);
  drawSkippedCriteria(content, skippedCriteria);
  const use = { text: "Show these scores", isPrimary: true, run: () => submitCriterion(form, info, callbacks) };
  const defaults = { text: "Reset to defaults", run: () => fillCriterionForm(info.name) };
  drawButtons(content, [{ text: "Cancel", run: callbacks.onClose }, defaults, use]);
}

function describeOrigin({ needs, keep, source }: CriterionInfo): string {
  const origin = source === null ? "Built in." : `User-defined, from ${source}.`;
  return `${origin} The criterion uses ${needs.length ? needs.join(" and ") : "no data"}; filters with ${keep} scores are kept.`;
}

function drawCriterionOption(form: Box, option: CriterionOption): void {
  const common = { name: `option-${option.name}`, label: option.title };
  if (option.kind === "number") {
    drawField(form, { ...common, type: "number", min: option.low, max: option.high, step: option.whole ? 1 : "any" });
  } else {
    const choices = option.kind === "choice" ? option.choices.map((value) => ({ value, text: value })) : YES_NO_CHOICES;
    drawSelect(form, { ...common, choices }, () => undefined);
  }
  const range =
    option.kind === "number"
      ? `Allowed values: ${option.low} to ${option.high}${option.whole ? ", whole numbers only" : ""}. `
      : "";
  drawHelpText(form, common.name, `${range}${option.help}`);
  field(form, option).setAttribute("title", `${range}${option.help}`);
}

const YES_NO_CHOICES = [
  { value: "false", text: "no" },
  { value: "true", text: "yes" },
];

const field = (form: Box, { name }: CriterionOption): HTMLInputElement =>
  form.select<HTMLInputElement>(`[name=option-${name}]`).node()!;

function fill(form: Box, options: readonly CriterionOption[], settings: OptionValues): void {
  for (const option of options) field(form, option).value = String(settings[option.name]);
}

/**
 * Submits the chosen options. If the value of an option is missing or out of range, reports this at its field instead.
 */
function submitCriterion(form: Box, info: CriterionInfo, { onChoose }: CriterionDialogCallbacks): void {
  const invalidField = info.options
    .map((option) => field(form, option))
    .find((input) => input.value === "" || !input.checkValidity());
  if (invalidField) {
    invalidField.required = true;
    invalidField.reportValidity();
    return;
  }
  onChoose(
    formatCriterionSpec(
      info,
      Object.fromEntries(info.options.map((option) => [option.name, read(option, field(form, option).value)])),
      readPrice(form),
    ),
  );
}

function read(option: CriterionOption, text: string): OptionValue {
  if (option.kind === "number") return Number(text);
  return option.kind === "boolean" ? text === "true" : text;
}

function drawSkippedCriteria(content: Box, skippedCriteria: readonly CriterionInfo[]): void {
  const box = ensureElement(content, "div", "skipped")
    .attr("hidden", skippedCriteria.length ? null : "")
    .attr("data-testid", "skipped-criteria");
  ensureElement(box, "h3", "title").text("Skipped criteria: fix their files and restart the server");
  ensureElement(box, "dl", "list")
    .selectAll<HTMLElement, CriterionInfo>(":scope > div")
    .data(skippedCriteria, ({ name, source }) => `${source} ${name}`)
    .join((enter) => {
      const entry = enter.append("div");
      entry.append("dt");
      entry.append("dd");
      return entry;
    })
    .each(function ({ name, source, error }) {
      this.querySelector("dt")!.textContent = `${name} (${source ?? ""})`;
      this.querySelector("dd")!.textContent = error;
    });
}
