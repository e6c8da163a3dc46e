/** Dialog about the criterion on the x axis: what it is, the form of its options, and which ones were skipped. */
import type { CriterionInfo, CriterionOption } from "../../../api/values";
import { type Box, ensureElement } from "../../../marks/elements";
import {
  criterionInfo,
  parseOptions,
  skipped,
  type Setting,
  type Settings,
  formatSpec,
} from "../../../state/selectors/criteria";
import type { Actions } from "../../../state/actions";
import type { State } from "../../../state/state";
import { drawButtons } from "../../dialogs/buttons";
import { drawChoice, drawField, drawHelpText } from "../../dialogs/fields";

export interface CriterionDialogData {
  readonly info: CriterionInfo;
  /** Its options as they are now. */
  readonly spec: string;
  readonly skipped: readonly CriterionInfo[];
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
    { info, spec: criterion, skipped: skipped(state.server.criteria) },
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
  { info, spec, skipped: broken }: CriterionDialogData,
  callbacks: CriterionDialogCallbacks,
): void {
  ensureElement(content, "p", "what paragraph").text(`${info.title}. ${info.help}`);
  ensureElement(content, "p", "origin paragraph dim small").text(factsOf(info));
  const form = ensureElement(content, "div", "form fields");
  const isNew = form.select("input, select").empty();
  for (const option of info.options) drawOption(form, option);
  if (isNew) fill(form, info.options, parseOptions(info, spec));
  drawSkipped(content, broken);
  const use = { text: "Show these scores", isMain: true, run: () => submit(form, info, callbacks) };
  const defaults = { text: "Defaults", run: () => fill(form, info.options, parseOptions(info, info.name)) };
  drawButtons(
    content,
    info.options.length
      ? [{ text: "Cancel", run: callbacks.onClose }, defaults, use]
      : [{ text: "Close", isMain: true, run: callbacks.onClose }],
  );
}

function factsOf({ needs, keep, source }: CriterionInfo): string {
  const from = source === null ? "Comes with the program." : `Yours, from ${source}.`;
  return `${from} Looks at ${needs.length ? needs.join(" and ") : "nothing"}; ${keep} scores are kept.`;
}

function drawOption(form: Box, option: CriterionOption): void {
  const named = { name: `option-${option.name}`, label: option.title };
  if (option.kind === "number") {
    drawField(form, { ...named, type: "number", min: option.low, max: option.high, step: option.whole ? 1 : "any" });
  } else {
    const words = option.kind === "choice" ? option.choices.map((value) => ({ value, text: value })) : YES_NO;
    drawChoice(form, { ...named, choices: words }, () => undefined);
  }
  const range = option.kind === "number" ? `${option.low} to ${option.high}${option.whole ? ", whole" : ""}. ` : "";
  drawHelpText(form, named.name, `${range}${option.help}`);
  field(form, option).setAttribute("title", `${range}${option.help}`);
}

const YES_NO = [
  { value: "false", text: "no" },
  { value: "true", text: "yes" },
];

const field = (form: Box, { name }: CriterionOption): HTMLInputElement =>
  form.select<HTMLInputElement>(`[name=option-${name}]`).node()!;

function fill(form: Box, options: readonly CriterionOption[], settings: Settings): void {
  for (const option of options) field(form, option).value = String(settings[option.name]);
}

/** A field out of its range says so itself; nothing is sent then. */
function submit(form: Box, info: CriterionInfo, { onChoose }: CriterionDialogCallbacks): void {
  const wrong = info.options
    .map((option) => field(form, option))
    .find((one) => one.value === "" || !one.checkValidity());
  if (wrong) {
    wrong.required = true;
    wrong.reportValidity();
    return;
  }
  onChoose(
    formatSpec(
      info,
      Object.fromEntries(info.options.map((option) => [option.name, read(option, field(form, option).value)])),
    ),
  );
}

function read(option: CriterionOption, text: string): Setting {
  if (option.kind === "number") return Number(text);
  return option.kind === "boolean" ? text === "true" : text;
}

function drawSkipped(content: Box, broken: readonly CriterionInfo[]): void {
  const box = ensureElement(content, "div", "skipped")
    .attr("hidden", broken.length ? null : "")
    .attr("data-testid", "skipped-criteria");
  ensureElement(box, "h3", "title").text("Skipped: mend the file and start the server again");
  ensureElement(box, "dl", "list")
    .selectAll<HTMLElement, CriterionInfo>(":scope > div")
    .data(broken, ({ name, source }) => `${source} ${name}`)
    .join((enter) => {
      const made = enter.append("div");
      made.append("dt");
      made.append("dd");
      return made;
    })
    .each(function ({ name, source, error }) {
      this.querySelector("dt")!.textContent = `${name} (${source ?? ""})`;
      this.querySelector("dd")!.textContent = error;
    });
}
