/** Preview accuracy: as cut ○ and after BN re-estimation ●, with 95 % intervals, against now and recovered. */
import type { Preview } from "../../api/values";
import { formatShare } from "../../marks/format";
import { type Box, drawLabels, drawLines, type Group, layer, part, svgPart } from "../../marks/part";
import { accuracyX, previewRows, type PreviewRow, type PreviewScale, previewScale, previewTicks } from "./previewLayout";

export interface PreviewData {
  readonly preview: Preview | null;
  /** Measured for another size of the plan: its percentage, else null. */
  readonly staleFor: string | null;
  readonly now: number | null;
  readonly recovered: number | null;
  readonly worst: string;
  readonly width: number;
  readonly hint: string;
}

const HEIGHT = 62;
const ROW = 18;

export function drawPreview(box: Box, data: PreviewData): void {
  const chart = part(box, "div", "preview");
  drawCaption(chart, data);
  part(chart, "p", "hint").attr("hidden", data.preview ? "" : null).text(data.hint);
  const svg = svgPart(chart, "previewchart", data.width, HEIGHT);
  svg.attr("hidden", data.preview ? null : "").classed("stale", data.staleFor !== null);
  if (!data.preview) return;
  const rows = previewRows(data.preview);
  const marks = [data.now, data.recovered].filter((value) => value !== null);
  const scale = previewScale([...rows.flatMap((row) => [row.low, row.high]), ...marks], 98, data.width - 100);
  svg.attr("role", "img").attr("aria-label", describe(rows));
  drawGrid(layer(svg, "grid"), scale);
  drawMarks(layer(svg, "marks"), scale, data);
  drawRows(layer(svg, "rows"), scale, rows);
  drawLabels(layer(svg, "values"), valueLabels(rows, data.width));
}

function describe(rows: readonly PreviewRow[]): string {
  const one = (row: PreviewRow): string =>
    `${row.label} ${formatShare(row.accuracy)} (${formatShare(row.low)} to ${formatShare(row.high)})`;
  return `Preview accuracy, percent: ${rows.map(one).join(", ")}`;
}

function drawCaption(chart: Box, { preview, staleFor, now, recovered, worst }: PreviewData): void {
  const caption = part(chart, "div", "cap");
  part(caption, "b", "title").text("Preview accuracy, %");
  const lines = now === null ? "" : `┃ now ${formatShare(now)} ┆ recovered ${formatShare(recovered)}`;
  part(caption, "span", "lines").text(lines);
  part(caption, "span", "for").text(staleFor === null ? "" : `for ${staleFor}`);
  part(caption, "span", "grow");
  part(caption, "span", "worst").text(preview ? worst : "");
}

function drawGrid(group: Group, scale: PreviewScale): void {
  const ticks = previewTicks(scale);
  const at = (tick: number): number => accuracyX(scale, tick);
  drawLines(group, ticks.map((tick) => ({ key: `${tick}`, x1: at(tick), x2: at(tick), y1: 2, y2: HEIGHT - 16 })), "var(--grid)");
  drawLabels(group, ticks.map((tick) => ({ key: `${tick}`, x: at(tick), y: HEIGHT - 3, text: `${Number((tick * 100).toFixed(1))}`, anchor: "middle" as const, look: "d" as const })));
}

function drawMarks(group: Group, scale: PreviewScale, { now, recovered }: PreviewData): void {
  const lines = [
    { key: "now", value: now },
    { key: "recovered", value: recovered },
  ].filter((line): line is { key: string; value: number } => line.value !== null);
  drawLines(group, lines.map(({ key, value }) => ({ key, x1: accuracyX(scale, value), x2: accuracyX(scale, value), y1: 0, y2: HEIGHT - 16 })), "var(--text)");
  group.selectAll("line").attr("stroke-dasharray", (_, i) => (lines[i]!.key === "now" ? null : "2 2"));
}

function drawRows(group: Group, scale: PreviewScale, rows: readonly PreviewRow[]): void {
  const y = (i: number): number => 12 + i * ROW;
  const whisker = (row: PreviewRow, i: number): string => {
    const [a, b] = [accuracyX(scale, row.low), accuracyX(scale, row.high)];
    return `M${a},${y(i)}H${b}M${a},${y(i) - 3}v6M${b},${y(i) - 3}v6`;
  };
  group.selectAll("path").data(rows).join("path").attr("d", whisker).attr("class", "whisker");
  group
    .selectAll("circle")
    .data(rows)
    .join("circle")
    .attr("class", (row) => row.key)
    .attr("cx", (row) => accuracyX(scale, row.accuracy))
    .attr("cy", (_, i) => y(i))
    .attr("r", 3.5);
}

function valueLabels(rows: readonly PreviewRow[], width: number): Parameters<typeof drawLabels>[1] {
  return rows.flatMap((row, i) => [
    { key: `${row.key} name`, x: 0, y: 16 + i * ROW, text: row.label },
    { key: row.key, x: width - 64, y: 16 + i * ROW, text: formatShare(row.accuracy), anchor: "end" as const, look: "s" as const },
    { key: `${row.key} interval`, x: width, y: 16 + i * ROW, text: `${formatShare(row.low)}–${formatShare(row.high)}`, anchor: "end" as const, look: "d" as const },
  ]);
}
