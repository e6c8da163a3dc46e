/** What a column of a chart says when the pointer is on it. */
import { formatCount, formatPercent, formatPlural, formatValue } from "../../marks/format";
import type { Readout } from "../../state/state";
import type { ChartName } from "./chartsData";
import type { NodeStats } from "./nodeStats";

export function describeColumn(stats: NodeStats, chart: ChartName): Readout {
  const { node } = stats;
  const texts: Record<ChartName, () => string> = {
    recoverability: () => describeRange(stats),
    loss: () =>
      `loss ${formatValue(stats.lossFirst)} at first, ${formatValue(stats.lossLast)} at last, ${formatValue(node.loss)} kept`,
    epochs: () => describeEpochs(stats),
    cost: () => `${formatCount(node.macs)} MACs, ${formatCount(node.parameters)} parameters`,
  };
  return { title: `Node ${node.number}`, text: texts[chart]() };
}

function describeRange({ low, high, best, needed, node }: NodeStats): string {
  if (best === null) return "no epoch yet";
  const target = needed === null ? "" : `, recovered from ${formatPercent(needed, 2)}`;
  const word = node.recovered === null ? "" : node.recovered ? ", recovered" : ", not recovered";
  return `accuracy ${formatPercent(low, 2)}–${formatPercent(high, 2)} over its epochs, ${formatPercent(best, 2)} kept${target}${word}`;
}

function describeEpochs({ epochs, planned, isLive, node }: NodeStats): string {
  const count = isLive && planned !== null ? `epoch ${epochs} of ${planned}` : formatPlural(epochs, "epoch");
  return node.best_epoch === null ? count : `${count}, epoch ${node.best_epoch} kept`;
}
