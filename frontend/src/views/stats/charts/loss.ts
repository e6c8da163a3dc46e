/**
 * Chart of the loss: for each node, a line from the loss before training (epoch 0) to a dot at the loss after the last
 * epoch. The scale fits the losses after training; much larger losses are drawn as arrows at the upper end.
 */
import { median } from "d3-array";
import { formatCompactCount, formatValue, textWidth } from "../../../marks/format";
import { drawLabels, ensureGroup, type Group } from "../../../marks/elements";
import { columnX, type NodeAxis } from "../../axis/nodeAxis";
import type { ChartContext, Scale, VerticalSpan, StatsChart } from "../chart";
import { stateCssClass, type NodeStats } from "../nodeStats";
import { linearScale } from "../scale";

interface LossScale extends Scale {
  /** Whether a loss lies above the upper end of the scale. For such a loss, `toY` returns the upper end. */
  isAboveScale(loss: number): boolean;
  readonly hasLossAboveScale: boolean;
}

const loss: StatsChart<LossScale> = {
  name: "loss",
  title: "Loss",
  order: 20,
  height: 37,
  columns: [
    { name: "loss_first", value: ({ firstLoss }) => firstLoss },
    { name: "loss_last", value: ({ lastLoss }) => lastLoss },
  ],
  scale: ({ visibleStats }, span) => lossScale(visibleStats.filter(hasLoss), span),
  unit: ({ hasLossAboveScale }) =>
    `cross-entropy, epoch 0 to last epoch (dot)${hasLossAboveScale ? "; ↑ off the scale" : ""}`,
  draw,
  describe: ({ firstLoss, lastLoss, node }) =>
    `loss ${formatValue(node.loss)} (${formatValue(firstLoss)} before training, ${formatValue(lastLoss)} after the last epoch)`,
};
export default loss;

type StatsWithLoss = NodeStats & { readonly firstLoss: number; readonly lastLoss: number };

const hasLoss = (stats: NodeStats): stats is StatsWithLoss => stats.firstLoss !== null && stats.lastLoss !== null;

/**
 * Whether the last loss was measured after training: the node is finished, or at least one epoch of its training is
 * finished.
 */
const isTrained = ({ isLive, epochs }: NodeStats): boolean => !isLive || epochs > 0;

/** A loss after training above this multiple of the median is an outlier, for example because the training diverged. */
const OUTLIER_FACTOR = 10;
/**
 * A loss above this multiple of the largest loss after training is drawn as an arrow, because a scale that includes it
 * would flatten all others.
 */
const OFF_SCALE_FACTOR = 3;
/** If there are arrows, the scale ends at this multiple of the largest loss after training, to leave room for them. */
const SCALE_END_FACTOR = 1.5;
const MIN_SCALE_END = 0.01;

function lossScale(stats: readonly StatsWithLoss[], span: VerticalSpan): LossScale {
  const losses = stats.flatMap(({ firstLoss, lastLoss }) => [firstLoss, lastLoss]);
  const { toY, ticks } = linearScale(Math.max(MIN_SCALE_END, chooseScaleEnd(stats, losses)), span, 2);
  const isAboveScale = (loss: number): boolean => toY(loss) < span.top - 0.5;
  return {
    toY: (loss) => Math.max(span.top, toY(loss)),
    ticks,
    isAboveScale,
    hasLossAboveScale: losses.some(isAboveScale),
  };
}

function chooseScaleEnd(stats: readonly StatsWithLoss[], losses: readonly number[]): number {
  const finalLosses = stats.filter(isTrained).map(({ lastLoss }) => lastLoss);
  const outlierLimit = OUTLIER_FACTOR * (median(finalLosses) ?? Infinity);
  const largestFinalLoss = Math.max(0, ...finalLosses.filter((loss) => loss <= outlierLimit)) || Infinity;
  const lossesInScale = losses.filter((loss) => loss <= OFF_SCALE_FACTOR * largestFinalLoss);
  return Math.max(0, ...lossesInScale, lossesInScale.length < losses.length ? SCALE_END_FACTOR * largestFinalLoss : 0);
}

