/**
 * Ranks units in the order in which a rule removes them, and removes units in that order (greedy removal). Counterpart
 * of the server's `planning/greedy.py`.
 */
import type { PartialScores, Scores } from "../api/values";
import { countMembers, type Structure } from "./structure";

export interface Ranking {
  readonly criterion: string;
  readonly keep: Scores["keep"];
  /**
   * Score of each unit; NaN if the unit has no score. `signedScores` contains the same scores, negated if the criterion
   * keeps units with low scores.
   */
  readonly score: Float64Array;
  readonly signedScores: Float64Array;
  readonly instability: Float64Array | null;
  /**
   * Sensitivity of each unit (its score by the criterion `taylor`), which the summary of a plan shows whatever
   * criterion the plan uses; null if it has not been computed.
   */
  readonly sensitivity: Float64Array | null;
  readonly sensitivityInstability: Float64Array | null;
  /**
   * The free (removable) units that have a score, in ascending order of signed score, then group, then lowest filter
   * number.
   */
  readonly rankedUnits: Int32Array;
  /** Index of each unit in `rankedUnits`; -1 for units that are not in it. */
  readonly rank: Int32Array;
}

/**
 * Ranks the units by `scores`. If `scores` are not by the criterion `taylor` (sensitivity), the argument `taylor`
 * provides the sensitivity, and also the instability if `scores` has none.
 */
export function rankUnits(structure: Structure, scores: Scores, taylor: Scores | null = null): Ranking {
  const positions = scores.unit.map((id) => structure.unitById.get(id) ?? -1);
  const alignOptionalValues = (values: readonly (number | null)[] | null): Float64Array | null =>
    values && alignValuesToUnits(structure.unitCount, positions, values);
  const score = alignValuesToUnits(structure.unitCount, positions, scores.score);
  const sensitivity = scores.criterion === "taylor" ? scores : taylor;
  return buildRanking(structure, {
    criterion: scores.criterion,
    keep: scores.keep,
    score,
    instability: alignOptionalValues(scores.instability ?? sensitivity?.instability ?? null),
    sensitivity: alignOptionalValues(sensitivity?.score ?? null),
    sensitivityInstability: alignOptionalValues(sensitivity?.instability ?? null),
  });
}

/**
 * Ranks the units by the partial scores of a scoring pass in progress. The scores are in the order of the node's units.
 */
export function rankByPartialScores(structure: Structure, partialScores: PartialScores): Ranking {
  const positions = structure.source.units.map((_, u) => u);
  const score = alignValuesToUnits(structure.unitCount, positions, partialScores.score);
  const instability = alignValuesToUnits(structure.unitCount, positions, partialScores.instability);
  return buildRanking(structure, {
    criterion: partialScores.criterion,
    keep: "high",
    score,
    instability,
    sensitivity: score,
    sensitivityInstability: instability,
  });
}

export type RankingInput = Omit<Ranking, "signedScores" | "rankedUnits" | "rank">;

/**
 * Returns `values` together with the signed scores, and with the order and ranks of the free units that have a score.
 */
export function buildRanking(structure: Structure, values: RankingInput): Ranking {
  const signedScores = values.keep === "high" ? values.score : values.score.map((score) => -score);
  const scoredUnits = Array.from(structure.unscoredOrder.filter((u) => !Number.isNaN(signedScores[u]!)));
  scoredUnits.sort((a, b) => signedScores[a]! - signedScores[b]!); // stable: ties stay in the order of group, number, id
  const ranks = new Int32Array(structure.unitCount).fill(-1);
  scoredUnits.forEach((u, i) => (ranks[u] = i));
  return { ...values, signedScores, rankedUnits: Int32Array.from(scoredUnits), rank: ranks };
}

/** Returns one value per unit: `values[i]` for the unit at `positions[i]`, and NaN for units without a value. */
function alignValuesToUnits(
  units: number,
  positions: readonly number[],
  values: readonly (number | null)[],
): Float64Array {
  const result = new Float64Array(units).fill(NaN);
  values.forEach((value, i) => {
    const u = positions[i]!;
    if (u >= 0 && value !== null) result[u] = value;
  });
  return result;
}

/**
 * Removes units one by one in the order in which the caller passes them. Skips a unit if a layer would then have too
 * few filters.
 */
