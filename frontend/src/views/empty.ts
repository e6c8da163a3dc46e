/** An empty state: a bold title, a sentence, and at most one button. */
import { ensureElement, type Box } from "../marks/elements";

export interface EmptyState {
  readonly title: string;
  readonly sentence: string;
  readonly button?: { readonly text: string; run(): void };
}

export function drawEmptyState(box: Box, emptyState: EmptyState | null): void {
  const holder = ensureElement(box, "div", "empty").attr("hidden", emptyState ? null : "");
  if (!emptyState) return;
  ensureElement(holder, "b", "title").text(emptyState.title);
  ensureElement(holder, "span", "sentence-text").text(emptyState.sentence);
  ensureElement(holder, "button", "btn")
    .attr("type", "button")
    .attr("hidden", emptyState.button ? null : "")
    .text(emptyState.button?.text ?? "")
    .on("click", () => emptyState.button?.run());
}
