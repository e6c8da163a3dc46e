/**
 * Draws the column headings of the layer table and its score axis, with additional ticks at quantiles of the scores.
 */
import { textWidth } from "../../../marks/format";
import { drawLabels, drawLines, type Label, ensureGroup, type Svg } from "../../../marks/elements";
import { drawIfChanged } from "../../../marks/drawIfChanged";
import { quantiles, scoreTicks, toX } from "./scale";
import { thresholdX } from "./chartData";
import type { TableData } from "./tableData";

const THRESHOLD_LABEL_CLEARANCE = 46;
/** Smallest gap between the labels of neighbouring ticks, in pixels. */
const TICK_GAP = 4;

export function drawHeadings(svg: Svg, data: TableData): void {
  const { layout } = data;
  drawLabels(ensureGroup(svg, "columns"), [
    { key: "layer", x: layout.nameX, y: 13, text: "Layer", emphasis: "dimmed" },
    { key: "filters", x: layout.plot[0] - 8, y: 13, text: "filters", anchor: "end", emphasis: "dimmed" },
    { key: "removed", x: layout.bars[0], y: 13, text: layout.bars[1] > 40 ? "removed" : "", emphasis: "dimmed" },
    { key: "share", x: layout.removedShareX, y: 13, text: "n · share", anchor: "end", emphasis: "dimmed" },
    {
      key: "code",
      x: layout.barcode[0],
      y: 13,
      text: layout.barcode[1] > 84 ? "filters by number" : "number",
      emphasis: "dimmed",
    },
  ]);
  const quantilePositions = quantiles(data.ascendingScores).map((quantile) => ({
    ...quantile,
    x: toX(data.scale, quantile.score),
  }));
  const ticks = quantilePositions.map(({ percent, x }) => ({ key: `${percent}`, x1: x, x2: x, y1: 16, y2: 20 }));
  drawLines(ensureGroup(svg, "quantiles"), ticks, "var(--text-3)");
  drawLabels(ensureGroup(svg, "quantiles"), quantileLabels(quantilePositions, thresholdX(data)));
}

function quantileLabels(quantilePositions: readonly { percent: number; x: number }[], line: number | null): Label[] {
  let last = -Infinity;
  return quantilePositions.flatMap(({ percent, x }) => {
    if (line !== null && Math.abs(x - line) < THRESHOLD_LABEL_CLEARANCE) return [];
    if (x - last < 28) return [];
    last = x;
    return [
      { key: `${percent}`, x, y: 13, text: `${percent}%`, anchor: "middle" as const, emphasis: "dimmed" as const },
    ];
  });
}

export function drawAxis(svg: Svg, { scale, layout, caption }: TableData): void {
  drawIfChanged(svg, "axis", { scale, layout, caption }, (axis) => drawScoreScale(svg, axis));
}

function drawScoreScale(svg: Svg, { scale, layout, caption }: Pick<TableData, "scale" | "layout" | "caption">): void {
  drawLines(
    ensureGroup(svg, "base"),
    [{ key: "base", x1: 12, x2: layout.width - 12, y1: 0.5, y2: 0.5 }],
    "var(--line)",
  );
  const zeroLabels = scale.hasZeroScores
    ? [{ key: "0", x: scale.left + 8, y: 13, text: "0", anchor: "middle" as const, emphasis: "dimmed" as const }]
    : [];
  const placedLabels = scale.hasZeroScores ? [{ x: scale.left + 8, text: "0" }] : [];
  const labels = [...scoreTicks(scale)].sort(compareLabelPriority).flatMap((tick): Label[] => {
    const [x, text] = [toX(scale, tick), formatTick(tick)];
    if (placedLabels.some((other) => Math.abs(other.x - x) < (textWidth(other.text) + textWidth(text)) / 2 + TICK_GAP))
      return [];
    placedLabels.push({ x, text });
    return [{ key: `${tick}`, x, y: 13, text, anchor: "middle", emphasis: "dimmed" }];
  });
  drawLabels(ensureGroup(svg, "ticks"), [...zeroLabels, ...labels]);
  const middle = (layout.plot[0] + layout.plot[1]) / 2;
  drawLabels(ensureGroup(svg, "caption"), [
    { key: "caption", x: middle, y: 27, text: caption, anchor: "middle" },
    {
      key: "scroll",
      x: layout.width - 12,
      y: 27,
      text: layout.isScrollable ? `${layout.rows.length} layers: scroll to see all` : "",
      anchor: "end",
      emphasis: "dimmed",
    },
  ]);
}

const formatTick = (tick: number): string => (tick !== 0 && Math.abs(tick) < 1e-4 ? tick.toExponential(0) : `${tick}`);

/**
 * Compares two ticks by the priority of their labels: powers of ten come first, then 5, 50, …, then 2, 20, …. Among
 * equals, the lower value comes first.
 */
function compareLabelPriority(a: number, b: number): number {
  const digit = (tick: number): number => Number(tick.toExponential()[0]);
  const labelPriority = (tick: number): number => (digit(tick) === 1 ? 0 : digit(tick) === 5 ? 1 : 2);
  return labelPriority(a) - labelPriority(b) || a - b;
}
