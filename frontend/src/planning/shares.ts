/**
 * Computes which shares of a node's filters, cost and scores a plan removes. Counterpart of the server's
 * `planning/shares.py`.
 */
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
    sensitivity: removedShareOfValues(structure, ranking?.sensitivity ?? null, removed),
    instability: removedShareOfValues(structure, ranking?.sensitivityInstability ?? null, removed),
    parameters: removedShare("parameters"),
    macs: removedShare("macs"),
    size_bytes: removedShare("size_bytes"),
  };
}

/**
 * Returns the share of the free (removable) filters that a plan removes, 0–1; null if the number of free filters is
 * unknown. The percentages of plans on the page are always this share.
 */
export function removedShareOfFreeFilters(removed: number, free: number | null): number | null {
  if (free === null) return null;
  return free ? removed / free : 0;
}

/**
 * Returns the sum of `values` over the removed units, divided by the sum over all free (removable) units; null if
 * `values` is null.
 */
function removedShareOfValues(
  { unitCount, freeUnitFlags }: Structure,
  values: Float64Array | null,
  removed: Uint8Array,
): number | null {
  if (!values) return null;
  let [removedSum, total] = [0, 0];
  for (let u = 0; u < unitCount; u++) {
    if (!freeUnitFlags[u] || Number.isNaN(values[u]!)) continue;
    total += values[u]!;
    if (removed[u]) removedSum += values[u]!;
  }
  return total ? removedSum / total : 0;
}
