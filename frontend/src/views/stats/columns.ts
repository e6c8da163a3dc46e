/** A column per node and chart that answers pointer and click; keys reach the same nodes in the tree. */
import type { Group } from "../../marks/part";
import { toColumn, type NodeAxis } from "../axis/nodeAxis";
import type { ChartName, ChartsCallbacks } from "./chartsData";
import type { Spans } from "./layout";
import type { NodeStats } from "./nodeStats";

const CHARTS: readonly ChartName[] = ["recoverability", "loss", "epochs", "cost"];

interface Column {
  readonly stats: NodeStats;
  readonly chart: ChartName;
}

export function drawColumns(
  group: Group,
  shown: readonly NodeStats[],
  axis: NodeAxis,
  spans: Spans,
  callbacks: ChartsCallbacks,
): void {
  const columns = shown.flatMap((stats) => CHARTS.map((chart): Column => ({ stats, chart })));
  group
    .selectAll<SVGRectElement, Column>(":scope > rect")
    .data(columns, ({ stats, chart }) => `${stats.node.id}:${chart}`)
    .join("rect")
    .attr("class", "column")
    .attr("data-testid", ({ stats, chart }) => `${chart}-${stats.node.number}`)
    .attr("x", ({ stats }) => toColumn(axis, stats.node.number) - axis.step / 2)
    .attr("width", axis.step)
    .attr("y", ({ chart }) => spans[chart].top - 10)
    .attr("height", ({ chart }) => spans[chart].bottom - spans[chart].top + 12)
    .on("click", (_, { stats }) => callbacks.onChoose(stats.node.id))
    .on("pointerenter", (_, { stats, chart }) => callbacks.onHover(stats, chart))
    .on("pointerleave", () => callbacks.onHover(null, null));
}
