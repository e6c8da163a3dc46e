/** MACs as bars, parameters as a line that joins parent and child, not neighbours in number. */
import { drawLabels, layer, type Group } from "../../marks/part";
import { barWidth, isInView, toColumn, type NodeAxis } from "../axis/nodeAxis";
import type { ChartContext } from "./chartsData";
import type { CostScales, Span } from "./layout";
import type { NodeStats } from "./nodeStats";
import { lookOf } from "./nodeStats";

const WIDTH = 12;

type Known = NodeStats & { readonly node: { readonly macs: number; readonly parameters: number } };

const isKnown = (stats: NodeStats): stats is Known => stats.node.macs !== null && stats.node.parameters !== null;

export function drawCost(group: Group, context: ChartContext, scales: CostScales, span: Span): void {
  const { axis, shown, all } = context;
  const known = shown.filter(isKnown);
  group
    .selectAll<SVGRectElement, Known>(":scope > rect.macs")
    .data(known, ({ node }) => node.id)
    .join("rect")
    .attr("class", (stats) => `macs ${lookOf(stats)}`)
    .attr("x", ({ node }) => toColumn(axis, node.number) - barWidth(axis, WIDTH) / 2)
    .attr("width", barWidth(axis, WIDTH))
    .attr("y", ({ node }) => scales.macs.toY(node.macs))
    .attr("height", ({ node }) => Math.max(0, span.bottom - scales.macs.toY(node.macs)));
  drawJoins(layer(group, "joins"), all.filter(isKnown), axis, scales);
  group
    .selectAll<SVGCircleElement, Known>(":scope > circle.parameters")
    .data(known, ({ node }) => node.id)
    .join("circle")
    .attr("class", "parameters")
    .attr("r", 2.5)
    .attr("cx", ({ node }) => toColumn(axis, node.number))
    .attr("cy", ({ node }) => scales.parameters.toY(node.parameters));
  drawGhostCost(layer(group, "ghosts"), context, scales, span);
  drawRightAxis(layer(group, "right"), axis, scales, span);
}

function drawJoins(group: Group, known: readonly Known[], axis: NodeAxis, { parameters }: CostScales): void {
  const byId = new Map(known.map((stats) => [stats.node.id, stats]));
  const joins = known.flatMap((child) => {
    const parent = byId.get(child.node.parent_id ?? -1);
    const isSeen = parent && parent.node.number <= axis.last && child.node.number >= axis.first;
    return isSeen ? [{ parent: parent.node, child: child.node }] : [];
  });
  group
    .selectAll<SVGLineElement, (typeof joins)[number]>(":scope > line")
    .data(joins, ({ child }) => child.id)
    .join("line")
    .attr("x1", ({ parent }) => toColumn(axis, parent.number))
    .attr("x2", ({ child }) => toColumn(axis, child.number))
    .attr("y1", ({ parent }) => parameters.toY(parent.parameters))
    .attr("y2", ({ child }) => parameters.toY(child.parameters));
}

function drawGhostCost(group: Group, { axis, ghost }: ChartContext, { macs, parameters }: CostScales, span: Span): void {
  const ghosts = ghost && isInView(axis, ghost.number) ? [ghost] : [];
  group
    .selectAll<SVGRectElement, (typeof ghosts)[number]>(":scope > rect")
    .data(ghosts)
    .join("rect")
    .attr("class", "ghost")
    .attr("x", ({ number }) => toColumn(axis, number) - barWidth(axis, WIDTH) / 2)
    .attr("width", barWidth(axis, WIDTH))
    .attr("y", ({ cost }) => macs.toY(cost.macs))
    .attr("height", ({ cost }) => Math.max(0, span.bottom - macs.toY(cost.macs)));
  group
    .selectAll<SVGCircleElement, (typeof ghosts)[number]>(":scope > circle")
    .data(ghosts)
    .join("circle")
    .attr("class", "ghost")
    .attr("r", 2.5)
    .attr("cx", ({ number }) => toColumn(axis, number))
    .attr("cy", ({ cost }) => parameters.toY(cost.parameters));
}

function drawRightAxis(group: Group, { width }: NodeAxis, { parameters }: CostScales, { caption }: Span): void {
  drawLabels(group, [
    ...parameters.ticks.map(({ y, text }) => ({ key: text, x: width - 32, y: y + 4, text })),
    { key: "caption", x: width - 12, y: caption, text: `●  parameters, ${parameters.unit}`, anchor: "end", look: "" },
  ]);
}
