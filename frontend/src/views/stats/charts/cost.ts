/** Chart of the cost: MACs as bars, and parameters as dots, with a line from each parent's dot to its child's dot. */
import { select } from "d3-selection";
import { formatCount } from "../../../marks/format";
import { drawLabels, ensureGroup, type Group } from "../../../marks/elements";
import { barWidth, isNumberInView, columnX, type NodeAxis } from "../../axis/nodeAxis";
import { BAR_WIDTH, drawBars } from "../bars";
import type { ChartContext, Scale, VerticalSpan, StatsChart } from "../chart";
import type { NodeStats } from "../nodeStats";
import { linearScale } from "../scale";

interface CountMagnitude {
  readonly factor: number;
  readonly unit: string;
}

/** The scale of the MACs, labelled on the left. `parameters` is the scale of the parameters, labelled on the right. */
interface CostScale extends Scale, CountMagnitude {
  readonly parameters: Scale & CountMagnitude;
}

const cost: StatsChart<CostScale> = {
  name: "cost",
  title: "Cost",
  order: 40,
  height: 52,
  columns: [
    { name: "macs", value: ({ node }) => node.macs },
    { name: "parameters", value: ({ node }) => node.parameters },
  ],
  scale: ({ allStats, ghost }, span) => {
    const costs = [...allStats.map(({ node }) => node), ...(ghost ? [ghost.cost] : [])];
    const [macs, parameters] = [costs.map((cost) => cost.macs), costs.map((cost) => cost.parameters)];
    return { ...createCountScale(macs, span), parameters: createCountScale(parameters, span) };
  },
  unit: ({ unit }) => `▮ MACs, ${unit}`,
  draw,
  describe: ({ node }) => `${formatCount(node.macs)} MACs, ${formatCount(node.parameters)} parameters`,
};
export default cost;

function createCountScale(values: readonly (number | null)[], span: VerticalSpan): Scale & CountMagnitude {
  const counts = values.filter((value) => value !== null);
  if (counts.length === 0) return { toY: () => span.bottom, ticks: [], factor: 1e6, unit: "millions" };
  const maxCount = Math.max(1, ...counts);
  const unit = chooseCountMagnitude(maxCount);
  return { ...linearScale(maxCount, span, 2, unit.factor), ...unit };
}

function chooseCountMagnitude(maxCount: number): CountMagnitude {
  if (maxCount >= 1e9) return { factor: 1e9, unit: "billions" };
  return maxCount >= 1e6 ? { factor: 1e6, unit: "millions" } : { factor: 1e3, unit: "thousands" };
}

type StatsWithCost = NodeStats & { readonly node: { readonly macs: number; readonly parameters: number } };

const hasCost = (stats: NodeStats): stats is StatsWithCost =>
  stats.node.macs !== null && stats.node.parameters !== null;

function draw(group: Group, context: ChartContext, scale: CostScale, span: VerticalSpan): void {
  const { axis, visibleStats, allStats } = context;
  const statsWithCost = visibleStats.filter(hasCost);
  drawBars(ensureGroup(group, "bars"), "macs", statsWithCost, { axis, span, top: ({ node }) => scale.toY(node.macs) });
  drawParentLines(ensureGroup(group, "parent-lines"), allStats.filter(hasCost), axis, scale);
  ensureGroup(group, "dots")
    .selectAll<SVGCircleElement, StatsWithCost>(":scope > circle")
    .data(statsWithCost, ({ node }) => node.id)
    .join("circle")
    .attr("class", "parameters")
    .attr("r", 2.5)
    .attr("cx", ({ node }) => columnX(axis, node.number))
    .attr("cy", ({ node }) => scale.parameters.toY(node.parameters));
  drawGhostCost(ensureGroup(group, "ghosts"), context, scale, span);
  drawRightAxis(ensureGroup(group, "right"), axis, scale, span);
}

function drawParentLines(
  group: Group,
  nodes: readonly StatsWithCost[],
  axis: NodeAxis,
  { parameters }: CostScale,
): void {
  const statsById = new Map(nodes.map((stats) => [stats.node.id, stats]));
  const parentLines = nodes.flatMap((child) => {
    const parent = statsById.get(child.node.parent_id ?? -1);
    const isVisible = parent && parent.node.number <= axis.last && child.node.number >= axis.first;
    return isVisible ? [{ parent: parent.node, child: child.node }] : [];
  });
  group
    .selectAll<SVGLineElement, (typeof parentLines)[number]>(":scope > line")
    .data(parentLines, ({ child }) => child.id)
    .join("line")
    .each(function ({ parent, child }) {
      const from = [columnX(axis, parent.number), parameters.toY(parent.parameters)] as const;
      const to = [columnX(axis, child.number), parameters.toY(child.parameters)] as const;
      const [x1, y1, x2, y2] = clipLine(from, to, [axis.left - LINE_OVERHANG, axis.right + LINE_OVERHANG]);
      select(this).attr("x1", x1).attr("x2", x2).attr("y1", y1).attr("y2", y2);
    });
}

/**
 * How far a line to a node out of view extends beyond the visible columns, in pixels. It must end before the tick
 * labels.
 */
const LINE_OVERHANG = 12;

type Point = readonly [x: number, y: number];

/**
 * Clips a line to x positions between `low` and `high`; the first point of the line must be its left end. Returns [x1,
 * y1, x2, y2].
 */
export function clipLine(
  [x0, y0]: Point,
  [x1, y1]: Point,
  [low, high]: readonly [number, number],
): readonly [number, number, number, number] {
  const yAt = (x: number): number => (x1 === x0 ? y0 : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0));
  const [left, right] = [Math.max(x0, low), Math.min(x1, high)];
  return [left, yAt(left), right, yAt(right)];
}

function drawGhostCost(
  group: Group,
  { axis, ghost }: ChartContext,
  { toY, parameters }: CostScale,
  span: VerticalSpan,
): void {
  const visibleGhosts = ghost && isNumberInView(axis, ghost.number) ? [ghost] : [];
  group
    .selectAll<SVGRectElement, (typeof visibleGhosts)[number]>(":scope > rect")
    .data(visibleGhosts)
    .join("rect")
    .attr("class", "ghost")
    .attr("x", ({ number }) => columnX(axis, number) - barWidth(axis, BAR_WIDTH) / 2)
    .attr("width", barWidth(axis, BAR_WIDTH))
    .attr("y", ({ cost }) => toY(cost.macs))
    .attr("height", ({ cost }) => Math.max(0, span.bottom - toY(cost.macs)));
  group
    .selectAll<SVGCircleElement, (typeof visibleGhosts)[number]>(":scope > circle")
    .data(visibleGhosts)
    .join("circle")
    .attr("class", "ghost")
    .attr("r", 2.5)
    .attr("cx", ({ number }) => columnX(axis, number))
    .attr("cy", ({ cost }) => parameters.toY(cost.parameters));
}

function drawRightAxis(group: Group, { width }: NodeAxis, { parameters }: CostScale, { caption }: VerticalSpan): void {
  drawLabels(group, [
    ...parameters.ticks.map(({ y, text }) => ({ key: text, x: width - 4, y: y + 4, text, anchor: "end" as const })),
    {
      key: "caption",
      x: width - 12,
      y: caption,
      text: `●  parameters, ${parameters.unit}`,
      anchor: "end",
      emphasis: "",
    },
  ]);
}
