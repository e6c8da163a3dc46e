/** Describes nodes in readouts, in labels of the tree, and for screen readers. */
import type { Node } from "../../api/values";
import {
  formatBytes,
  formatCount,
  formatMs,
  formatOutOf,
  formatPercent,
  formatPlural,
  formatShort,
} from "../../marks/format";
import { countFreeFilters } from "../../planning/structure";
import type { PlanModel } from "../../planning/rules";
import type { Ghost } from "../../state/selectors/ghost";
import type { Readout, State } from "../../state/state";
import { describeHowMade } from "./tags";

export function describeNode(node: Node, byId: Readonly<Record<number, Node>>): Readout {
  return {
    title: `Node ${node.number}`,
    text: [...describeState(node), ...describeCost(node), ...describeOrigin(node, byId)].join(" · "),
  };
}

/** Describes a node in the status bar; null if there is no such node. */
export function readoutOf({ server }: State, id: number): Readout | null {
  const node = server.nodes[id];
  return node ? describeNode(node, server.nodes) : null;
}

/** Describes the draft and the shares that it removes: of the free filters (as in its rule) and of all filters. */
export function describeGhost(ghost: Ghost | null, model: PlanModel | null): string {
  if (!ghost) return "";
  const title = `Draft ${ghost.name} would create node ${ghost.number}`;
  if (!model) return title;
  const [free, all] = [countFreeFilters(model.structure), model.currentCost.filters];
  const removed = all - ghost.cost.filters;
  return `${title}: it removes ${formatOutOf(removed, free)} free filters (${formatPercent(removed / (free || 1))}), ${formatPercent(ghost.share)} of all ${formatCount(all)}`;
}

/** Returns the share of the parent's filters that the plan removed, 0–1; null if unknown. */
export function removedShare(node: Node, parent: Node | undefined): number | null {
  if (node.removed_filters === null || !parent?.filters) return null;
  return node.removed_filters / parent.filters;
}

function describeState(node: Node): string[] {
  if (node.state !== "ready") return [node.error ? `${node.state}: ${node.error.message}` : node.state];
  const recovered = node.recovered === false ? ["not recovered"] : [];
  const unjudged = node.recovered_reason === null ? [] : [`recovery not judged: ${node.recovered_reason}`];
  const accuracy = `accuracy ${formatPercent(node.accuracy, 2)}${describeInterval(node)}`;
  return [accuracy, ...recovered, ...unjudged, ...node.notices.map((notice) => `⚠ ${notice}`)];
}

const describeInterval = ({ accuracy_interval: interval }: Node): string =>
  interval ? ` (${formatPercent(interval.low)}–${formatPercent(interval.high)})` : "";

function describeCost({ size_bytes, parameters, macs, latency }: Node): string[] {
  if (parameters === null) return [];
  const singleImageLatency = latency.find(({ batch }) => batch === 1);
  const time = singleImageLatency ? [`${formatMs(singleImageLatency.median_ms)} per image`] : [];
  return [
    `file ${formatBytes(size_bytes)}`,
    `${formatShort(parameters)} parameters`,
    `${formatShort(macs)} MACs`,
    ...time,
  ];
}

function describeOrigin(node: Node, byId: Readonly<Record<number, Node>>): string[] {
  const parent = byId[node.parent_id ?? -1];
  const share = removedShare(node, parent);
  const plan =
    share === null || node.control
      ? describeHowMade(node, byId)
      : `plan −${formatPercent(share)} of node ${parent?.number ?? "?"}’s filters`;
  return [formatPlural(node.epochs, "epoch"), plan, ...(node.note ? [`“${node.note}”`] : [])];
}

/**
 * Describes in words how the node ended; empty if it is ready and recovered.
 */
export function describeOutcome({ state, recovered, recovered_reason, learned }: Node): string {
  if (state === "failed" || state === "cancelled" || state === "waiting") return state;
  if (recovered === false && state === "ready") return "not recovered";
  if (learned === false) return "learned nothing";
  return recovered_reason === null ? "" : "not judged";
}

/** Short forms of outcomes, used where there is little room. */
export const SHORT_OUTCOMES: Readonly<Record<string, string>> = { "not recovered": "not rec." };

/** Matches notes that the server wrote. */
const GENERATED_NOTE = /^(Autopilot \d+: |Control of node \d+: |Estimate: keep )/;

export const hasUserNote = ({ note }: Node): boolean => note !== "" && !GENERATED_NOTE.test(note);
