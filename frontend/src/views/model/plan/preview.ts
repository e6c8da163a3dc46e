/**
 * Preview chart: the accuracy as cut (○), after batch-norm re-estimation (●) and after reconstruction (□), each with
 * its 95% interval, and the forecast (◇) with its 80% interval. Lines show the current accuracy and the accuracy
 * needed to recover.
 */
import type { ForecastPoint, Preview } from "../../../api/values";
import { fitText, formatPlural, formatShare, textWidth } from "../../../marks/format";
import {
  type Box,
  drawLabels,
  drawLines,
  type Group,
  ensureGroup,
  ensureElement,
  ensureSvg,
} from "../../../marks/elements";
import {
  accuracyX,
  describeReconstruction,
  describeUnfittedLayers,
  previewRows,
  type ChildAccuracy,
  type PreviewRow,
  type PreviewScale,
  previewScale,
  previewTicks,
} from "./previewLayout";

export interface PreviewData {
  readonly preview: Preview | null;
  /**
   * Forecast accuracy of the pruned network after fine-tuning. For an applied plan, this is the forecast made when it
   * was applied.
   */
  readonly forecast: ForecastPoint | null;
  /** Accuracy of the node that an applied plan created; null for a draft, and until the node is ready. */
  readonly outcome: ChildAccuracy | null;
  /**
   * If the preview is outdated, the share of the free filters that the plan removed when the preview was measured:
   * "24.7%", or "a different 24.7%" if the plan now removes an equal number of other filters. Null if the preview is up
   * to date.
   */
  readonly previewedShare: string | null;
  readonly currentAccuracy: number | null;
  readonly neededAccuracy: number | null;
  /**
   * The class that loses the most accuracy. `change` says how many percentage points it loses, and how many of its
   * samples change from right to wrong.
   */
  readonly worstClass: { readonly name: string; readonly change: string } | null;
  /** Samples of `worstClass` whose predictions change from right to wrong. */
  readonly newlyMisclassifiedSamples: readonly number[];
  readonly width: number;
  readonly hint: string;
}

const STALE_PREVIEW_HELP =
  "The accuracy was measured for an earlier version of this plan, which removed this percentage of the free filters. Press Preview (P) to measure the current version.";
const DIAMOND_PATH = "M0,-4.5L4.5,0L0,4.5L-4.5,0Z";
const SQUARE_PATH = "M-3.5,-3.5H3.5V3.5H-3.5Z";
const CIRCLE_PATH = "M-3.5,0a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0";
const SYMBOL_PATHS: Partial<Record<PreviewRow["key"], string>> = { forecast: DIAMOND_PATH, reconstructed: SQUARE_PATH };
/** Width of the row labels, in pixels. */
const LABEL_WIDTH = 124;
/** Height of the chart if it has at most three rows, in pixels. */
const MIN_CHART_HEIGHT = 62;
const FIRST_ROW_Y = 10;
const ROW_HEIGHT = 16;
const chartHeight = (rows: number): number => MIN_CHART_HEIGHT + Math.max(0, rows - 3) * ROW_HEIGHT;
/** Gap between the items of the caption, in pixels. */
const CAPTION_GAP = 8;

export function drawPreview(
  box: Box,
  data: PreviewData,
  onChooseNewlyMisclassified: (samples: readonly number[]) => void,
): void {
  const chart = ensureElement(box, "div", "preview");
  drawCaption(chart, data, onChooseNewlyMisclassified);
  const rows = previewRows(data.preview, data.forecast, data.outcome);
  const height = chartHeight(rows.length);
  ensureElement(chart, "p", "hint")
    .attr("hidden", rows.length ? "" : null)
    .text(data.hint);
  ensureElement(chart, "p", "unfitted")
    .attr("hidden", describeUnfittedLayers(data.preview) ? null : "")
    .text(describeUnfittedLayers(data.preview));
  const svg = ensureSvg(chart, "previewchart", data.width, height);
  svg.attr("hidden", rows.length ? null : "").classed("stale", data.previewedShare !== null);
  if (!rows.length) return;
  const marks = [data.currentAccuracy, data.neededAccuracy].filter((value) => value !== null);
  const scale = previewScale([...rows.flatMap((row) => [row.low, row.high]), ...marks], LABEL_WIDTH, data.width - 100);
  svg.attr("role", "img").attr("aria-label", describe(rows));
  svg
    .selectAll("title")
    .data([describeReconstruction(data.preview)])
    .join("title")
    .text(String);
  drawGrid(ensureGroup(svg, "grid"), scale, height);
  drawReferenceLines(ensureGroup(svg, "marks"), scale, { ...data, height });
  drawRows(ensureGroup(svg, "rows"), scale, rows);
  drawLabels(ensureGroup(svg, "values"), valueLabels(rows, data.width));
}

function describe(rows: readonly PreviewRow[]): string {
  const describeRow = (row: PreviewRow): string =>
    `${row.label} ${formatShare(row.accuracy)} (${formatShare(row.low)} to ${formatShare(row.high)})`;
  return `Preview accuracy, percent: ${rows.map(describeRow).join(", ")}`;
}

