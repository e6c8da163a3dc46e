/**
 * Chart of the accuracy: for each node, a bar from the lowest to the highest accuracy over the epochs, a line at the
 * node's accuracy, and ▸ at the accuracy needed to count as recovered.
 */
import { scaleLinear } from "d3-scale";
import { formatPercent } from "../../../marks/format";
import type { Group } from "../../../marks/elements";
import { barWidth, isNumberInView, columnX } from "../../axis/nodeAxis";
import { BAR_WIDTH } from "../bars";
import type { ChartContext, Scale, VerticalSpan, StatsChart, Tick } from "../chart";
import { stateCssClass, type NodeStats } from "../nodeStats";

const recoverability: StatsChart = {
  name: "recoverability",
  title: "Recoverability",
  order: 10,
  height: 72,
  columns: [
    { name: "accuracy_low", value: ({ low }) => low },
    { name: "accuracy_high", value: ({ high }) => high },
    { name: "accuracy", value: ({ bestAccuracy }) => bestAccuracy },
    { name: "accuracy_needed", value: ({ neededAccuracy }) => neededAccuracy },
  ],
  scale: ({ visibleStats }, span) => logErrorScale(visibleStats, span),
  unit: () => "accuracy range, % (log error); ▸ needed to recover",
  draw,
  describe,
};
export default recoverability;

/**
 * Returns a log-error scale, on which a difference of half a percentage point is visible at 93%. An error of 0 is drawn
 * at the top.
 */
function logErrorScale(stats: readonly NodeStats[], { top, bottom }: VerticalSpan): Scale {
  const shares = stats
    .flatMap(({ low, high, bestAccuracy, neededAccuracy }) => [low, high, bestAccuracy, neededAccuracy])
    .filter((share) => share !== null);
  const images = Math.max(100, ...stats.map(({ node }) => node.images));
  const minError = 1 / (2 * images);
  const errors = shares.map((share) => Math.max(minError, 1 - share));
  const scale = scaleLinear()
    .domain([Math.log10(Math.min(0.1, ...errors) * 0.9), Math.log10(Math.max(0.3, ...errors))])
    .range([top, bottom])
    .clamp(true);
  const toY = (accuracy: number): number => scale(Math.log10(Math.max(minError, 1 - accuracy)));
  return {
    toY,
    ticks: removeCloseTicks(TICK_ACCURACIES, toY, [top, bottom], (value) => `${Number((value * 100).toFixed(2))}`),
  };
}

const TICK_ACCURACIES = [
  0.9, 0.99, 0.5, 0.8, 0.98, 0.95, 0.999, 0.94, 0.96, 0.97, 0, 0.2, 0.6, 0.7, 0.995, 0.1, 0.4, 0.3, 0.85,
];
const MIN_TICK_GAP = 13;

/**
 * Returns ticks at as many of the values as there is room for. If two ticks would overlap, the value that comes first
 * in the list gets one.
 */
function removeCloseTicks(
  values: readonly number[],
  toY: (value: number) => number,
  range: [number, number],
  format: (value: number) => string,
) {
  const ticks: Tick[] = [];
  for (const value of values) {
    const y = toY(value);
    const isInside = y >= range[0] - 1 && y <= range[1] + 1;
    if (isInside && ticks.every((tick) => Math.abs(tick.y - y) >= MIN_TICK_GAP))
      ticks.push({ value, y, text: format(value) });
  }
  return ticks;
}

type StatsWithAccuracies = NodeStats & { readonly low: number; readonly high: number; readonly bestAccuracy: number };

const hasAccuracies = (stats: NodeStats): stats is StatsWithAccuracies =>
  stats.low !== null && stats.high !== null && stats.bestAccuracy !== null;

function draw(group: Group, { axis, ghost, visibleStats }: ChartContext, { toY }: Scale): void {
  const statsWithAccuracies = visibleStats.filter(hasAccuracies);
  const bar = barWidth(axis, BAR_WIDTH);
  const x = ({ node }: NodeStats): number => columnX(axis, node.number);
  group
    .selectAll<SVGRectElement, StatsWithAccuracies>(":scope > rect.range")
    .data(statsWithAccuracies, ({ node }) => node.id)
    .join("rect")
    .attr("class", (stats) => `range ${stateCssClass(stats)}`)
    .attr("x", (stats) => x(stats) - bar / 2)
    .attr("width", bar)
    .attr("y", ({ high }) => toY(high))
    .attr("height", ({ low, high }) => Math.max(0, toY(low) - toY(high)));
  group
    .selectAll<SVGLineElement, StatsWithAccuracies>(":scope > line.best")
    .data(statsWithAccuracies, ({ node }) => node.id)
    .join("line")
    .attr("class", (stats) => `best ${stateCssClass(stats)}`)
    .attr("x1", (stats) => x(stats) - bar / 2)
    .attr("x2", (stats) => x(stats) + bar / 2)
    .attr("y1", ({ bestAccuracy }) => toY(bestAccuracy))
    .attr("y2", ({ bestAccuracy }) => toY(bestAccuracy));
  drawNeededAccuracies(group, visibleStats, (stats) => x(stats) - bar / 2 - 6, toY);
  drawGhostFrame(
    group,
    ghost && isNumberInView(axis, ghost.number) ? columnX(axis, ghost.number) : null,
    toY,
    ghost?.parent.accuracy ?? null,
  );
}

function drawNeededAccuracies(
  group: Group,
  shown: readonly NodeStats[],
  x: (stats: NodeStats) => number,
  toY: Scale["toY"],
): void {
  const statsToDraw = shown.filter(
    ({ neededAccuracy, bestAccuracy }) => neededAccuracy !== null && bestAccuracy !== null,
  );
  group
    .selectAll<SVGPathElement, NodeStats>(":scope > path.needed")
    .data(statsToDraw, ({ node }) => node.id)
    .join("path")
    .attr("class", "needed")
    .attr("d", "M0,-3L5,0L0,3Z")
    .attr("transform", (stats) => `translate(${x(stats)},${toY(stats.neededAccuracy!)})`);
}

function drawGhostFrame(group: Group, x: number | null, toY: Scale["toY"], accuracy: number | null): void {
  const frames = x === null || accuracy === null ? [] : [{ x, y: toY(accuracy) }];
  group
    .selectAll<SVGRectElement, (typeof frames)[number]>(":scope > rect.ghost")
    .data(frames)
    .join("rect")
    .attr("class", "ghost")
    .attr("x", (frame) => frame.x - BAR_WIDTH / 2)
    .attr("width", BAR_WIDTH)
    .attr("y", (frame) => frame.y)
    .attr("height", 16);
}

function describe({ low, high, bestAccuracy, neededAccuracy, node }: NodeStats): string {
  if (bestAccuracy === null) return "no epoch yet";
  const target = neededAccuracy === null ? "" : `, ${formatPercent(neededAccuracy, 2)} needed to recover`;
  const notJudgedText = node.recovered_reason === null ? "" : `, not judged: ${node.recovered_reason}`;
  const outcome = node.recovered === null ? notJudgedText : node.recovered ? ", recovered" : ", not recovered";
  return `accuracy ${formatPercent(bestAccuracy, 2)} (${formatPercent(low, 2)}–${formatPercent(high, 2)} over the epochs)${target}${outcome}`;
}