export class GreedyRemoval {
  /** Number of filters that remain in each layer. */
  readonly remainingFilters: Int32Array;
  readonly removedByRule: number[] = [];
  removedFilterCount = 0;
  /** Minimum number of filters that the rule must leave in each layer. */
  readonly #minFilters: Int32Array;

  /**
   * Starts with only the units in `removedByHand` removed. They stay removed even if a layer then has fewer filters
   * than the floor requires. `floor`: smallest share of each layer's filters that the rule must keep, rounded up to
   * whole filters.
   */
  constructor(
    readonly structure: Structure,
    readonly removedByHand: readonly number[],
    readonly floor = 0,
  ) {
    this.remainingFilters = structure.filterCounts.slice();
    // Without the small term, rounding in binary would turn 0.7 · 10 into 8 instead of 7.
    this.#minFilters = structure.filterCounts.map((n) => Math.max(1, Math.ceil(floor * n - 1e-9)));
    for (const u of removedByHand) this.#updateFilterCounts(u, 1);
  }

  /**
   * Removes the unit unless a layer would then have fewer filters than the rule must keep. Returns whether it was
   * removed.
   */
  tryRemoveUnit(u: number): boolean {
    if (this.#wouldFallBelowFloor(u)) return false;
    this.#updateFilterCounts(u, 1);
    this.removedByRule.push(u);
    return true;
  }

  /** Puts back a unit that the rule removed. */
  putBackUnit(u: number): void {
    const at = this.removedByRule.lastIndexOf(u);
    if (at < 0) return;
    this.removedByRule.splice(at, 1);
    this.#updateFilterCounts(u, -1);
  }

  units(): number[] {
    return [...this.removedByHand, ...this.removedByRule];
  }

  /** Number of filters that a unit has in a layer. */
  countFilters(u: number, layer: number): number {
    const { memberStart, memberLayer } = this.structure;
    let count = 0;
    for (let m = memberStart[u]!; m < memberStart[u + 1]!; m++) if (memberLayer[m] === layer) count++;
    return count;
  }

  /**
   * Puts back units that the rule removed, the last removed first, until the number of filters in every layer is a
   * multiple of `multiple` or no such unit is left.
   */
  roundWidths(multiple: number): void {
    if (multiple <= 1) return;
    for (let hasPutBackUnit = true; hasPutBackUnit;) {
      hasPutBackUnit = false; // a unit put back into one layer also returns to the layers coupled with it
      for (let layer = 0; layer < this.remainingFilters.length; layer++)
        hasPutBackUnit = this.#round(layer, multiple) || hasPutBackUnit;
    }
  }

  #round(layer: number, multiple: number): boolean {
    if (this.remainingFilters[layer]! % multiple === 0) return false;
    const removedUnitsInLayer = this.removedByRule.filter((u) => this.countFilters(u, layer) > 0);
    const putBackUnits = new Set<number>();
    while (removedUnitsInLayer.length && this.remainingFilters[layer]! % multiple) {
      const u = removedUnitsInLayer.pop()!;
      this.#updateFilterCounts(u, -1);
      putBackUnits.add(u);
    }
    if (!putBackUnits.size) return false;
    const remainingUnits = this.removedByRule.filter((u) => !putBackUnits.has(u));
    this.removedByRule.splice(0, Infinity, ...remainingUnits);
    return true;
  }

  #wouldFallBelowFloor(u: number): boolean {
    const { memberStart, memberLayer } = this.structure;
    const [start, end] = [memberStart[u]!, memberStart[u + 1]!];
    if (end - start === 1) return this.remainingFilters[memberLayer[start]!]! <= this.#minFilters[memberLayer[start]!]!;
    for (let m = start; m < end; m++) {
      const layer = memberLayer[m]!;
      if (this.remainingFilters[layer]! - this.countFilters(u, layer) < this.#minFilters[layer]!) return true;
    }
    return false;
  }

  /** Updates the filter counts after a unit has been removed (`removalSign` is 1) or put back (`removalSign` is -1). */
  #updateFilterCounts(u: number, removalSign: 1 | -1): void {
    const { memberStart, memberLayer } = this.structure;
    this.removedFilterCount += removalSign * countMembers(this.structure, u);
    for (let m = memberStart[u]!; m < memberStart[u + 1]!; m++) this.remainingFilters[memberLayer[m]!]! -= removalSign;
  }
}
