/** Statistics of a node: its final values or, while it is being trained, the values of the epochs so far. */
import type { Epoch, Node } from "../../api/values";

export interface NodeStats {
  readonly node: Node;
  readonly isLive: boolean;
  readonly hasNotRecovered: boolean;
  /** Lowest accuracy over all epochs so far. */
  readonly low: number | null;
  /** Highest accuracy over all epochs so far. */
  readonly high: number | null;
  /** The node's accuracy or, while it is being trained, the best accuracy so far. */
  readonly bestAccuracy: number | null;
  /** The accuracy that the node needs to count as recovered; null if recovery is not judged for the node. */
  readonly neededAccuracy: number | null;
  readonly firstLoss: number | null;
  readonly lastLoss: number | null;
  readonly epochs: number;
  readonly plannedEpochs: number | null;
}

export function toNodeStats(node: Node, epochs: readonly Epoch[]): NodeStats {
  const isLive = node.state === "running" || node.state === "waiting";
  return {
    node,
    isLive,
    hasNotRecovered: node.state === "ready" && node.recovered === false,
    neededAccuracy:
      node.needed_correct === null || node.recovered_reason !== null ? null : node.needed_correct / node.images,
    plannedEpochs: node.epochs_planned,
    ...(isLive && epochs.length > 0 ? summarizeEpochs(epochs) : summarizeNode(node)),
  };
}

function summarizeEpochs(epochs: readonly Epoch[]) {
  const accuracies = epochs.map(({ accuracy }) => accuracy);
  const high = Math.max(...accuracies);
  return {
    low: Math.min(...accuracies),
    high,
    bestAccuracy: high,
    firstLoss: epochs[0]!.loss,
    lastLoss: epochs.at(-1)!.loss,
    epochs: epochs.at(-1)!.epoch,
  };
}

const summarizeNode = (node: Node) => ({
  low: node.accuracy_low,
  high: node.accuracy_high,
  bestAccuracy: node.accuracy,
  firstLoss: node.loss_first,
  lastLoss: node.loss_last,
  epochs: node.epochs,
});

export function stateCssClass({ isLive, hasNotRecovered }: NodeStats): string {
  if (isLive) return "live";
  return hasNotRecovered ? "unrecovered" : "plain";
}
