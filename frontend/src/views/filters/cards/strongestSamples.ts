/** Draws the samples of the selection split that activate the chosen filter most. */
import type { LayerFilter } from "../../../api/values";
import { formatValue } from "../../../marks/format";
import { ensureElement, showOrClear, type Box } from "../../../marks/elements";
import { pictureUrl } from "../../samples/thumbs";

export interface StrongestSamplesData {
  readonly experiment: number;
  readonly layer: string;
  readonly number: number;
  readonly activations: LayerFilter | null;
  readonly sample: number | null;
}

export interface StrongestSamplesCallbacks {
  onChoose(sample: number): void;
  onHover(sample: number | null): void;
  onClose(): void;
}

const THUMB_SIZE = 32;

type Top = LayerFilter["top"][number];

/**
 * Draws thumbnails of the samples, highest activation first; clears them if `data` is null because no filter is chosen.
 */
export function drawStrongestSamples(
  box: Box,
  data: StrongestSamplesData | null,
  { onChoose, onHover, onClose }: StrongestSamplesCallbacks,
): void {
  showOrClear(box.attr("data-testid", "strongest"), data !== null);
  if (!data) return;
  const { layer, number, activations, experiment, sample } = data;
  const line = ensureElement(box, "div", "line");
  ensureElement(line, "b", "title").text(`${layer} · filter ${number}`);
  ensureElement(line, "span", "about").text(describe(activations));
  ensureElement(line, "span", "grow");
  ensureElement(line, "button", "icon")
    .attr("type", "button")
    .attr("title", "Close (or press Enter on the card)")
    .attr("aria-label", "Close")
    .text("✕")
    .on("click", () => onClose());
  const pictures = ensureElement(box, "div", "thumbs");
  pictures
    .style("--thumb", `${THUMB_SIZE}px`)
    .attr("role", "group")
    .attr("aria-label", "Samples that activate the filter most")
    .selectAll<HTMLButtonElement, Top>(":scope > button")
    .data(activations?.top ?? [], ({ sample }) => sample)
    .join((enter) => {
      const button = enter.append("button").attr("type", "button");
      button.append("img").attr("alt", "").attr("width", THUMB_SIZE).attr("height", THUMB_SIZE);
      return button;
    })
    .order()
    .attr("aria-pressed", (item) => item.sample === sample)
    .attr("aria-label", (item) => `Sample ${item.sample}, activation ${formatValue(item.activation)}`)
    .attr("title", (item) => `Sample ${item.sample}, activation ${formatValue(item.activation)}`)
    .on("click", (_, item) => onChoose(item.sample))
    .on("pointerenter focus", (_, item) => onHover(item.sample))
    .on("pointerleave blur", () => onHover(null))
    .each(function (item) {
      const url = pictureUrl(experiment, item.sample, THUMB_SIZE);
      const image = this.querySelector("img")!;
      if (image.getAttribute("src") !== url) image.src = url;
    });
}

function describe(activations: LayerFilter | null): string {
  if (!activations) return "loading the samples that activate it most";
  return activations.top.length === 0
    ? "inactive on every sample"
    : `mean activation ${formatValue(activations.mean)}; highest for these samples:`;
}