function draw(group: Group, { axis, visibleStats }: ChartContext, scale: LossScale, span: VerticalSpan): void {
  const statsWithLoss = visibleStats.filter(hasLoss);
  ensureGroup(group, "whiskers")
    .selectAll<SVGPathElement, StatsWithLoss>(":scope > path")
    .data(statsWithLoss, ({ node }) => node.id)
    .join("path")
    .attr("class", (stats) => `whisker ${stateCssClass(stats)}`)
    .attr("d", (stats) => whiskerPath(stats, columnX(axis, stats.node.number), scale));
  ensureGroup(group, "dots")
    .selectAll<SVGCircleElement, StatsWithLoss>(":scope > circle")
    .data(statsWithLoss, ({ node }) => node.id)
    .join("circle")
    .attr("class", (stats) => `last ${stateCssClass(stats)}`)
    .attr("r", 3)
    .attr("cx", ({ node }) => columnX(axis, node.number))
    .attr("cy", ({ lastLoss }) => scale.toY(lastLoss));
  const statsAboveScale = statsWithLoss.filter(({ firstLoss, lastLoss }) =>
    [firstLoss, lastLoss].some(scale.isAboveScale),
  );
  drawArrowheads(ensureGroup(group, "heads"), statsAboveScale, axis, span);
  drawValuesAboveScale(ensureGroup(group, "beyond"), statsAboveScale, { axis, scale, span });
}

/**
 * Returns the SVG path of a line from the first to the last loss of a node. If the first loss is within the scale, the
 * path includes a short bar there.
 */
function whiskerPath({ firstLoss, lastLoss }: StatsWithLoss, x: number, { toY, isAboveScale }: LossScale): string {
  const first = toY(firstLoss);
  const bar = isAboveScale(firstLoss) ? "" : `M${x - 4},${first}h8`;
  return `${bar}M${x},${first}V${toY(lastLoss)}`;
}

/** Draws an arrowhead at the upper end of each line that goes beyond the scale. */
function drawArrowheads(group: Group, stats: readonly StatsWithLoss[], axis: NodeAxis, { top }: VerticalSpan): void {
  group
    .selectAll<SVGPathElement, StatsWithLoss>(":scope > path")
    .data(stats, ({ node }) => node.id)
    .join("path")
    .attr("class", (stats) => `whisker head ${stateCssClass(stats)}`)
    .attr("d", ({ node }) => {
      const x = columnX(axis, node.number);
      return `M${x - 4},${top + 4}L${x},${top}L${x + 4},${top + 4}`;
    });
}

/**
 * Distance between the value of a loss and its arrow, and minimum gap between that value and the next column, in
 * pixels.
 */
const [LOSS_TEXT_OFFSET, LOSS_TEXT_GAP] = [5, 10];

/** Prints losses above the scale next to their arrows, where there is room. The status bar shows all values. */
function drawValuesAboveScale(
  group: Group,
  stats: readonly StatsWithLoss[],
  { axis, scale, span }: { readonly axis: NodeAxis; readonly scale: LossScale; readonly span: VerticalSpan },
): void {
  const labels = stats.flatMap(({ node, firstLoss, lastLoss }) => {
    const text = formatLossAboveScale([lastLoss, firstLoss].find(scale.isAboveScale)!);
    if (textWidth(text) + LOSS_TEXT_GAP > axis.step) return [];
    return [{ key: String(node.id), x: columnX(axis, node.number) + LOSS_TEXT_OFFSET, y: span.top + 9, text }];
  });
  drawLabels(group, labels);
}

const formatLossAboveScale = (loss: number): string =>
  loss >= 1000 ? formatCompactCount(loss) : String(Number(loss.toPrecision(2)));
