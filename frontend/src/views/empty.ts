/** What a view shows instead of missing data: a bold title, a sentence, and at most one button. */
import { ensureElement, type Box } from "../marks/elements";

export interface EmptyState {
  readonly title: string;
  readonly sentence: string;
  readonly button?: { readonly text: string; run(): void };
}

export function drawEmptyState(box: Box, emptyState: EmptyState | null): void {
  const container = ensureElement(box, "div", "empty").attr("hidden", emptyState ? null : "");
  if (!emptyState) return;
  ensureElement(container, "b", "title").text(emptyState.title);
  ensureElement(container, "span", "sentence-text").text(emptyState.sentence);
  ensureElement(container, "button", "btn")
    .attr("type", "button")
    .attr("hidden", emptyState.button ? null : "")
    .text(emptyState.button?.text ?? "")
    .on("click", () => emptyState.button?.run());
}
