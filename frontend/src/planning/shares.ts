/** What share of the node a plan removes; twin of `planning/shares.py`. */
import type { Cost, Plan } from "../api/values";
import type { Ranking } from "./greedy";
import type { Structure } from "./structure";

export type Shares = Plan["shares"];

export interface SharesInput {
  readonly structure: Structure;
  readonly ranking: Ranking | null;
  readonly removed: Uint8Array;
  readonly now: Cost;
  readonly after: Cost;
}

export function computeShares({ structure, ranking, removed, now, after }: SharesInput): Shares {
  const gone = (key: keyof Cost): number => (now[key] ? 1 - after[key] / now[key] : 0);
  return {
    filters: gone("filters"),
    sensitivity: shareOf(structure, ranking?.sensitivity ?? null, removed),
    instability: shareOf(structure, ranking?.sensitivityInstability ?? null, removed),
    parameters: gone("parameters"),
    macs: gone("macs"),
    size_bytes: gone("size_bytes"),
  };
}

/** Sum over removed free units by sum over all free units; null where not scored. */
function shareOf({ units, free }: Structure, values: Float64Array | null, removed: Uint8Array): number | null {
  if (!values) return null;
  let [part, whole] = [0, 0];
  for (let u = 0; u < units; u++) {
    if (!free[u] || Number.isNaN(values[u]!)) continue;
    whole += values[u]!;
    if (removed[u]) part += values[u]!;
  }
  return whole ? part / whole : 0;
}
