/** Loss from the first to the last epoch; the dot is the last. */
import type { Group } from "../../marks/part";
import { toColumn } from "../axis/nodeAxis";
import type { ChartContext } from "./chartsData";
import type { Scale } from "./layout";
import type { NodeStats } from "./nodeStats";
import { lookOf } from "./nodeStats";

type Known = NodeStats & { readonly lossFirst: number; readonly lossLast: number };

const isKnown = (stats: NodeStats): stats is Known => stats.lossFirst !== null && stats.lossLast !== null;

export function drawLoss(group: Group, { axis, shown }: ChartContext, { toY }: Scale): void {
  const known = shown.filter(isKnown);
  group
    .selectAll<SVGPathElement, Known>(":scope > path")
    .data(known, ({ node }) => node.id)
    .join("path")
    .attr("class", (stats) => `whisker ${lookOf(stats)}`)
    .attr("d", ({ node, lossFirst, lossLast }) => {
      const x = toColumn(axis, node.number);
      return `M${x - 4},${toY(lossFirst)}h8M${x},${toY(lossFirst)}V${toY(lossLast)}`;
    });
  group
    .selectAll<SVGCircleElement, Known>(":scope > circle")
    .data(known, ({ node }) => node.id)
    .join("circle")
    .attr("class", (stats) => `last ${lookOf(stats)}`)
    .attr("r", 3)
    .attr("cx", ({ node }) => toColumn(axis, node.number))
    .attr("cy", ({ lossLast }) => toY(lossLast));
}
