/** What stands where there is nothing yet: one bold line, one sentence, at most one button. */
import { ensureElement, type Box } from "../marks/elements";

export interface Empty {
  readonly title: string;
  readonly sentence: string;
  readonly button?: { readonly text: string; run(): void };
}

export function drawEmpty(box: Box, empty: Empty | null): void {
  const holder = ensureElement(box, "div", "empty").attr("hidden", empty ? null : "");
  if (!empty) return;
  ensureElement(holder, "b", "title").text(empty.title);
  ensureElement(holder, "span", "sentence-text").text(empty.sentence);
  ensureElement(holder, "button", "btn")
    .attr("type", "button")
    .attr("hidden", empty.button ? null : "")
    .text(empty.button?.text ?? "")
    .on("click", () => empty.button?.run());
}
