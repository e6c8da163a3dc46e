/**
 * The score axis. It is logarithmic, with a lane on the left for score 0, or linear if some scores are negative or the
 * scores span few orders of magnitude.
 */

export interface ScoreScale {
  readonly kind: "log" | "linear";
  readonly low: number;
  readonly high: number;
  /** Left end of the plot, in pixels. */
  readonly left: number;
  /** Right end of the plot, in pixels. */
  readonly right: number;
  /** Left end of the axis, in pixels; it is to the right of the lane for score 0, if there is one. */
  readonly start: number;
  readonly hasZeroScores: boolean;
}

const ZERO_SCORE_TOLERANCE = 1e-12;
const ZERO_LANE_WIDTH = 18;
/** The axis starts no lower than the median score divided by this factor; lower scores are drawn at its start. */
const MAX_RATIO_OF_MEDIAN_TO_AXIS_START = 300;

/**
 * Returns the lowest and highest score of a logarithmic axis, which leaves out only low outliers. The range is fixed
 * while scores are still being computed.
 */
function scoreDomain(scores: readonly number[], areScoresIncomplete: boolean): [number, number] {
  if (areScoresIncomplete) return [1e-3, 1];
  const positiveScores = scores.filter((score) => score > ZERO_SCORE_TOLERANCE).sort((a, b) => a - b);
  if (!positiveScores.length) return [1e-3, 1];
  const lowest = positiveScores[Math.floor(positiveScores.length * 0.002)]!;
  const median = positiveScores[Math.floor(positiveScores.length / 2)]!;
  // A few almost dead filters must not squeeze all others together: they are drawn at the start of the axis.
  const low = Math.max(lowest, median / MAX_RATIO_OF_MEDIAN_TO_AXIS_START);
  return [roundDownToTick(low), positiveScores[positiveScores.length - 1]! * 1.04];
}

export interface AxisOptions {
  readonly areScoresIncomplete?: boolean;
  readonly isLinear?: boolean;
}

export function buildScoreScale(
  scores: readonly number[],
  left: number,
  right: number,
  options: AxisOptions = {},
): ScoreScale {
  const { areScoresIncomplete: areScoresIncomplete = false, isLinear = false } = options;
  const lowestScore = scores.reduce((a, b) => Math.min(a, b), Infinity);
  if (scores.length && (isLinear || lowestScore < -ZERO_SCORE_TOLERANCE)) return linearScale(scores, left, right);
  const [low, high] = scoreDomain(scores, areScoresIncomplete);
  const hasZeroScores = scores.some((score) => score <= ZERO_SCORE_TOLERANCE);
  return { kind: "log", low, high, left, right, start: left + (hasZeroScores ? ZERO_LANE_WIDTH : 6), hasZeroScores };
}

/**
 * Returns the x position of a score, in pixels. Scores below the axis are drawn at the start of the axis, and score 0
 * in its own lane.
 */
export function toX(scale: ScoreScale, score: number): number {
  if (scale.kind === "log" && score <= ZERO_SCORE_TOLERANCE) return scale.hasZeroScores ? scale.left + 8 : scale.left;
  const at = (transformScore(scale, score) - transformScore(scale, scale.low)) / axisSpan(scale);
  return Math.min(scale.right, Math.max(scale.start, scale.start + at * (scale.right - scale.start)));
}

/** Returns the score at an x position. Positions to the left of a logarithmic axis have the score 0. */
export function scoreAtX(scale: ScoreScale, x: number): number {
  if (scale.kind === "log" && x < scale.start - (scale.hasZeroScores ? 4 : 0)) return 0;
  const at = (Math.max(x, scale.start) - scale.start) / (scale.right - scale.start);
  const value = transformScore(scale, scale.low) + Math.min(1, at) * axisSpan(scale);
  return scale.kind === "log" ? Math.exp(value) : value;
}

/** Returns ticks at 1, 2 and 5 in each decade or, on a linear axis, about six round values. */
export function scoreTicks(scale: ScoreScale): number[] {
  if (scale.kind === "linear") return linearTicks(scale);
  const ticks: number[] = [];
  for (let e = Math.floor(Math.log10(scale.low)); e <= Math.ceil(Math.log10(scale.high)); e++) {
    for (const m of [1, 2, 5]) ticks.push(Number(`${m}e${e}`));
  }
  return ticks.filter((tick) => tick >= scale.low * 0.999 && tick <= scale.high);
}

/** Returns the scores at the 10, 25, 50, 75 and 90% quantiles. The scores in `ascendingScores` must be sorted. */
export function quantiles(ascendingScores: readonly number[]): { percent: number; score: number }[] {
  if (!ascendingScores.length) return [];
  return [10, 25, 50, 75, 90].map((percent) => ({
    percent,
    score: ascendingScores[Math.min(ascendingScores.length - 1, Math.floor((ascendingScores.length * percent) / 100))]!,
  }));
}

function linearScale(scores: readonly number[], left: number, right: number): ScoreScale {
  const low = Math.min(...scores);
  const high = Math.max(...scores);
  const room = (high - low || 1) * 0.03;
  return { kind: "linear", low: low - room, high: high + room, left, right, start: left, hasZeroScores: false };
}

function linearTicks({ low, high }: ScoreScale): number[] {
  const step = roundDownToTick((high - low) / 5);
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) ticks.push(Number((k * step).toPrecision(6)));
  return ticks;
}

function transformScore(scale: ScoreScale, score: number): number {
  return scale.kind === "log" ? Math.log(Math.max(score, Number.MIN_VALUE)) : score;
}

function axisSpan(scale: ScoreScale): number {
  return transformScore(scale, scale.high) - transformScore(scale, scale.low) || 1;
}

/** Rounds down to 1, 2 or 5 times a power of ten. */
function roundDownToTick(value: number): number {
  const powerOfTen = 10 ** Math.floor(Math.log10(value));
  const m = value / powerOfTen;
  return Number(((m >= 5 ? 5 : m >= 2 ? 2 : 1) * powerOfTen).toPrecision(3));
}