function drawCaption(
  chart: Box,
  data: PreviewData,
  onChooseNewlyMisclassified: (samples: readonly number[]) => void,
): void {
  const { previewedShare, currentAccuracy, neededAccuracy, worstClass } = data;
  const caption = ensureElement(chart, "div", "cap");
  const fullLegend =
    currentAccuracy === null
      ? ""
      : `┃ now ${formatShare(currentAccuracy)}${neededAccuracy === null ? "" : ` ┆ recovered ${formatShare(neededAccuracy)}`}`;
  const shortLegend = neededAccuracy === null ? "┃ now" : "┃ now ┆ recovered";
  const lines = previewedShare === null || currentAccuracy === null ? fullLegend : shortLegend;
  const previewedShareText = previewedShare === null ? "" : `for ${previewedShare}`;
  const others = [lines, previewedShareText, worstClass ? describeWorstClass(worstClass) : ""].filter(
    (text) => text !== "",
  );
  const room = data.width - others.reduce((sum, text) => sum + textWidth(text) + CAPTION_GAP, 0);
  ensureElement(caption, "b", "title")
    .text(fitText(["Preview accuracy, %", "Preview, %"], room))
    .attr("title", "Accuracy measured by Preview, percent");
  ensureElement(caption, "span", "lines").attr("title", fullLegend).text(lines);
  ensureElement(caption, "span", "for")
    .attr("title", previewedShare === null ? null : STALE_PREVIEW_HELP)
    .text(previewedShareText);
  ensureElement(caption, "span", "grow");
  drawWorstClass(ensureElement(caption, "button", "worst"), data, onChooseNewlyMisclassified);
}

const describeWorstClass = ({ name, change }: { name: string; change: string }): string => `worst: ${name} ${change}`;

/**
 * Draws the name of the class that loses the most accuracy, and how much it loses. If there is little room, CSS
 * truncates the name, but never the numbers.
 */
function drawWorstClass(
  button: Box,
  { worstClass, newlyMisclassifiedSamples }: PreviewData,
  onChooseNewlyMisclassified: (samples: readonly number[]) => void,
): void {
  button
    .attr("type", "button")
    .attr("hidden", worstClass ? null : "")
    .property("disabled", newlyMisclassifiedSamples.length === 0)
    .on("click", () => onChooseNewlyMisclassified(newlyMisclassifiedSamples));
  if (!worstClass) return;
  button.attr(
    "title",
    `${describeWorstClass(worstClass)}: the class that loses the most accuracy. Click to mark ${formatPlural(newlyMisclassifiedSamples.length, "sample")} of this class that the pruned network gets wrong and this node gets right`,
  );
  ensureElement(button, "span", "name").text(`worst: ${worstClass.name}`);
  ensureElement(button, "span", "change").text(` ${worstClass.change}`);
}

function drawGrid(group: Group, scale: PreviewScale, height: number): void {
  const ticks = previewTicks(scale);
  const at = (tick: number): number => accuracyX(scale, tick);
  drawLines(
    group,
    ticks.map((tick) => ({ key: `${tick}`, x1: at(tick), x2: at(tick), y1: 2, y2: height - 16 })),
    "var(--grid)",
  );
  drawLabels(
    group,
    ticks.map((tick) => ({
      key: `${tick}`,
      x: at(tick),
      y: height - 3,
      text: `${Number((tick * 100).toFixed(1))}`,
      anchor: "middle" as const,
      emphasis: "dimmed" as const,
    })),
  );
}

interface ReferenceLines extends Pick<PreviewData, "currentAccuracy" | "neededAccuracy"> {
  readonly height: number;
}

function drawReferenceLines(
  group: Group,
  scale: PreviewScale,
  { currentAccuracy, neededAccuracy, height }: ReferenceLines,
): void {
  const lines = [
    { key: "now", value: currentAccuracy },
    { key: "recovered", value: neededAccuracy },
  ].filter((line): line is { key: string; value: number } => line.value !== null);
  drawLines(
    group,
    lines.map(({ key, value }) => ({
      key,
      x1: accuracyX(scale, value),
      x2: accuracyX(scale, value),
      y1: 0,
      y2: height - 16,
    })),
    "var(--text)",
  );
  group.selectAll("line").attr("stroke-dasharray", (_, i) => (lines[i]!.key === "now" ? null : "2 2"));
}

function drawRows(group: Group, scale: PreviewScale, rows: readonly PreviewRow[]): void {
  const y = (i: number): number => FIRST_ROW_Y + i * ROW_HEIGHT;
  const whiskerPath = (row: PreviewRow, i: number): string => {
    const [a, b] = [accuracyX(scale, row.low), accuracyX(scale, row.high)];
    return `M${a},${y(i)}H${b}M${a},${y(i) - 3}v6M${b},${y(i) - 3}v6`;
  };
  group.selectAll("path.whisker").data(rows).join("path").attr("d", whiskerPath).attr("class", "whisker");
  group
    .selectAll<SVGPathElement, PreviewRow>("path.symbol")
    .data(rows, ({ key }) => key)
    .join("path")
    .attr("class", (row) => `symbol ${row.key}`)
    .attr("d", ({ key }) => SYMBOL_PATHS[key] ?? CIRCLE_PATH)
    .attr("transform", (row, i) => `translate(${accuracyX(scale, row.accuracy)},${y(i)})`);
}

function valueLabels(rows: readonly PreviewRow[], width: number): Parameters<typeof drawLabels>[1] {
  return rows.flatMap((row, i) => [
    { key: `${row.key} name`, x: 0, y: FIRST_ROW_Y + 4 + i * ROW_HEIGHT, text: row.label },
    {
      key: row.key,
      x: width - 64,
      y: FIRST_ROW_Y + 4 + i * ROW_HEIGHT,
      text: formatShare(row.accuracy),
      anchor: "end" as const,
      emphasis: "strong" as const,
    },
    {
      key: `${row.key} interval`,
      x: width,
      y: FIRST_ROW_Y + 4 + i * ROW_HEIGHT,
      text: `${formatShare(row.low)}–${formatShare(row.high)}`,
      anchor: "end" as const,
      emphasis: "dimmed" as const,
    },
  ]);
}
