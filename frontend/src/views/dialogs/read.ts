/** Reading the fields of a dialog. An empty field is null: the server's usual value. */
import type { TrainingChoice } from "../../api/values";
import type { Box } from "../../marks/part";

type Control = HTMLInputElement | HTMLSelectElement;

export const readText = (form: Box, name: string): string =>
  form.select<Control>(`[name="${name}"]`).node()?.value.trim() ?? "";

export function readNumber(form: Box, name: string): number | null {
  const text = readText(form, name);
  return text === "" || !Number.isFinite(Number(text)) ? null : Number(text);
}

/** A field in percent, as a share. */
export function readShare(form: Box, name: string): number | null {
  const percent = readNumber(form, name);
  return percent === null ? null : percent / 100;
}

/** Nothing chosen: all as the server has it. `images: null` would choose all images. */
export const noTraining: TrainingChoice = {};

/** Enter in a field submits too: browsers do that by themselves only where a form has one field or a button of its own. */
export function onSubmit(form: Box, submit: () => void): void {
  form.on("keydown", (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    submit();
  });
  form.on("submit", (event: Event) => {
    event.preventDefault();
    submit();
  });
}
