/** What the area of a bubble shows: instability, any criterion, or nothing. */
import type { Scores } from "../../../api/values";
import { formatValue } from "../../../marks/format";
import { memo } from "../../../state/memo";
import type { Ranking } from "../../../planning/greedy";
import { rankingOf } from "../../../state/selectors/plan";
import { criterionTitle, scoresKey } from "../../../state/selectors/select";
import type { State } from "../../../state/state";

export interface SizeValues {
  /** By unit position, from 0; null: all alike. */
  readonly values: Float64Array | null;
  /** At which a bubble has its largest radius. */
  readonly full: number;
  /** The score at area 0. */
  readonly from: number;
}

/** Instability of the units that vary most, 0-0.5. */
const FULL_INSTABILITY = 0.27;
/** A few stray scores must not make all others points. */
const FULL_QUANTILE = 0.98;

const ALIKE: SizeValues = { values: null, full: 1, from: 0 };
const instabilitySizes = memo((ranking: Ranking): SizeValues => ({
  values: ranking.instability,
  full: FULL_INSTABILITY,
  from: 0,
}));

/** Area grows with the score as the literature has it, from 0 or, where scores go below, from the least. */
const scoreSizes = memo(({ score, ascending }: Ranking): SizeValues => {
  const known = Array.from(ascending, (u) => score[u]!).sort((a, b) => a - b);
  const from = Math.min(0, known[0] ?? 0);
  const top = known[Math.floor((known.length - 1) * FULL_QUANTILE)] ?? 1;
  return { values: score.map((one) => Math.max(0, one - from)), full: top - from || 1, from };
});

export function sizeValues(state: State, ranking: Ranking): SizeValues {
  const { size } = state.choice;
  if (size === "none") return ALIKE;
  if (size === "instability") return instabilitySizes(ranking);
  const found = rankingOf(state, size);
  return found ? scoreSizes(found) : ALIKE;
}

/** The part of the caption that says what areas mean. */
export function describeSize(state: State, ranking: Ranking): string {
  const { size, node } = state.choice;
  if (size === "none") return " · areas equal";
  if (size === "instability")
    return ranking.instability ? ` · area = instability${instabilitySource(state, ranking)}` : "";
  if (!rankingOf(state, size)) {
    const asked = state.screen.questions[`scores:${scoresKey(node ?? 0, size)}`];
    return ` · area: ${criterionTitle(state.server.criteria, size)} ${asked?.state === "failed" ? "cannot be computed" : "is on its way"}`;
  }
  const { from, full } = sizeValues(state, ranking);
  return ` · area = ${criterionTitle(state.server.criteria, size)}, ${formatValue(from)} to ${formatValue(from + full)} and more`;
}

/** A criterion without batches is shown with the instability of the default one. */
function instabilitySource({ server, choice }: State, ranking: Ranking): string {
  const scores: Scores | undefined = server.scores[scoresKey(choice.node ?? 0, ranking.criterion)];
  return scores?.instability === null ? " of sensitivity" : "";
}
