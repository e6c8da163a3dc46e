/** The first bar of a card: what the list is sorted by, else the criterion of the x axis. */
import { plainName, criterionTitle } from "../../../state/selectors/select";
import { memo } from "../../../state/memo";
import type { Ranking } from "../../../planning/greedy";
import { nameOf } from "../../../state/selectors/criteria";
import { parseFilterSort } from "../../../state/choice";
import { meanMapOf, type CardFilter, type LayerCards } from "../../../state/selectors/filterCards";
import type { State } from "../../../state/state";
import { percentile90 } from "./layout";

export interface Bar {
  /** As much of the name as stands beside a bar. */
  readonly name: string;
  /** In full. */
  readonly title: string;
  /** NaN where there is none. */
  readonly valueOf: (one: CardFilter) => number;
  /** Value of a full bar. */
  readonly full: number;
}

const fullOf = memo(
  (values: ArrayLike<number> | null, cards: LayerCards): number =>
    percentile90(values ? cards.filters.map(({ unit }) => values[unit] ?? NaN) : []),
  6,
);

export function firstBar(state: State, found: Ranking | null, cards: LayerCards): Bar {
  const { by } = parseFilterSort(state.choice.filterSort);
  if (by === "activation") return activationBar(state, cards);
  const hasOwnBar = nameOf(state.choice.criterion) === "instability";
  const isTold = found?.sensitivity && (by === "sensitivity" || hasOwnBar);
  const criterion = isTold ? "taylor" : state.choice.criterion;
  const values = (isTold ? found.sensitivity : found?.score) ?? null;
  const { criteria } = state.server;
  const name = nameOf(criterion);
  return {
    name: criteria.find((one) => one.name === name)?.abbreviation ?? plainName(name),
    title: criterionTitle(criteria, criterion),
    valueOf: ({ unit }) => values?.[unit] ?? NaN,
    full: fullOf(values, cards),
  };
}

function activationBar(state: State, cards: LayerCards): Bar {
  const valueOf = ({ number }: CardFilter): number => meanMapOf(state, cards.layer, number)?.mean ?? NaN;
  return { name: "act", title: "mean activation", valueOf, full: percentile90(cards.filters.map(valueOf)) };
}
