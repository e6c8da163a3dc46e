/**
 * The area beside the confusion matrix: a description of the chosen cell, thumbnails of its samples, and the colour
 * legend.
 */
import type { Confusion, Sample } from "../../api/values";
import { fitText, formatCount, formatCountOfTotal, formatPlural, formatShare } from "../../marks/format";
import { ensureElement, type Box } from "../../marks/elements";
import type { Cell, ConfusionMatrixMode } from "../../state/choice";
import { drawThumbs, type ThumbsCallbacks, type ThumbsData } from "../samples/thumbs";
import type { MatrixLayout } from "./layout";
import { sequentialColours } from "../../marks/colour";

export interface CellData {
  readonly confusion: Confusion;
  readonly cell: Cell | null;
  /** Description of the chosen samples; null if they are the samples of a cell, or if no samples are chosen. */
  readonly chosenSamplesText: string | null;
  readonly samples: readonly Sample[] | null;
  readonly thumbs: Omit<ThumbsData, "samples" | "maxThumbs" | "size">;
  /** Number of thumbnails for which there is room. */
  readonly maxThumbs: number;
  /** Width of the area beside the matrix, in pixels. */
  readonly width: number;
  readonly layout: MatrixLayout;
  readonly isDark: boolean;
}

const THUMB_SIZE = 32;
const NO_SAMPLES: readonly Sample[] = [];

/** Describes a cell: "cat predicted as dog: 37 images, +6 vs. parent; 12 of 37 chosen". */
export function describeCell(
  { classes, counts, parent_counts: before }: Confusion,
  { label, predicted }: Cell,
  chosenSampleCounts: ReadonlyMap<string, number> | null = null,
): string {
  const count = counts[label]![predicted]!;
  const chosen = chosenSampleCounts
    ? `; ${formatCountOfTotal(chosenSampleCounts.get(`${label}-${predicted}`) ?? 0, count)} chosen`
    : "";
  return `${cellName(classes, { label, predicted })}: ${formatPlural(count, "image")}${describeChangeFromParent(count, before?.[label]![predicted])}${chosen}`;
}

const cellName = (classes: readonly string[], { label, predicted }: Cell): string =>
  label === predicted
    ? `${classes[label]} predicted correctly`
    : `${classes[label]} predicted as ${classes[predicted]}`;

function describeChangeFromParent(count: number, before: number | undefined): string {
  if (before === undefined) return "";
  const change = count - before;
  return change === 0 ? ", same as parent" : `, ${change > 0 ? "+" : "−"}${Math.abs(change)} vs. parent`;
}

export function drawCell(box: Box, data: CellData, callbacks: ThumbsCallbacks): void {
  const { confusion, cell, chosenSamplesText, samples, maxThumbs } = data;
  ensureElement(box, "b", "name").text(
    cell ? cellName(confusion.classes, cell) : (chosenSamplesText ?? "Misclassified"),
  );
  const wordings = listFooterTexts(data);
  ensureElement(box, "span", "count").text(fitText(wordings, data.width)).attr("title", wordings[0]!);
  drawThumbs(
    ensureElement(box, "div", "pictures"),
    { ...data.thumbs, samples: samples ?? NO_SAMPLES, maxThumbs, size: THUMB_SIZE },
    callbacks,
  );
  drawLegend(ensureElement(box, "div", "legend"), data);
}

/**
 * Lists wordings of the text that says how many images are shown, from the longest to the shortest. The first wording
 * that fits is used.
 */
function listFooterTexts({ confusion, cell, chosenSamplesText, samples, maxThumbs }: CellData): readonly string[] {
  if (chosenSamplesText !== null) return listImageCountTexts(samples?.length ?? 0, confusion.images);
  if (!cell) {
    const correct = confusion.counts.reduce((sum, row, label) => sum + row[label]!, 0);
    return listImageCountTexts(confusion.images - correct, confusion.images);
  }
  const count = confusion.counts[cell.label]![cell.predicted]!;
  const change = describeChangeFromParent(count, confusion.parent_counts?.[cell.label]![cell.predicted]).replace(
    /^, /,
    " · ",
  );
  const shown = Math.min(samples?.length ?? 0, maxThumbs, count);
  const countText = shown === 0 ? formatCount(count) : formatCountOfTotal(shown, count);
  return [`${countText}${change}`, `${countText}${change.replace(" vs. parent", "").replace("same as parent", "±0")}`];
}

function listImageCountTexts(count: number, total: number): readonly string[] {
  const countText = formatCountOfTotal(count, total);
  return [`${countText} images`, countText];
}

function drawLegend(box: Box, { layout: { mode, colorScaleMax, maxOffDiagonal: maxError }, isDark }: CellData): void {
  const from = mode === "row" ? 0 : Math.min(1, maxError);
  const colourStops = [0, 0.25, 0.5, 0.75, 1].map(
    (share) => sequentialColours(Math.max(0.02, (from + share * (maxError - from)) / colorScaleMax), isDark).fill,
  );
  ensureElement(box, "i", "bar")
    .attr("hidden", maxError > 0 ? null : "")
    .style("background", `linear-gradient(90deg, ${colourStops.join(",")})`);
  const [low, high] = legendEndLabels(mode, maxError);
  ensureElement(box, "span", "low").text(low);
  ensureElement(box, "span", "high").text(high);
  ensureElement(box, "span", "note").text(
    mode === "delta" ? "diagonal: accuracy change, points" : "diagonal: % correct",
  );
}

/** Returns the labels at the two ends of the colour legend, for the lightest and the darkest colour that is used. */
function legendEndLabels(mode: ConfusionMatrixMode, largestValue: number): readonly [string, string] {
  if (largestValue === 0) return [mode === "delta" ? "no added errors" : "no errors", ""];
  if (mode === "row") return ["0", `${formatShare(largestValue, largestValue < 0.01 ? 1 : 0)}% of the row`];
  const sign = mode === "delta" ? "+" : "";
  const unit = mode === "delta" ? "vs. parent" : formatPlural(largestValue, "error").replace(/^\S+ /, "");
  return largestValue === 1 ? [`${sign}1 ${unit}`, ""] : [`${sign}1`, `${sign}${largestValue} ${unit}`];
}
