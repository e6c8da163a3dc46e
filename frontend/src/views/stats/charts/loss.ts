/** Chart of the loss: a line from its value in the first epoch to a dot at its value in the last. */
import { formatValue } from "../../../marks/format";
import type { Group } from "../../../marks/elements";
import { columnX } from "../../axis/nodeAxis";
import type { ChartContext, Scale, StatsChart } from "../chart";
import { stateClass, type NodeStats } from "../nodeStats";
import { linearScale } from "../scale";

const loss: StatsChart = {
  name: "loss",
  title: "Loss",
  order: 20,
  height: 37,
  columns: [
    { name: "loss_first", value: ({ lossFirst }) => lossFirst },
    { name: "loss_last", value: ({ lossLast }) => lossLast },
  ],
  scale: ({ shownStats }, span) => {
    const losses = shownStats
      .flatMap(({ lossFirst, lossLast }) => [lossFirst, lossLast])
      .filter((value) => value !== null);
    return linearScale(Math.max(0.1, ...losses), span, 2);
  },
  unit: () => "cross-entropy, from first to last epoch (dot)",
  draw,
  describe: ({ lossFirst, lossLast, node }) =>
    `loss ${formatValue(node.loss)} (${formatValue(lossFirst)} in the first epoch, ${formatValue(lossLast)} in the last)`,
};
export default loss;

type StatsWithLoss = NodeStats & { readonly lossFirst: number; readonly lossLast: number };

const hasLoss = (stats: NodeStats): stats is StatsWithLoss => stats.lossFirst !== null && stats.lossLast !== null;

function draw(group: Group, { axis, shownStats }: ChartContext, { toY }: Scale): void {
  const statsWithLoss = shownStats.filter(hasLoss);
  group
    .selectAll<SVGPathElement, StatsWithLoss>(":scope > path")
    .data(statsWithLoss, ({ node }) => node.id)
    .join("path")
    .attr("class", (stats) => `whisker ${stateClass(stats)}`)
    .attr("d", ({ node, lossFirst, lossLast }) => {
      const x = columnX(axis, node.number);
      return `M${x - 4},${toY(lossFirst)}h8M${x},${toY(lossFirst)}V${toY(lossLast)}`;
    });
  group
    .selectAll<SVGCircleElement, StatsWithLoss>(":scope > circle")
    .data(statsWithLoss, ({ node }) => node.id)
    .join("circle")
    .attr("class", (stats) => `last ${stateClass(stats)}`)
    .attr("r", 3)
    .attr("cx", ({ node }) => columnX(axis, node.number))
    .attr("cy", ({ lossLast }) => toY(lossLast));
}
