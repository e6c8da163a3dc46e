/**
 * Chart of the number of epochs of each node. While a node is being trained, a dotted frame shows its planned epochs.
 */
import { formatPlural } from "../../../marks/format";
import { drawLabels, ensureGroup, type Group, type Label } from "../../../marks/elements";
import { mayLabelNumber, columnX } from "../../axis/nodeAxis";
import { drawBars } from "../bars";
import type { ChartContext, Scale, VerticalSpan, StatsChart } from "../chart";
import type { NodeStats } from "../nodeStats";
import { linearScale } from "../scale";

interface EpochScale extends Scale {
  readonly isRootInScale: boolean;
}

const epochs: StatsChart<EpochScale> = {
  name: "epochs",
  title: "Epochs",
  order: 30,
  height: 25,
  headroom: 10,
  columns: [{ name: "epochs", value: (stats) => stats.epochs }],
  scale: ({ visibleStats }, span) => epochScale(visibleStats, span),
  unit: () => "training epochs per node",
  draw,
  describe,
};
export default epochs;

const countEpochs = ({ epochs, plannedEpochs, isLive }: NodeStats): number =>
  isLive ? Math.max(epochs, plannedEpochs ?? 0) : epochs;

/**
 * Returns a scale for numbers of epochs. If the root has more than three times as many epochs as any other node, the
 * scale does not include the root; the root's number is only printed.
 */
function epochScale(stats: readonly NodeStats[], span: VerticalSpan): EpochScale {
  const maxOtherEpochs = Math.max(0, ...stats.filter(({ node }) => node.parent_id !== null).map(countEpochs));
  const root = Math.max(0, ...stats.filter(({ node }) => node.parent_id === null).map(countEpochs));
  const isRootInScale = maxOtherEpochs === 0 || root <= 3 * maxOtherEpochs;
  const { toY, ticks } = linearScale(Math.max(1, maxOtherEpochs, isRootInScale ? root : 0), span, 2);
  return { toY, ticks: ticks.filter(({ value }) => Number.isInteger(value)), isRootInScale };
}

function draw(
  group: Group,
  { axis, visibleStats }: ChartContext,
  { toY, isRootInScale }: EpochScale,
  span: VerticalSpan,
): void {
  const isInScale = ({ node }: NodeStats): boolean => node.parent_id !== null || isRootInScale;
  const bars = visibleStats.filter(isInScale);
  const plannedBars = bars.filter(({ isLive, plannedEpochs }) => isLive && plannedEpochs !== null);
  const barGroup = ensureGroup(group, "bars");
  drawBars(barGroup, "planned", plannedBars, { axis, span, top: ({ plannedEpochs }) => toY(plannedEpochs ?? 0) });
  drawBars(barGroup, "done", bars, { axis, span, top: (stats) => toY(stats.epochs) });
  drawLabels(
    group,
    visibleStats
      .filter(({ node }) => mayLabelNumber(axis, node.number))
      .map((stats) =>
        buildEpochsLabel(stats, columnX(axis, stats.node.number), isInScale(stats), { toY, bottom: span.bottom }),
      ),
  );
}

function buildEpochsLabel(
  stats: NodeStats,
  x: number,
  fitsInScale: boolean,
  { toY, bottom }: { toY: Scale["toY"]; bottom: number },
): Label {
  const isImported = stats.node.origin === "imported";
  return {
    key: String(stats.node.id),
    x,
    y: fitsInScale && !isImported ? toY(countEpochs(stats)) - 3 : bottom - 4,
    text: epochText(stats.node.parent_id === null && !fitsInScale, isImported, stats),
    anchor: "middle",
    emphasis: "strong",
  };
}

function epochText(isAboveScale: boolean, isImported: boolean, { epochs, plannedEpochs, isLive }: NodeStats): string {
  if (isImported) return "root";
  if (isLive && plannedEpochs !== null) return `${epochs}/${plannedEpochs}`;
  return isAboveScale ? `↑${epochs}` : String(epochs);
}

function describe({ epochs, plannedEpochs, isLive, node }: NodeStats): string {
  const count =
    isLive && plannedEpochs !== null ? `epoch ${epochs} of ${plannedEpochs}` : formatPlural(epochs, "epoch");
  return node.best_epoch === null ? count : `${count}, best epoch ${node.best_epoch}`;
}
