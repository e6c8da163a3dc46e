/**
 * Draws an invisible column for each node and chart that responds to hovering and clicks. Keyboard users can reach the
 * same nodes in the tree.
 */
import type { Group } from "../../marks/elements";
import { columnX, type NodeAxis } from "../axis/nodeAxis";
import type { StatsChart } from "./chart";
import type { ChartPosition } from "./layout";
import type { NodeStats } from "./nodeStats";

export interface ColumnCallbacks {
  onChoose(id: number): void;
  onHover(stats: NodeStats | null, chart: StatsChart | null): void;
}

interface Column extends ChartPosition {
  readonly stats: NodeStats;
}

export function drawColumns(
  group: Group,
  shown: readonly NodeStats[],
  axis: NodeAxis,
  positions: readonly ChartPosition[],
  callbacks: ColumnCallbacks,
): void {
  const columns = shown.flatMap((stats) => positions.map((position): Column => ({ ...position, stats })));
  group
    .selectAll<SVGRectElement, Column>(":scope > rect")
    .data(columns, ({ stats, chart }) => `${stats.node.id}:${chart.name}`)
    .join("rect")
    .attr("class", "column")
    .attr("data-testid", ({ stats, chart }) => `${chart.name}-${stats.node.number}`)
    .attr("x", ({ stats }) => columnX(axis, stats.node.number) - axis.step / 2)
    .attr("width", axis.step)
    .attr("y", ({ span }) => span.top - 10)
    .attr("height", ({ span }) => span.bottom - span.top + 12)
    .on("click", (_, { stats }) => callbacks.onChoose(stats.node.id))
    .on("pointerenter", (_, { stats, chart }) => callbacks.onHover(stats, chart))
    .on("pointerleave", () => callbacks.onHover(null, null));
}
