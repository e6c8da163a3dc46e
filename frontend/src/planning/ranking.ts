/** Free units in the order in which a criterion would let them go. */
import type { PartialScores, Scores } from "../api/values";
import type { Structure } from "./structure";

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
export function buildRanking(structure: Structure, scores: Scores, taylor: Scores | null = null): Ranking {
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
export function partialRanking(structure: Structure, partial: PartialScores): Ranking {
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
