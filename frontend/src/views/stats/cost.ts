/** MACs as bars, parameters as a line that joins parent and child, not neighbours in number. */
import { select } from "d3-selection";
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
    .each(function ({ parent, child }) {
      const from = [toColumn(axis, parent.number), parameters.toY(parent.parameters)] as const;
      const to = [toColumn(axis, child.number), parameters.toY(child.parameters)] as const;
      const [x1, y1, x2, y2] = clipLine(from, to, [axis.left - END, axis.right + END]);
      select(this).attr("x1", x1).attr("x2", x2).attr("y1", y1).attr("y2", y2);
    });
}

/** How far a line runs on towards a node out of view, clear of the numbers at the ends, pixels. */
const END = 12;

type Point = readonly [x: number, y: number];

/** The part of a line from left to right that lies between `low` and `high`. */
export function clipLine(
  [x0, y0]: Point,
  [x1, y1]: Point,
  [low, high]: readonly [number, number],
): readonly [number, number, number, number] {
  const at = (x: number): number => (x1 === x0 ? y0 : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0));
  const [left, right] = [Math.max(x0, low), Math.min(x1, high)];
  return [left, at(left), right, at(right)];
}

function drawGhostCost(
  group: Group,
  { axis, ghost }: ChartContext,
  { macs, parameters }: CostScales,
  span: Span,
): void {
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
    ...parameters.ticks.map(({ y, text }) => ({ key: text, x: width - 4, y: y + 4, text, anchor: "end" as const })),
    { key: "caption", x: width - 12, y: caption, text: `●  parameters, ${parameters.unit}`, anchor: "end", look: "" },
  ]);
}
