/** Beside the matrix: the chosen cell in words and its pictures. */
import type { Confusion, Sample } from "../../api/values";
import { fitText, formatCount, formatOutOf, formatPlural, formatShare } from "../../marks/format";
import { ensureElement, type Box } from "../../marks/elements";
import type { Cell, ConfusionMode } from "../../state/choice";
import { drawThumbs, type ThumbsCallbacks, type ThumbsData } from "../samples/thumbs";
import type { MatrixLayout } from "./layout";
import { paintSequence } from "../../marks/colour";

export interface CellData {
  readonly confusion: Confusion;
  readonly cell: Cell | null;
  /** Name of a class or lasso whose samples are chosen; null without one. */
  readonly pick: string | null;
  readonly samples: readonly Sample[] | null;
  readonly thumbs: Omit<ThumbsData, "samples" | "most" | "size">;
  /** How many pictures find room. */
  readonly room: number;
  /** Pixels for the words. */
  readonly width: number;
  readonly layout: MatrixLayout;
  readonly isDark: boolean;
}

const THUMB = 32;
const noSamples: readonly Sample[] = [];

/** "cat called dog: 37 images, +6 to parent; 12 of 37 chosen" */
export function describeCell(
  { classes, counts, parent_counts: before }: Confusion,
  { label, predicted }: Cell,
  picked: ReadonlyMap<string, number> | null = null,
): string {
  const count = counts[label]![predicted]!;
  const chosen = picked ? `; ${formatOutOf(picked.get(`${label}-${predicted}`) ?? 0, count)} chosen` : "";
  return `${nameCell(classes, { label, predicted })}: ${formatPlural(count, "image")}${describeChange(count, before?.[label]![predicted])}${chosen}`;
}

const nameCell = (classes: readonly string[], { label, predicted }: Cell): string =>
  label === predicted ? `${classes[label]} called right` : `${classes[label]} called ${classes[predicted]}`;

function describeChange(count: number, before: number | undefined): string {
  if (before === undefined) return "";
  const change = count - before;
  return change === 0 ? ", as the parent" : `, ${change > 0 ? "+" : "−"}${Math.abs(change)} to parent`;
}

export function drawCell(box: Box, data: CellData, callbacks: ThumbsCallbacks): void {
  const { confusion, cell, pick, samples, room } = data;
  ensureElement(box, "b", "name").text(cell ? nameCell(confusion.classes, cell) : (pick ?? "Called wrong"));
  const wordings = listCounts(data);
  ensureElement(box, "span", "count").text(fitText(wordings, data.width)).attr("title", wordings[0]!);
  drawThumbs(
    ensureElement(box, "div", "pictures"),
    { ...data.thumbs, samples: samples ?? noSamples, most: room, size: THUMB },
    callbacks,
  );
  drawLegend(ensureElement(box, "div", "legend"), data);
}

/** From long to short. */
function listCounts({ confusion, cell, pick, samples, room }: CellData): readonly string[] {
  if (pick !== null) return countImages(samples?.length ?? 0, confusion.images);
  if (!cell) {
    const right = confusion.counts.reduce((sum, row, label) => sum + row[label]!, 0);
    return countImages(confusion.images - right, confusion.images);
  }
  const count = confusion.counts[cell.label]![cell.predicted]!;
  const change = describeChange(count, confusion.parent_counts?.[cell.label]![cell.predicted]).replace(/^, /, " · ");
  const shown = Math.min(samples?.length ?? 0, room, count);
  const counted = shown === 0 ? formatCount(count) : formatOutOf(shown, count);
  return [`${counted}${change}`, `${counted}${change.replace(" to parent", "").replace("as the parent", "±0")}`];
}

function countImages(some: number, all: number): readonly string[] {
  const counted = formatOutOf(some, all);
  return [`${counted} images`, counted];
}

function drawLegend(box: Box, { layout: { mode, most, largest }, isDark }: CellData): void {
  const from = mode === "row" ? 0 : Math.min(1, largest);
  const stops = [0, 0.25, 0.5, 0.75, 1].map(
    (share) => paintSequence(Math.max(0.02, (from + share * (largest - from)) / most), isDark).fill,
  );
  ensureElement(box, "i", "bar")
    .attr("hidden", largest > 0 ? null : "")
    .style("background", `linear-gradient(90deg, ${stops.join(",")})`);
  const [low, high] = legendEnds(mode, largest);
  ensureElement(box, "span", "low").text(low);
  ensureElement(box, "span", "high").text(high);
  ensureElement(box, "span", "note").text(mode === "delta" ? "diagonal: change, points" : "diagonal: % right");
}

/** From the lightest colour that is there to the darkest. */
function legendEnds(mode: ConfusionMode, largest: number): readonly [string, string] {
  if (largest === 0) return [mode === "delta" ? "no more errors" : "no errors", ""];
  if (mode === "row") return ["0", `${formatShare(largest, largest < 0.01 ? 1 : 0)} % of the row`];
  const sign = mode === "delta" ? "+" : "";
  const what = mode === "delta" ? "to parent" : formatPlural(largest, "error").replace(/^\S+ /, "");
  return largest === 1 ? [`${sign}1 ${what}`, ""] : [`${sign}1`, `${sign}${largest} ${what}`];
}
