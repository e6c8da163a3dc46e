/**
 * Labelled form fields, and functions that read them. A field is created only once, so that typed values survive
 * redraws.
 */
import { select as d3select } from "d3-selection";
import { type Box, ensureElement } from "../../marks/elements";
import type { TrainingChoice } from "../../api/values";

export interface Option {
  readonly value: string;
  readonly text: string;
  /** Heading under which the option appears in the drop-down list. */
  readonly group?: string;
}

export interface Choice {
  readonly name: string;
  readonly label: string;
  readonly choices: readonly Option[];
  readonly isHidden?: boolean;
}

export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly type: "text" | "number";
  readonly value?: string;
  readonly placeholder?: string;
  readonly pattern?: string;
  readonly isRequired?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number | "any";
  /** Id of the `<datalist>` element with suggestions for the value. */
  readonly list?: string;
  readonly isHidden?: boolean;
}

export function drawSelect(form: Box, { name, label, choices, isHidden = false }: Choice, onChange: () => void): void {
  drawLabel(form, name, label, isHidden);
  const select = ensureElement(form, "select", `field ${name}`).attr("id", `new-${name}`).attr("name", name);
  select.attr("hidden", isHidden ? "" : null).on("change", onChange);
  drawOptions(
    select,
    choices.filter(({ group }) => group === undefined),
  );
  const groups = [...new Set(choices.flatMap(({ group }) => group ?? []))];
  select
    .selectAll<HTMLOptGroupElement, string>(":scope > optgroup")
    .data(groups, (group) => group)
    .join("optgroup")
    .attr("label", (group) => group)
    .each(function (group) {
      drawOptions(
        d3select(this) as unknown as Box,
        choices.filter((choice) => choice.group === group),
      );
    });
}

function drawOptions(parent: Box, choices: readonly Option[]): void {
  parent
    .selectAll<HTMLOptionElement, Option>(":scope > option")
    .data(choices, ({ value }) => value)
    .join("option")
    .attr("value", ({ value }) => value)
    .text(({ text }) => text);
}

export function drawField(
  form: Box,
  { name, label, type, isHidden = false, value, isRequired = false, ...limits }: FormField,
): void {
  drawLabel(form, name, label, isHidden);
  const input = ensureElement(form, "input", `field ${name}`)
    .attr("id", `new-${name}`)
    .attr("name", name)
    .attr("type", type);
  input.classed("number", type === "number").attr("hidden", isHidden ? "" : null);
  input.attr("required", isRequired && !isHidden ? "" : null);
  if (value !== undefined && !input.attr("value")) input.attr("value", value);
  for (const [attribute, limit] of Object.entries(limits)) input.attr(attribute, limit);
}

/** Draws the datalist with this id, which suggests values for a text field. */
export function drawSuggestions(form: Box, id: string, values: readonly string[]): void {
  ensureElement(form, "datalist", id)
    .attr("id", id)
    .selectAll<HTMLOptionElement, string>(":scope > option")
    .data(values, (value) => value)
    .join("option")
    .order()
    .attr("value", (value) => value);
}

export function drawHelpText(form: Box, name: string, text: string): void {
  ensureElement(form, "span", `help ${name}`)
    .text(text)
    .attr("hidden", text ? null : "");
}

const drawLabel = (form: Box, name: string, label: string, isHidden: boolean): void => {
  ensureElement(form, "label", name)
    .attr("for", `new-${name}`)
    .attr("hidden", isHidden ? "" : null)
    .text(label);
};

type Control = HTMLInputElement | HTMLSelectElement;

export const readText = (form: Box, name: string): string =>
  form.select<Control>(`[name="${name}"]`).node()?.value.trim() ?? "";

export function readNumber(form: Box, name: string): number | null {
  const text = readText(form, name);
  return text === "" || !Number.isFinite(Number(text)) ? null : Number(text);
}

/** Reads a percentage from a field and returns it as a share, 0–1; null if the field contains no number. */
export function readPercentAsShare(form: Box, name: string): number | null {
  const percent = readNumber(form, name);
  return percent === null ? null : percent / 100;
}

/**
 * Training settings that leave every value to the server. `images` is omitted on purpose, because null would mean all
 * images.
 */
export const defaultTraining: TrainingChoice = {};

/**
 * Calls `onSubmit` when the form is submitted or Enter is pressed in a field. Browsers themselves submit a form on Enter
 * only if it has a single field or a submit button.
 */
export function listenToSubmit(form: Box, onSubmit: () => void): void {
  form.on("keydown", (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    onSubmit();
  });
  form.on("submit", (event: Event) => {
    event.preventDefault();
    onSubmit();
  });
}
