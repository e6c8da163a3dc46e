/** The line on the score axis: where a rule puts it, and where it goes when it is moved over some filters. */
import type { Ranking } from "./greedy";
import type { Rule } from "./rules";

/**
 * The score at which the line stands: left of it go (keep high), or right of it (keep low). Null: no line, where the rule
 * ranks by another criterion; one that nothing goes by ranks by none.
 */
export function lineScore(rule: Rule, ranking: Ranking, removed: Uint8Array, hand: Uint8Array): number | null {
  if (rule.rule === "filters" || rule.rule === "layers") return null;
  const isEmpty = rule.rule === "percent" && rule.percent === 0;
  if (rule.criterion !== ranking.criterion && !isEmpty) return null;
  if (rule.rule === "threshold") return rule.value;
  const { ascending } = ranking;
  let last = -1;
  for (let i = 0; i < ascending.length; i++) {
    const u = ascending[i]!;
    if (removed[u] && hand[u] !== 2) last = i;
  }
  return between(ranking, last + 1);
}

/** Moves the line over `by` free filters; ±Infinity goes to an end. Ties are passed together. */
export function stepScore(ranking: Ranking, score: number, by: number): number {
  const below = countBelow(ranking, score);
  let to = Math.min(ranking.ascending.length, Math.max(0, below + by));
  while (to > 0 && to < ranking.ascending.length && orderAt(ranking, to - 1) === orderAt(ranking, to))
    to += Math.sign(by);
  return between(ranking, to);
}

/** How many free units lie below the line. */
export function countBelow(ranking: Ranking, score: number): number {
  const limit = ranking.keep === "high" ? score : -score;
  let [low, high] = [0, ranking.ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (orderAt(ranking, middle) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A score that has exactly `count` units below it, where ties allow that. */
function between(ranking: Ranking, count: number): number {
  const total = ranking.ascending.length;
  if (total === 0) return 0;
  const turn = ranking.keep === "high" ? 1 : -1;
  if (count <= 0) return turn * orderAt(ranking, 0);
  const last = orderAt(ranking, count - 1);
  if (count >= total) return turn * (last + Math.max(1e-9, Math.abs(last) * 1e-6));
  const next = orderAt(ranking, count);
  const middle = (last + next) / 2;
  return turn * (middle > last ? middle : next);
}

function orderAt(ranking: Ranking, i: number): number {
  return ranking.order[ranking.ascending[i]!]!;
}
