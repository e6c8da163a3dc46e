/** Computes the position of the threshold line, which separates removed from kept filters, as a score. */
import type { Ranking } from "./greedy";
import type { Rule } from "./rules";

/**
 * Returns the score at which the threshold line is drawn: the rule removes the filters to its left or, if the criterion
 * keeps low scores, to its right. Null if the rule has no line, or if it uses a different criterion than `ranking` and
 * its percentage is not 0.
 */
export function thresholdLineScore(
  rule: Rule,
  ranking: Ranking,
  removed: Uint8Array,
  overrides: Uint8Array,
): number | null {
  if (rule.rule === "filters" || rule.rule === "layers") return null;
  const removesNothing = rule.rule === "percent" && rule.percent === 0;
  if (rule.criterion !== ranking.criterion && !removesNothing) return null;
  if (rule.rule === "threshold") return rule.value;
  const { rankedUnits } = ranking;
  let last = -1;
  for (let i = 0; i < rankedUnits.length; i++) {
    const u = rankedUnits[i]!;
    if (removed[u] && overrides[u] !== 2) last = i;
  }
  return scoreWithUnitsBelow(ranking, last + 1);
}

/**
 * Returns the score of the threshold line after it has moved past `by` units; ±Infinity moves it to an end of the axis.
 * It passes units with equal scores together.
 */
export function moveThresholdLine(ranking: Ranking, score: number, by: number): number {
  const unitCountBelow = countUnitsBelow(ranking, score);
  let count = Math.min(ranking.rankedUnits.length, Math.max(0, unitCountBelow + by));
  while (
    count > 0 &&
    count < ranking.rankedUnits.length &&
    signedScoreAtRank(ranking, count - 1) === signedScoreAtRank(ranking, count)
  )
    count += Math.sign(by);
  return scoreWithUnitsBelow(ranking, count);
}

/** Returns the number of removable units that rank below a threshold line at `score`. */
export function countUnitsBelow(ranking: Ranking, score: number): number {
  const limit = ranking.keep === "high" ? score : -score;
  let [low, high] = [0, ranking.rankedUnits.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (signedScoreAtRank(ranking, middle) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns a score such that exactly `count` units rank below it, unless ties make this impossible. */
function scoreWithUnitsBelow(ranking: Ranking, count: number): number {
  const total = ranking.rankedUnits.length;
  if (total === 0) return 0;
  const sign = ranking.keep === "high" ? 1 : -1;
  if (count <= 0) return sign * signedScoreAtRank(ranking, 0);
  const lastScore = signedScoreAtRank(ranking, count - 1);
  if (count >= total) return sign * (lastScore + Math.max(1e-9, Math.abs(lastScore) * 1e-6));
  const nextScore = signedScoreAtRank(ranking, count);
  const middle = (lastScore + nextScore) / 2;
  return sign * (middle > lastScore ? middle : nextScore);
}

function signedScoreAtRank(ranking: Ranking, i: number): number {
  return ranking.signedScores[ranking.rankedUnits[i]!]!;
}
