/** The strongest samples of the filter that is looked at. */
import type { LayerFilter } from "../../../api/values";
import { formatValue } from "../../../marks/format";
import { ensureElement, type Box } from "../../../marks/elements";
import { pictureUrl } from "../../samples/thumbs";

export interface StripData {
  readonly experiment: number;
  readonly layer: string;
  readonly number: number;
  readonly found: LayerFilter | null;
  readonly sample: number | null;
}

export interface StripCallbacks {
  onChoose(sample: number): void;
  onHover(sample: number | null): void;
  onClose(): void;
}

const PICTURE = 32;

type Top = LayerFilter["top"][number];

/** null: no filter is looked at. */
export function drawStrip(box: Box, data: StripData | null, { onChoose, onHover, onClose }: StripCallbacks): void {
  box.attr("hidden", data ? null : "").attr("data-testid", "strongest");
  if (!data) return;
  const { layer, number, found, experiment, sample } = data;
  const line = ensureElement(box, "div", "line");
  ensureElement(line, "b", "title").text(`${layer} · filter ${number}`);
  ensureElement(line, "span", "about").text(describe(found));
  ensureElement(line, "span", "grow");
  ensureElement(line, "button", "icon")
    .attr("type", "button")
    .attr("title", "Close (Enter on the card)")
    .attr("aria-label", "Close")
    .text("✕")
    .on("click", () => onClose());
  const pictures = ensureElement(box, "div", "thumbs");
  pictures
    .style("--thumb", `${PICTURE}px`)
    .attr("role", "group")
    .attr("aria-label", "Strongest samples")
    .selectAll<HTMLButtonElement, Top>(":scope > button")
    .data(found?.top ?? [], (one) => one.sample)
    .join((enter) => {
      const made = enter.append("button").attr("type", "button");
      made.append("img").attr("alt", "").attr("width", PICTURE).attr("height", PICTURE);
      return made;
    })
    .order()
    .attr("aria-pressed", (one) => one.sample === sample)
    .attr("aria-label", (one) => `Sample ${one.sample}, activation ${formatValue(one.activation)}`)
    .attr("title", (one) => `Sample ${one.sample}, activation ${formatValue(one.activation)}`)
    .on("click", (_, one) => onChoose(one.sample))
    .on("pointerenter focus", (_, one) => onHover(one.sample))
    .on("pointerleave blur", () => onHover(null))
    .each(function (one) {
      const url = pictureUrl(experiment, one.sample, PICTURE);
      const image = this.querySelector("img")!;
      if (image.getAttribute("src") !== url) image.src = url;
    });
}

function describe(found: LayerFilter | null): string {
  if (!found) return "strongest samples on the way";
  return found.top.length === 0
    ? "silent on every sample"
    : `mean activation ${formatValue(found.mean)}; strongest samples:`;
}
