/** Under the map: how many of how many are marked and chosen, and how the layout was made. */
import type { Embedding, Node } from "../../api/values";
import { formatCount, formatOf } from "../../marks/format";
import { part, type Box } from "../../marks/part";

export interface FootData {
  readonly marked: number;
  readonly images: number;
  /** Fewer than the images where they are many. */
  readonly drawn: number;
  /** Which samples are chosen, and how many; null without. */
  readonly pick: { readonly name: string; readonly count: number } | null;
  readonly layout: string;
  readonly canZoomOut: boolean;
  readonly isRunning: boolean;
  /** Room to say how samples are chosen. */
  readonly hasHint: boolean;
}

export interface FootCallbacks {
  onDrop(): void;
  onZoomOut(): void;
  onStop(): void;
}

export function drawFoot(row: Box, data: FootData, { onDrop, onZoomOut, onStop }: FootCallbacks): void {
  const { marked, images, drawn, pick, layout, canZoomOut, isRunning, hasHint } = data;
  const some = drawn > 0 && drawn < images ? `, ${formatCount(drawn)} drawn` : "";
  part(row, "span", "marked").attr("data-testid", "marked").text(`${formatOf(marked, images)} marked${some}`);
  part(row, "button", "pick-chip")
    .attr("type", "button")
    .attr("data-testid", "drop-pick")
    .attr("hidden", pick ? null : "")
    .attr("title", "Let go of the chosen samples (Esc in the map)")
    .text(pick ? `${pick.name}: ${formatOf(pick.count, images)} ✕` : "")
    .on("click", () => onDrop());
  part(row, "span", "how")
    .attr("hidden", hasHint && !pick && drawn > 0 ? null : "")
    .attr("title", "Shift-drag draws a lasso, Shift-click adds one sample. By key: arrows, then Shift → and Shift ← for more and fewer about the cursor")
    .text("Shift-drag: choose");
  part(row, "span", "grow");
  part(row, "span", "layout").text(layout).attr("title", layout);
  part(row, "button", "link all").attr("type", "button").attr("hidden", canZoomOut ? null : "").attr("title", "Show all of the map (0)").text("show all").on("click", () => onZoomOut());
  part(row, "button", "link stop").attr("type", "button").attr("hidden", isRunning ? null : "").attr("title", "Stop the layout").text("stop").on("click", () => onStop());
}

/** "t-SNE, layout kept from node 1" */
export function describeLayout({ initial_id, perplexity }: Embedding, nodes: Readonly<Record<number, Node>>): string {
  const start = nodes[initial_id ?? -1];
  return start ? `t-SNE, layout kept from node ${start.number}` : `t-SNE, perplexity ${perplexity}`;
}
