/** Units in the order in which a criterion would let them go, and greedy removal in that order. */
import type { PartialScores, Scores } from "../api/values";
import { memberCount, type Structure } from "./structure";

export interface Ranking {
  readonly criterion: string;
  readonly keep: Scores["keep"];
  /** By unit position; NaN where there is no score. `order` is the score turned so that higher is kept. */
  readonly score: Float64Array;
  readonly order: Float64Array;
  readonly instability: Float64Array | null;
  /** Of `taylor`, in which plans are told whatever ranks them; null where it is not there. */
  readonly sensitivity: Float64Array | null;
  readonly sensitivityInstability: Float64Array | null;
  /** Free units ascending by (order, group, lowest number). */
  readonly ascending: Int32Array;
  /** Place of a unit in `ascending`; -1 for frozen ones. */
  readonly place: Int32Array;
}

/** `taylor`, unless the scores are its own, is what plans are told in; it lends its instability to a criterion that has none. */
export function rankUnits(structure: Structure, scores: Scores, taylor: Scores | null = null): Ranking {
  const at = scores.unit.map((id) => structure.byId.get(id) ?? -1);
  const spread = (values: readonly (number | null)[] | null): Float64Array | null =>
    values && spreadValues(structure.units, at, values);
  const score = spreadValues(structure.units, at, scores.score);
  const told = scores.criterion === "taylor" ? scores : taylor;
  return rank(structure, {
    criterion: scores.criterion,
    keep: scores.keep,
    score,
    instability: spread(scores.instability ?? told?.instability ?? null),
    sensitivity: spread(told?.score ?? null),
    sensitivityInstability: spread(told?.instability ?? null),
  });
}

/** While the pass runs: in the order of the node's units. */
export function rankPartial(structure: Structure, partial: PartialScores): Ranking {
  const at = structure.source.units.map((_, u) => u);
  const score = spreadValues(structure.units, at, partial.score);
  const instability = spreadValues(structure.units, at, partial.instability);
  const told = { sensitivity: score, sensitivityInstability: instability };
  return rank(structure, { criterion: partial.criterion, keep: "high", score, instability, ...told });
}

type Values = Omit<Ranking, "order" | "ascending" | "place">;

function rank(structure: Structure, values: Values): Ranking {
  const order = values.keep === "high" ? values.score : values.score.map((score) => -score);
  const free = Array.from(structure.byPlace.filter((u) => !Number.isNaN(order[u]!)));
  free.sort((a, b) => order[a]! - order[b]!); // stable: equals stay in the order of group, number, id
  const place = new Int32Array(structure.units).fill(-1);
  free.forEach((u, i) => (place[u] = i));
  return { ...values, order, ascending: Int32Array.from(free), place };
}

function spreadValues(units: number, at: readonly number[], values: readonly (number | null)[]): Float64Array {
  const spread = new Float64Array(units).fill(NaN);
  values.forEach((value, i) => {
    const u = at[i]!;
    if (u >= 0 && value !== null) spread[u] = value;
  });
  return spread;
}

/** Takes units one by one, lowest rank first, so that every layer keeps a filter. */
export class GreedyRemoval {
  /** Filters that each layer has left. */
  readonly left: Int32Array;
  readonly taken: number[] = [];
  removed = 0;
  /** Filters that the rule must leave to each layer. */
  readonly #least: Int32Array;

  /** `byHand` are gone before the first is taken, and are not put back by rounding; the limit binds the rest. */
  constructor(
    readonly structure: Structure,
    readonly byHand: readonly number[],
    readonly maxLayerShare = 1,
  ) {
    this.left = structure.filters.slice();
    // The tiny term keeps 0.3 · 10 at 3 where binary fractions would make it 2.
    this.#least = structure.filters.map((n) => Math.max(1, n - Math.floor(maxLayerShare * n + 1e-9)));
    for (const u of byHand) this.#remove(u, 1);
  }

  /** Removes the unit unless a layer would be empty or lose more than it may; whether it went. */
  take(u: number): boolean {
    if (this.#wouldBreak(u)) return false;
    this.#remove(u, 1);
    this.taken.push(u);
    return true;
  }

  units(): number[] {
    return [...this.byHand, ...this.taken];
  }

  /** How many filters of a layer the unit would take. */
  countIn(u: number, layer: number): number {
    const { memberStart, memberLayer } = this.structure;
    let count = 0;
    for (let m = memberStart[u]!; m < memberStart[u + 1]!; m++) if (memberLayer[m] === layer) count++;
    return count;
  }

  /** Puts back the best of what was taken until widths are multiples, or all of a layer's taken units are back. */
  roundWidths(multiple: number): void {
    if (multiple <= 1) return;
    for (let changed = true; changed;) {
      changed = false; // what one layer gets back, a coupled layer gets too
      for (let layer = 0; layer < this.left.length; layer++) changed = this.#round(layer, multiple) || changed;
    }
  }

  #round(layer: number, multiple: number): boolean {
    if (this.left[layer]! % multiple === 0) return false;
    const mine = this.taken.filter((u) => this.countIn(u, layer) > 0);
    const back = new Set<number>();
    while (mine.length && this.left[layer]! % multiple) {
      const u = mine.pop()!;
      this.#remove(u, -1);
      back.add(u);
    }
    if (!back.size) return false;
    const kept = this.taken.filter((u) => !back.has(u));
    this.taken.splice(0, Infinity, ...kept);
    return true;
  }

  #wouldBreak(u: number): boolean {
    const { memberStart, memberLayer } = this.structure;
    const [from, to] = [memberStart[u]!, memberStart[u + 1]!];
    if (to - from === 1) return this.left[memberLayer[from]!]! <= this.#least[memberLayer[from]!]!;
    for (let m = from; m < to; m++) {
      const layer = memberLayer[m]!;
      if (this.left[layer]! - this.countIn(u, layer) < this.#least[layer]!) return true;
    }
    return false;
  }

  #remove(u: number, times: 1 | -1): void {
    const { memberStart, memberLayer } = this.structure;
    this.removed += times * memberCount(this.structure, u);
    for (let m = memberStart[u]!; m < memberStart[u + 1]!; m++) this.left[memberLayer[m]!]! -= times;
  }
}
