/**
 * Preview accuracy: as pruned ○, after BN re-estimation ● (95 % intervals), forecast ◇ (80 %); lines show the current
 * accuracy and the accuracy needed to recover.
 */
import type { ForecastPoint, Preview } from "../../../api/values";
import { fitText, formatShare, textWidth } from "../../../marks/format";
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
  previewRows,
  type PreviewRow,
  type PreviewScale,
  previewScale,
  previewTicks,
} from "./previewLayout";

export interface PreviewData {
  readonly preview: Preview | null;
  /** Forecast of the accuracy that a network of that size has after fine-tuning. */
  readonly expected: ForecastPoint | null;
  /** Which share of filters an outdated preview was measured for: "24.7%", "another 24.7%"; null if it is current. */
  readonly staleFor: string | null;
  readonly now: number | null;
  readonly recovered: number | null;
  /** The class that loses the most accuracy, its loss in points, and how many of its samples flip. */
  readonly worst: { readonly name: string; readonly change: string } | null;
  /** Samples of the worst class that pruning flips. */
  readonly flipped: readonly number[];
  readonly width: number;
  readonly hint: string;
}

const STALE_HELP = "Measured before the plan was changed. Press Preview (P) to measure it again.";
const DIAMOND = "M0,-4.5L4.5,0L0,4.5L-4.5,0Z";
const CIRCLE = "M-3.5,0a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0";
const HEIGHT = 62;
const TOP = 10;
const ROW = 16;
/** Gap between the items of the caption, pixels. */
const GAP = 8;

export function drawPreview(box: Box, data: PreviewData, onFlipped: (samples: readonly number[]) => void): void {
  const chart = ensureElement(box, "div", "preview");
  drawCaption(chart, data, onFlipped);
  const rows = previewRows(data.preview, data.expected);
  ensureElement(chart, "p", "hint")
    .attr("hidden", rows.length ? "" : null)
    .text(data.hint);
  const svg = ensureSvg(chart, "previewchart", data.width, HEIGHT);
  svg.attr("hidden", rows.length ? null : "").classed("stale", data.staleFor !== null);
  if (!rows.length) return;
  const marks = [data.now, data.recovered].filter((value) => value !== null);
  const scale = previewScale([...rows.flatMap((row) => [row.low, row.high]), ...marks], 98, data.width - 100);
  svg.attr("role", "img").attr("aria-label", describe(rows));
  drawGrid(ensureGroup(svg, "grid"), scale);
  drawMarks(ensureGroup(svg, "marks"), scale, data);
  drawRows(ensureGroup(svg, "rows"), scale, rows);
  drawLabels(ensureGroup(svg, "values"), valueLabels(rows, data.width));
}

function describe(rows: readonly PreviewRow[]): string {
  const describeRow = (row: PreviewRow): string =>
    `${row.label} ${formatShare(row.accuracy)} (${formatShare(row.low)} to ${formatShare(row.high)})`;
  return `Preview accuracy, percent: ${rows.map(describeRow).join(", ")}`;
}

function drawCaption(chart: Box, data: PreviewData, onFlipped: (samples: readonly number[]) => void): void {
  const { staleFor, now, recovered, worst } = data;
  const caption = ensureElement(chart, "div", "cap");
  const all = now === null ? "" : `┃ now ${formatShare(now)} ┆ recovered ${formatShare(recovered)}`;
  const lines = staleFor === null || now === null ? all : "┃ now ┆ recovered";
  const stale = staleFor === null ? "" : `for ${staleFor}`;
  const others = [lines, stale, worst ? nameWorst(worst) : ""].filter((text) => text !== "");
  const room = data.width - others.reduce((sum, text) => sum + textWidth(text) + GAP, 0);
  ensureElement(caption, "b", "title")
    .text(fitText(["Preview accuracy, %", "Preview, %"], room))
    .attr("title", "Accuracy measured by Preview, percent");
  ensureElement(caption, "span", "lines").attr("title", all).text(lines);
  ensureElement(caption, "span", "for")
    .attr("title", staleFor === null ? null : STALE_HELP)
    .text(stale);
  ensureElement(caption, "span", "grow");
  drawWorst(ensureElement(caption, "button", "worst"), data, onFlipped);
}

