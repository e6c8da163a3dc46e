/** Shares of a node's filters, costs and scores that a plan removes; twin of `planning/shares.py`. */
import type { Cost, Plan } from "../api/values";
import type { Ranking } from "./greedy";
import type { Structure } from "./structure";

export type Shares = Plan["shares"];

export interface SharesInput {
  readonly structure: Structure;
  readonly ranking: Ranking | null;
  readonly removed: Uint8Array;
  readonly costBefore: Cost;
  readonly costAfter: Cost;
}

export function computeShares({ structure, ranking, removed, costBefore, costAfter }: SharesInput): Shares {
  const removedShare = (key: keyof Cost): number => (costBefore[key] ? 1 - costAfter[key] / costBefore[key] : 0);
  return {
    filters: removedShare("filters"),
    sensitivity: shareOf(structure, ranking?.sensitivity ?? null, removed),
    instability: shareOf(structure, ranking?.sensitivityInstability ?? null, removed),
    parameters: removedShare("parameters"),
    macs: removedShare("macs"),
    size_bytes: removedShare("size_bytes"),
  };
}

/**
 * Returns the share of the free filters that a plan removes, 0–1; null if the node's free filters are unknown. This is
 * the percentage of a plan everywhere: in rules, tabs, the tree, the radar and tables.
 */
export function removedShareOfFree(removed: number, free: number | null): number | null {
  if (free === null) return null;
  return free ? removed / free : 0;
}

/** The removed units' share of the sum over all free units; null if there are no values. */
function shareOf({ unitCount, freeFlags }: Structure, values: Float64Array | null, removed: Uint8Array): number | null {
  if (!values) return null;
  let [removedSum, total] = [0, 0];
  for (let u = 0; u < unitCount; u++) {
    if (!freeFlags[u] || Number.isNaN(values[u]!)) continue;
    total += values[u]!;
    if (removed[u]) removedSum += values[u]!;
  }
  return total ? removedSum / total : 0;
}
