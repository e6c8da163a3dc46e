/** Describes nodes for the status bar, for the labels of the tree, and for screen readers. */
import type { Node } from "../../api/values";
import {
  formatBytes,
  formatMs,
  formatCountOfTotal,
  formatPercent,
  formatPlural,
  formatCompactCount,
} from "../../marks/format";
import { removedShareOfFreeFilters } from "../../planning/shares";
import type { Ghost } from "../../state/selectors/ghost";
import type { Readout, State } from "../../state/state";
import { type Latency, describeLatencyRatio, singleImageLatency } from "./latencies";
import { originText } from "./tags";

export function buildNodeReadout(node: Node, nodeById: Readonly<Record<number, Node>>): Readout {
  return {
    title: `Node ${node.number}`,
    text: [...describeState(node), ...describeCost(node), ...describeOrigin(node, nodeById)].join(" · "),
  };
}

/** Returns the description of a node that the status bar shows; null if there is no such node. */
export function findNodeReadout({ server }: State, id: number): Readout | null {
  const node = server.nodes[id];
  return node ? buildNodeReadout(node, server.nodes) : null;
}

/**
 * Describes the node that the draft would create, and how many filters the draft removes; empty if there is no draft to
 * describe.
 */
export function describeDraftGhost(ghost: Ghost | null): string {
  if (!ghost) return "";
  const { name, number, removedFilters, freeFilters, share } = ghost;
  const removed = formatCountOfTotal(removedFilters, freeFilters ?? removedFilters);
  return `Draft ${name} would create node ${number}: it removes ${removed} free filters (${formatPercent(share)})`;
}

/** Returns the share of the parent's free filters that the plan removed, 0–1; null if unknown. */
export const removedShare = (node: Node, parent: Node | undefined): number | null =>
  node.removed_filters === null ? null : removedShareOfFreeFilters(node.removed_filters, parent?.free_filters ?? null);

/** Describes the share of the parent's free filters that a plan removed: "−25.0% of node 3’s free filters". */
export const describeRemovedShare = (share: number, parent: Node | undefined): string =>
  `−${formatPercent(share)} of node ${parent?.number ?? "?"}’s free filters`;

function describeState(node: Node): string[] {
  if (node.state !== "ready") return [node.error ? `${node.state}: ${node.error.message}` : node.state];
  const recoveryTexts = node.recovered === false ? ["not recovered"] : [];
  const notJudgedTexts = node.recovered_reason === null ? [] : [`recovery not judged: ${node.recovered_reason}`];
  const accuracy = `accuracy ${formatPercent(node.accuracy, 2)}${describeInterval(node)}`;
  return [accuracy, ...recoveryTexts, ...notJudgedTexts, ...node.notices.map((notice) => `⚠ ${notice}`)];
}

const describeInterval = ({ accuracy_interval: interval }: Node): string =>
  interval ? ` (${formatPercent(interval.low)}–${formatPercent(interval.high)})` : "";

function describeCost(node: Node): string[] {
  const { size_bytes, parameters, macs } = node;
  if (parameters === null) return [];
  const latency = singleImageLatency(node);
  const time = latency ? [describeLatencyPerImage(latency)] : [];
  return [
    `file ${formatBytes(size_bytes)}`,
    `${formatCompactCount(parameters)} parameters`,
    `${formatCompactCount(macs)} MACs`,
    ...time,
  ];
}

function describeLatencyPerImage(latency: Latency): string {
  if (latency.reliability === "unreliable") return "latency unreliable";
  const time = `${formatMs(latency.median_ms)} per image`;
  return latency.reliability === "unpaired"
    ? `${time}, not compared with the root`
    : `${time}, ${describeLatencyRatio(latency)} the root’s latency`;
}

function describeOrigin(node: Node, nodeById: Readonly<Record<number, Node>>): string[] {
  const parent = nodeById[node.parent_id ?? -1];
  const share = removedShare(node, parent);
  const plan =
    share === null || node.control ? originText(node, nodeById) : `plan ${describeRemovedShare(share, parent)}`;
  return [formatPlural(node.epochs, "epoch"), plan, ...(node.note ? [`“${node.note}”`] : [])];
}

/**
 * Describes in words how the node ended, for example "failed" or "not recovered"; empty if it is ready and has
 * recovered.
 */
export function describeOutcome({ state, recovered, recovered_reason, learned }: Node): string {
  if (state === "failed" || state === "cancelled" || state === "waiting") return state;
  if (recovered === false && state === "ready") return "not recovered";
  if (learned === false) return "learned nothing";
  return recovered_reason === null ? "" : "not judged";
}

/** Shorter wordings of outcomes, for places with little room. */
export const SHORT_OUTCOMES: Readonly<Record<string, string>> = { "not recovered": "not recov." };

/** Matches node notes that were written by the server rather than by a user. */
const SERVER_NOTE_REGEX = /^(Autopilot \d+: |Control of node \d+: |Estimate: keep |Suggested: |Tried by search \d+: )/;

export const hasUserNote = ({ note }: Node): boolean => note !== "" && !SERVER_NOTE_REGEX.test(note);
