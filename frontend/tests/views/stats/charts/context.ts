/** Draws a single chart of Statistics. */
import { select } from "d3-selection";
import { layoutNodeAxis } from "../../../../src/views/axis/nodeAxis";
import type { ChartContext, Scale, VerticalSpan, StatsChart } from "../../../../src/views/stats/chart";
import { toNodeStats, type NodeStats } from "../../../../src/views/stats/nodeStats";
import type { Node } from "../../../../src/api/values";

export const SPAN: VerticalSpan = { caption: 17, top: 28, bottom: 78 };

export const statsOf = (nodes: readonly Node[]): readonly NodeStats[] => nodes.map((node) => toNodeStats(node, []));

export const contextOf = (nodes: readonly NodeStats[]): ChartContext => ({
  axis: layoutNodeAxis({ width: 400, columnCount: nodes.length, pan: null, chosen: 0 }),
  ghost: null,
  visibleStats: nodes,
  allStats: nodes,
});

/** Returns the drawing of one chart, and its scale. */
export function drawAlone<S extends Scale>(chart: StatsChart<S>, nodes: readonly NodeStats[]) {
  const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
  const context = contextOf(nodes);
  const scale = chart.scale(context, SPAN);
  chart.draw(select<SVGElement, unknown>(group), context, scale, SPAN);
  return { group, scale };
}
