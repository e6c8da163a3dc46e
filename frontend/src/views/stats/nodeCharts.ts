/** The stacked charts of Statistics, which share their axis with the tree above. */
import { type Ghost } from "../../state/selectors/ghost";
import type { Node } from "../../api/values";
import { drawLabels, ensureGroup, ensureSvg, type Box, type Group, type Label } from "../../marks/elements";
import { drawChosenNodeBand, listenToWheel } from "../axis/band";
import { isNumberInView, chooseLabelledNumbers, columnX, type NodeAxis } from "../axis/nodeAxis";
import type { ChartContext, Scale, StatsChart } from "./chart";
import { drawColumns, type ColumnCallbacks } from "./columns";
import { layoutCharts, type ChartPosition } from "./layout";
import type { NodeStats } from "./nodeStats";
import { defineFillPatterns } from "./patterns";

export interface NodeChartsData {
  readonly charts: readonly StatsChart[];
  readonly stats: readonly NodeStats[];
  readonly axis: NodeAxis;
  readonly ghost: Ghost | null;
  readonly chosen: Node | null;
  readonly height: number;
}

export interface NodeChartsCallbacks extends ColumnCallbacks {
  onPan(first: number): void;
}

interface ChartWithScale extends ChartPosition {
  readonly scale: Scale;
}

export function drawNodeCharts(box: Box, data: NodeChartsData, callbacks: NodeChartsCallbacks): void {
  const { charts, axis, height, ghost, chosen, stats } = data;
  const svg = ensureSvg(box, "charts", axis.width, height).attr("role", "img");
  svg.attr("aria-label", `${joinChartTitles(charts)} per node, in the same columns as the tree above`);
  defineFillPatterns(svg);
  const context: ChartContext = {
    axis,
    ghost,
    visibleStats: stats.filter(({ node }) => isNumberInView(axis, node.number)),
    allStats: stats,
  };
  const { positions, nodeNumbersY } = layoutCharts(charts, height);
  const chartsWithScale = positions.map(({ chart, span }): ChartWithScale => ({
    chart,
    span,
    scale: chart.scale(context, span),
  }));
  drawChosenNodeBand(ensureGroup(svg, "bands"), axis, chosen?.number ?? null, height);
  drawGrid(ensureGroup(svg, "grid"), axis, chartsWithScale);
  const captions = ensureGroup(svg, "captions");
  chartsWithScale.forEach((entry) => drawCaption(ensureGroup(captions, entry.chart.name), entry));
  chartsWithScale.forEach(({ chart, span, scale }) => chart.draw(ensureGroup(svg, chart.name), context, scale, span));
  drawNodeNumbers(ensureGroup(svg, "numbers"), data, nodeNumbersY);
  drawColumns(ensureGroup(svg, "columns"), context.visibleStats, axis, positions, callbacks);
  listenToWheel(box.node()!, axis, callbacks.onPan);
}

/** Lists the titles of the charts: "Recoverability, loss and cost". */
function joinChartTitles(charts: readonly StatsChart[]): string {
  const titles = charts.map(({ title }, index) => (index === 0 ? title : title.toLowerCase()));
  const last = titles.pop() ?? "";
  return titles.length ? `${titles.join(", ")} and ${last}` : last;
}

function drawGrid(group: Group, axis: NodeAxis, chartsWithScale: readonly ChartWithScale[]): void {
  const ticks = chartsWithScale.flatMap(({ chart, scale }) =>
    scale.ticks.map((tick) => ({ ...tick, key: `${chart.name}:${tick.text}` })),
  );
  group
    .selectAll<SVGLineElement, (typeof ticks)[number]>(":scope > line")
    .data(ticks, ({ key }) => key)
    .join("line")
    .attr("x1", axis.left - 12)
    .attr("x2", axis.width - 36)
    .attr("y1", ({ y }) => y)
    .attr("y2", ({ y }) => y);
  drawLabels(
    group,
    ticks.map(({ key, y, text }) => ({ key, x: 35, y: y + 4, text, anchor: "end" })),
  );
}

function drawCaption(group: Group, { chart, span, scale }: ChartWithScale): void {
  const captionParts = [
    { key: "name", text: chart.title, emphasis: "bold" },
    { key: "unit", text: `\u2002${chart.unit(scale)}`, emphasis: "" },
  ];
  const text = group.selectAll<SVGTextElement, string>(":scope > text").data([chart.name]).join("text");
  text
    .attr("x", 12)
    .attr("y", span.caption)
    .selectAll<SVGTSpanElement, (typeof captionParts)[number]>("tspan")
    .data(captionParts, ({ key }) => key)
    .join("tspan")
    .attr("class", ({ emphasis }) => emphasis)
    .text((span) => span.text);
}

function drawNodeNumbers(group: Group, { axis, stats, ghost, chosen }: NodeChartsData, y: number): void {
  const labelledNumbers = chooseLabelledNumbers(
    axis,
    stats.map(({ node }) => node.number),
    { chosen: chosen?.number ?? null, ghost: ghost?.number ?? null },
  );
  drawLabels(group, [
    { key: "node", x: 35, y, text: "node", anchor: "end", emphasis: "dimmed" },
    ...labelledNumbers.map((number): Label => ({
      key: number === ghost?.number ? "ghost" : String(number),
      x: columnX(axis, number),
      y,
      text: String(number),
      anchor: "middle",
      emphasis: number === chosen?.number ? "bold" : number === ghost?.number ? "dimmed" : "strong",
    })),
  ]);
}
