/** From the lowest to the highest accuracy of its epochs, a stroke at the kept one, ▸ where it counts as recovered. */
import { lookOf } from "./nodeStats";
import type { Group } from "../../marks/part";
import { barWidth, isInView, toColumn } from "../axis/nodeAxis";
import type { ChartContext } from "./chartsData";
import type { Scale } from "./layout";
import type { NodeStats } from "./nodeStats";

const WIDTH = 12;

type Known = NodeStats & { readonly low: number; readonly high: number; readonly best: number };

const isKnown = (stats: NodeStats): stats is Known => stats.low !== null && stats.high !== null && stats.best !== null;

export function drawRecoverability(group: Group, { axis, ghost, shown }: ChartContext, { toY }: Scale): void {
  const known = shown.filter(isKnown);
  const bar = barWidth(axis, WIDTH);
  const x = ({ node }: NodeStats): number => toColumn(axis, node.number);
  group
    .selectAll<SVGRectElement, Known>(":scope > rect.range")
    .data(known, ({ node }) => node.id)
    .join("rect")
    .attr("class", (stats) => `range ${lookOf(stats)}`)
    .attr("x", (stats) => x(stats) - bar / 2)
    .attr("width", bar)
    .attr("y", ({ high }) => toY(high))
    .attr("height", ({ low, high }) => Math.max(0, toY(low) - toY(high)));
  group
    .selectAll<SVGLineElement, Known>(":scope > line.best")
    .data(known, ({ node }) => node.id)
    .join("line")
    .attr("class", (stats) => `best ${lookOf(stats)}`)
    .attr("x1", (stats) => x(stats) - bar / 2)
    .attr("x2", (stats) => x(stats) + bar / 2)
    .attr("y1", ({ best }) => toY(best))
    .attr("y2", ({ best }) => toY(best));
  drawNeeded(group, shown, (stats) => x(stats) - bar / 2 - 6, toY);
  drawGhostFrame(
    group,
    ghost && isInView(axis, ghost.number) ? toColumn(axis, ghost.number) : null,
    toY,
    ghost?.parent.accuracy ?? null,
  );
}

function drawNeeded(
  group: Group,
  shown: readonly NodeStats[],
  x: (stats: NodeStats) => number,
  toY: Scale["toY"],
): void {
  const needing = shown.filter(({ needed, best }) => needed !== null && best !== null);
  group
    .selectAll<SVGPathElement, NodeStats>(":scope > path.needed")
    .data(needing, ({ node }) => node.id)
    .join("path")
    .attr("class", "needed")
    .attr("d", "M0,-3L5,0L0,3Z")
    .attr("transform", (stats) => `translate(${x(stats)},${toY(stats.needed!)})`);
}

function drawGhostFrame(group: Group, x: number | null, toY: Scale["toY"], accuracy: number | null): void {
  const frames = x === null || accuracy === null ? [] : [{ x, y: toY(accuracy) }];
  group
    .selectAll<SVGRectElement, (typeof frames)[number]>(":scope > rect.ghost")
    .data(frames)
    .join("rect")
    .attr("class", "ghost")
    .attr("x", (frame) => frame.x - WIDTH / 2)
    .attr("width", WIDTH)
    .attr("y", (frame) => frame.y)
    .attr("height", 16);
}
