/**
 * One card in the list of filters. It shows the number of the filter, its feature map, a histogram of its activations
 * or the samples that activate it most, and bars for its score and instability.
 */
import { select } from "d3-selection";
import type { Box } from "../../../marks/elements";
import { HISTOGRAM_SIZE } from "./layout";
import type { Card } from "./data";

/** Creates the elements of a card. They are filled by `fillCard` at every draw. */
export function makeCard(button: HTMLButtonElement): void {
  button.innerHTML =
    '<span class="no"><span class="unseen">Filter </span><b></b><i class="override"></i><em></em></span>' +
    '<span class="pic"><img alt=""><span class="skel"></span><span class="note"></span><svg class="hist" aria-hidden="true"><path class="axis"/><path class="bars"/></svg><span class="tops"></span></span>' +
    '<span class="bar score" aria-hidden="true"><s></s><u><q></q></u></span><span class="bar inst" aria-hidden="true"><s>inst</s><u><q></q></u></span>';
}

export function fillCard(button: HTMLButtonElement, card: Card, scoreName: string): void {
  const box: Box = select<HTMLElement, unknown>(button);
  box
    .classed("removed", card.isRemoved)
    .classed("frozen", card.frozenReason !== null)
    .classed("marked", card.hasCursor);
  box.select(".no b").text(card.number);
  box.select(".no .override").text(card.isOverridden ? "◉ by hand" : "");
  box.select(".no em").text(card.isRemoved ? "✕" : "");
  fillPicture(box, card);
  fillBar(box.select<HTMLElement>(".bar.score"), scoreName, card.score);
  fillBar(box.select<HTMLElement>(".bar.inst"), "inst", card.instability);
}

function fillPicture(box: Box, { imageUrl, histogram, strongestSampleUrls, note }: Card): void {
  box
    .select(".pic .note")
    .attr("hidden", note === null ? "" : null)
    .text(note ?? "");
  const image = box.select<HTMLImageElement>(".pic img");
  image.attr("hidden", imageUrl === null || note !== null ? "" : null);
  if (imageUrl !== null && image.attr("src") !== imageUrl) image.attr("src", imageUrl);
  box.select(".pic .skel").attr("hidden", imageUrl === null ? null : "");
  box.select(".pic .hist").attr("hidden", histogram ? null : "");
  if (histogram) box.select(".pic .bars").attr("d", histogramPath(histogram));
  box
    .select(".pic .tops")
    .attr("hidden", strongestSampleUrls.length > 0 ? null : "")
    .selectAll<HTMLImageElement, string>("img")
    .data(strongestSampleUrls)
    .join((enter) => enter.append("img").attr("alt", "").attr("loading", "lazy"))
    .each(function (url) {
      if (this.getAttribute("src") !== url) this.src = url;
    });
}

/**
 * Returns the SVG path of a histogram with horizontal bars, whose first bin is at the bottom. `lengths` are in pixels.
 */
function histogramPath(lengths: readonly number[]): string {
  const step = HISTOGRAM_SIZE.height / lengths.length;
  return lengths
    .map((length, bin) =>
      length > 0
        ? `M1,${(HISTOGRAM_SIZE.height - (bin + 1) * step + 0.25).toFixed(2)}h${length.toFixed(1)}v${(step - 0.5).toFixed(2)}H1z`
        : "",
    )
    .join("");
}

function fillBar(bar: Box, name: string, share: number | null): void {
  bar.select("s").text(name);
  bar.select("q").style("width", `${(100 * (share ?? 0)).toFixed(1)}%`);
}
