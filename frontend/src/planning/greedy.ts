/** Units in the order in which a rule removes them, and greedy removal in that order; twin of `planning/greedy.py`. */
import type { PartialScores, Scores } from "../api/values";
import { countMembers, type Structure } from "./structure";

export interface Ranking {
  readonly criterion: string;
  readonly keep: Scores["keep"];
  /**
   * By unit position; NaN if the unit has no score. `signedScores` are the scores, negated if the criterion keeps low
   * scores.
   */
  readonly score: Float64Array;
  readonly signedScores: Float64Array;
  readonly instability: Float64Array | null;
  /** Scores by `taylor`, which every plan's summary shows regardless of the criterion; null if there are none. */
  readonly sensitivity: Float64Array | null;
  readonly sensitivityInstability: Float64Array | null;
  /** Free units in ascending order of (signed score, group, lowest filter number). */
  readonly ascendingUnits: Int32Array;
  /** Index of each unit in `ascendingUnits`; -1 for units that are not in it. */
  readonly rank: Int32Array;
}

/**
 * Ranks the units by `scores`. If these scores are not by `taylor`, the sensitivity is taken from `taylor`, and so is
 * the instability if `scores` has none.
 */
export function rankUnits(structure: Structure, scores: Scores, taylor: Scores | null = null): Ranking {
  const positions = scores.unit.map((id) => structure.unitById.get(id) ?? -1);
  const optionalValuesByUnit = (values: readonly (number | null)[] | null): Float64Array | null =>
    values && valuesByUnit(structure.unitCount, positions, values);
  const score = valuesByUnit(structure.unitCount, positions, scores.score);
  const sensitivity = scores.criterion === "taylor" ? scores : taylor;
  return rank(structure, {
    criterion: scores.criterion,
    keep: scores.keep,
    score,
    instability: optionalValuesByUnit(scores.instability ?? sensitivity?.instability ?? null),
    sensitivity: optionalValuesByUnit(sensitivity?.score ?? null),
    sensitivityInstability: optionalValuesByUnit(sensitivity?.instability ?? null),
  });
}

/** Ranks the units by the partial scores of a scoring pass in progress, which are in the order of the node's units. */
export function rankByPartialScores(structure: Structure, partial: PartialScores): Ranking {
  const positions = structure.source.units.map((_, u) => u);
  const score = valuesByUnit(structure.unitCount, positions, partial.score);
  const instability = valuesByUnit(structure.unitCount, positions, partial.instability);
  return rank(structure, {
    criterion: partial.criterion,
    keep: "high",
    score,
    instability,
    sensitivity: score,
    sensitivityInstability: instability,
  });
}

export type RankingValues = Omit<Ranking, "signedScores" | "ascendingUnits" | "rank">;

/** Sorts the free units that have a score. */
export function rank(structure: Structure, values: RankingValues): Ranking {
  const signedScores = values.keep === "high" ? values.score : values.score.map((score) => -score);
  const scoredUnits = Array.from(structure.unscoredOrder.filter((u) => !Number.isNaN(signedScores[u]!)));
  scoredUnits.sort((a, b) => signedScores[a]! - signedScores[b]!); // stable: ties stay in the order of group, number, id
  const ranks = new Int32Array(structure.unitCount).fill(-1);
  scoredUnits.forEach((u, i) => (ranks[u] = i));
  return { ...values, signedScores, ascendingUnits: Int32Array.from(scoredUnits), rank: ranks };
}

/** Rearranges `values` by unit position; units without a value get NaN. */
function valuesByUnit(units: number, positions: readonly number[], values: readonly (number | null)[]): Float64Array {
  const result = new Float64Array(units).fill(NaN);
  values.forEach((value, i) => {
    const u = positions[i]!;
    if (u >= 0 && value !== null) result[u] = value;
  });
  return result;
}

/** Removes units one by one, lowest rank first, while every layer keeps at least one filter. */
export class GreedyRemoval {
  /** Number of filters that remain in each layer. */
  readonly remainingFilters: Int32Array;
  readonly removedByRule: number[] = [];
  removedCount = 0;
  /** Number of filters that the rule must leave in each layer. */
  readonly #minFilters: Int32Array;

  /**
   * First removes the units in `removedByHand`, even if that goes below the floor; rounding never puts them back.
   * `floor`: smallest share of each layer's filters that the rule must keep, rounded up to whole filters.
   */
  constructor(
    readonly structure: Structure,
    readonly removedByHand: readonly number[],
    readonly floor = 0,
  ) {
    this.remainingFilters = structure.filterCounts.slice();
    // Without the small term, rounding in binary would turn 0.7 · 10 into 8 instead of 7.
    this.#minFilters = structure.filterCounts.map((n) => Math.max(1, Math.ceil(floor * n - 1e-9)));
    for (const u of removedByHand) this.#remove(u, 1);
  }

  /**
   * Removes the unit unless a layer would become empty or fall below the floor. Returns whether the unit was removed.
   */
  tryRemove(u: number): boolean {
    if (this.#wouldFallBelowFloor(u)) return false;
    this.#remove(u, 1);
    this.removedByRule.push(u);
    return true;
  }

  /** Undoes the removal of a unit that the rule removed. */
  putBack(u: number): void {
    const at = this.removedByRule.lastIndexOf(u);
    if (at < 0) return;
    this.removedByRule.splice(at, 1);
    this.#remove(u, -1);
  }

  units(): number[] {
    return [...this.removedByHand, ...this.removedByRule];
  }

  /** Number of the layer's filters that are in the unit. */
  countFilters(u: number, layer: number): number {
    const { memberStart, memberLayer } = this.structure;
    let count = 0;
    for (let m = memberStart[u]!; m < memberStart[u + 1]!; m++) if (memberLayer[m] === layer) count++;
    return count;
  }

  /**
   * Puts back units that the rule removed, highest rank first, until widths are multiples of `multiple`, if possible.
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
    const removedInLayer = this.removedByRule.filter((u) => this.countFilters(u, layer) > 0);
    const putBackUnits = new Set<number>();
    while (removedInLayer.length && this.remainingFilters[layer]! % multiple) {
      const u = removedInLayer.pop()!;
      this.#remove(u, -1);
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

  /** `times` is 1 to remove the unit, or -1 to put it back. */
  #remove(u: number, times: 1 | -1): void {
    const { memberStart, memberLayer } = this.structure;
    this.removedCount += times * countMembers(this.structure, u);
    for (let m = memberStart[u]!; m < memberStart[u + 1]!; m++) this.remainingFilters[memberLayer[m]!]! -= times;
  }
}
