/** Thumbnails of samples, which are marked ▼ if degraded and ▲ if improved. */
import { buildUrl } from "../../api/url";
import type { Sample } from "../../api/values";
import { formatPercent } from "../../marks/format";
import type { Box } from "../../marks/elements";
import { drawIfChanged } from "../../marks/drawIfChanged";

export interface ThumbsData {
  readonly experiment: number;
  readonly samples: readonly Sample[];
  readonly classes: readonly string[];
  readonly chosen: number | null;
  /** Maximum number of samples that are shown. */
  readonly maxThumbs: number;
  /** Side length of a thumbnail, in pixels. */
  readonly size: number;
}

export interface ThumbsCallbacks {
  onChoose(sample: number): void;
  onHover(sample: Sample | null): void;
}

const CHANGE_SYMBOLS = { degraded: "▼", improved: "▲", same: "" } as const;

export const pictureUrl = (experiment: number, sample: number, size: number): string =>
  buildUrl("/api/experiments/{experiment_id}/samples/{sample}/image", { experiment_id: experiment, sample }, { size });

export function describeSample(
  { label, predicted, probability, before, change }: Sample,
  classes: readonly string[],
): string {
  const text = `true class ${classes[label]}, predicted ${classes[predicted]} with probability ${formatPercent(probability)}`;
  return before === null || change === "same" ? text : `${text}, ${change}: predicted ${classes[before]} before`;
}

/**
 * Draws the thumbnails, but only if the data have changed. Callbacks must therefore read the State when called, not
 * when created.
 */
export const drawThumbs = (box: Box, data: ThumbsData, callbacks: ThumbsCallbacks): void =>
  drawIfChanged(box, "thumbs", data, (changedData) => drawPictures(box, changedData, callbacks));

function drawPictures(box: Box, data: ThumbsData, { onChoose, onHover }: ThumbsCallbacks): void {
  const { experiment, classes, chosen, maxThumbs, size } = data;
  const samples = data.samples.slice(0, maxThumbs);
  const focusableSample = samples.find(({ sample }) => sample === chosen) ?? samples[0];
  box
    .classed("thumbs", true)
    .attr("role", "group")
    .attr("aria-label", "Samples")
    .style("--thumb", `${size}px`)
    .selectAll<HTMLButtonElement, Sample>(":scope > button")
    .data(samples, ({ sample }) => `${experiment}:${sample}`)
    .join((enter) => {
      const button = enter.append("button").attr("type", "button");
      button.append("img").attr("alt", "").attr("loading", "lazy").attr("decoding", "async");
      button.append("i");
      return button;
    })
    .order()
    .attr("data-testid", ({ sample }) => `sample-${sample}`)
    .attr("aria-pressed", ({ sample }) => sample === chosen)
    .attr("aria-label", (sample) => `Sample ${sample.sample}: ${describeSample(sample, classes)}`)
    .attr("tabindex", (sample) => (sample === focusableSample ? 0 : -1))
    .on("click", (_, { sample }) => onChoose(sample))
    .on("pointerenter focus", (_, sample) => onHover(sample))
    .on("pointerleave blur", () => onHover(null))
    .on("keydown", (event: KeyboardEvent) => moveThumbFocus(event, size))
    .each(function ({ sample, change }) {
      const url = pictureUrl(experiment, sample, size);
      const image = this.querySelector("img")!;
      if (image.getAttribute("src") !== url) image.src = url;
      this.querySelector("i")!.textContent = CHANGE_SYMBOLS[change];
    });
}

/** Moves the focus with the arrow keys; Up and Down move it by one row. */
function moveThumbFocus(event: KeyboardEvent, size: number): void {
  const button = event.currentTarget as HTMLElement;
  const buttons = [...button.parentElement!.querySelectorAll<HTMLElement>(":scope > button")];
  const row = Math.max(1, Math.floor(button.parentElement!.clientWidth / (size + 3)));
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  buttons[buttons.indexOf(button) + step]?.focus();
}
