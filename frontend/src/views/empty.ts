/** What stands where there is nothing yet: one bold line, one sentence, at most one button. */
import { part, type Box } from "../marks/part";

export interface Empty {
  readonly title: string;
  readonly sentence: string;
  readonly button?: { readonly text: string; run(): void };
}

export function drawEmpty(box: Box, empty: Empty | null): void {
  const holder = part(box, "div", "empty").attr("hidden", empty ? null : "");
  if (!empty) return;
  part(holder, "b", "title").text(empty.title);
  part(holder, "span", "sentence-text").text(empty.sentence);
  part(holder, "button", "btn")
    .attr("type", "button")
    .attr("hidden", empty.button ? null : "")
    .text(empty.button?.text ?? "")
    .on("click", () => empty.button?.run());
}