const nameWorst = ({ name, change }: { name: string; change: string }): string => `worst: ${name} ${change}`;

/** Draws the worst class. A long class name is truncated; numbers never are. */
function drawWorst(
  button: Box,
  { worst, flipped }: PreviewData,
  onFlipped: (samples: readonly number[]) => void,
): void {
  button
    .attr("type", "button")
    .attr("hidden", worst ? null : "")
    .property("disabled", flipped.length === 0)
    .on("click", () => onFlipped(flipped));
  if (!worst) return;
  button.attr(
    "title",
    `${nameWorst(worst)}: the class that loses the most accuracy. Click to choose its ${flipped.length} samples whose prediction changes from right to wrong`,
  );
  ensureElement(button, "span", "name").text(`worst: ${worst.name}`);
  ensureElement(button, "span", "change").text(` ${worst.change}`);
}

function drawGrid(group: Group, scale: PreviewScale): void {
  const ticks = previewTicks(scale);
  const at = (tick: number): number => accuracyX(scale, tick);
  drawLines(
    group,
    ticks.map((tick) => ({ key: `${tick}`, x1: at(tick), x2: at(tick), y1: 2, y2: HEIGHT - 16 })),
    "var(--grid)",
  );
  drawLabels(
    group,
    ticks.map((tick) => ({
      key: `${tick}`,
      x: at(tick),
      y: HEIGHT - 3,
      text: `${Number((tick * 100).toFixed(1))}`,
      anchor: "middle" as const,
      emphasis: "dimmed" as const,
    })),
  );
}

function drawMarks(group: Group, scale: PreviewScale, { now, recovered }: PreviewData): void {
  const lines = [
    { key: "now", value: now },
    { key: "recovered", value: recovered },
  ].filter((line): line is { key: string; value: number } => line.value !== null);
  drawLines(
    group,
    lines.map(({ key, value }) => ({
      key,
      x1: accuracyX(scale, value),
      x2: accuracyX(scale, value),
      y1: 0,
      y2: HEIGHT - 16,
    })),
    "var(--text)",
  );
  group.selectAll("line").attr("stroke-dasharray", (_, i) => (lines[i]!.key === "now" ? null : "2 2"));
}

function drawRows(group: Group, scale: PreviewScale, rows: readonly PreviewRow[]): void {
  const y = (i: number): number => TOP + i * ROW;
  const whisker = (row: PreviewRow, i: number): string => {
    const [a, b] = [accuracyX(scale, row.low), accuracyX(scale, row.high)];
    return `M${a},${y(i)}H${b}M${a},${y(i) - 3}v6M${b},${y(i) - 3}v6`;
  };
  group.selectAll("path.whisker").data(rows).join("path").attr("d", whisker).attr("class", "whisker");
  group
    .selectAll<SVGPathElement, PreviewRow>("path.symbol")
    .data(rows, ({ key }) => key)
    .join("path")
    .attr("class", (row) => `symbol ${row.key}`)
    .attr("d", ({ key }) => (key === "forecast" ? DIAMOND : CIRCLE))
    .attr("transform", (row, i) => `translate(${accuracyX(scale, row.accuracy)},${y(i)})`);
}

function valueLabels(rows: readonly PreviewRow[], width: number): Parameters<typeof drawLabels>[1] {
  return rows.flatMap((row, i) => [
    { key: `${row.key} name`, x: 0, y: TOP + 4 + i * ROW, text: row.label },
    {
      key: row.key,
      x: width - 64,
      y: TOP + 4 + i * ROW,
      text: formatShare(row.accuracy),
      anchor: "end" as const,
      emphasis: "strong" as const,
    },
    {
      key: `${row.key} interval`,
      x: width,
      y: TOP + 4 + i * ROW,
      text: `${formatShare(row.low)}–${formatShare(row.high)}`,
      anchor: "end" as const,
      emphasis: "dimmed" as const,
    },
  ]);
}
