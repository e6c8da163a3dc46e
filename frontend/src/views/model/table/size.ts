/** Computes what the areas of the bubbles show: the instability, the score of a criterion, or nothing. */
import type { Scores } from "../../../api/values";
import { formatValue } from "../../../marks/format";
import { memo } from "../../../state/memo";
import type { Ranking } from "../../../planning/greedy";
import { rankingByCriterion } from "../../../state/selectors/plan";
import { criterionTitle, scoresKey } from "../../../state/selectors/select";
import type { State } from "../../../state/state";

export interface BubbleSizes {
  /** Non-negative values to which the areas are proportional, by unit position; null if all areas are equal. */
  readonly values: Float64Array | null;
  /** The value at which a bubble has its largest radius. */
  readonly maxValue: number;
  /** The score at which the area of a bubble is 0. */
  readonly scoreAtZeroArea: number;
}

/** Instability at which the radius of a bubble is largest. Instability itself ranges from 0 to 0.5. */
const INSTABILITY_AT_MAX_RADIUS = 0.27;
/** The score quantile at which the radius is largest, so that outliers do not shrink all other bubbles to dots. */
const SCORE_QUANTILE_AT_MAX_RADIUS = 0.98;

const EQUAL_BUBBLE_SIZES: BubbleSizes = { values: null, maxValue: 1, scoreAtZeroArea: 0 };
const sizesByInstability = memo((ranking: Ranking): BubbleSizes => ({
  values: ranking.instability,
  maxValue: INSTABILITY_AT_MAX_RADIUS,
  scoreAtZeroArea: 0,
}));

/**
 * Computes areas that grow with the score, whether the criterion removes low or high scores first. The area is 0 at
 * score 0 or, if some scores are negative, at the lowest score.
 */
const sizesByScore = memo(({ score, rankedUnits }: Ranking): BubbleSizes => {
  const sortedScores = Array.from(rankedUnits, (u) => score[u]!).sort((a, b) => a - b);
  const from = Math.min(0, sortedScores[0] ?? 0);
  const top = sortedScores[Math.floor((sortedScores.length - 1) * SCORE_QUANTILE_AT_MAX_RADIUS)] ?? 1;
  return { values: score.map((value) => Math.max(0, value - from)), maxValue: top - from || 1, scoreAtZeroArea: from };
});

export function currentBubbleSizes(state: State, ranking: Ranking): BubbleSizes {
  const { size } = state.choice;
  if (size === "none") return EQUAL_BUBBLE_SIZES;
  if (size === "instability") return sizesByInstability(ranking);
  const rankingOfSizeCriterion = rankingByCriterion(state, size);
  return rankingOfSizeCriterion ? sizesByScore(rankingOfSizeCriterion) : EQUAL_BUBBLE_SIZES;
}

/** Returns the part of the caption that says what the area of a bubble shows. */
export function describeSize(state: State, ranking: Ranking): string {
  const { size, node } = state.choice;
  if (size === "none") return " · equal areas";
  if (size === "instability") return ranking.instability ? describeInstabilityArea(state, ranking) : "";
  if (!rankingByCriterion(state, size)) {
    const request = state.screen.requests[`scores:${scoresKey(node ?? 0, size)}`];
    return ` · area: ${criterionTitle(state.server.criteria, size)}, ${request?.state === "failed" ? "which cannot be computed" : "which is loading"}`;
  }
  const { scoreAtZeroArea, maxValue } = currentBubbleSizes(state, ranking);
  return ` · area = ${criterionTitle(state.server.criteria, size)}, ${formatValue(scoreAtZeroArea)} to ${formatValue(scoreAtZeroArea + maxValue)} or more`;
}

/**
 * Says that areas show the instability. If the x axis shows a criterion without data and so without instability, the
 * areas show the instability of the sensitivity.
 */
function describeInstabilityArea({ server, choice }: State, ranking: Ranking): string {
  const scores: Scores | undefined = server.scores[scoresKey(choice.node ?? 0, ranking.criterion)];
  return scores?.instability === null ? " · area = instability of sensitivity" : " · area = instability";
}
