/**
 * The first of the two bars on a filter's card. It shows the sensitivity or mean activation if the list is sorted by
 * it, else the score on the x axis.
 */
import { titleFromCriterionName, criterionTitle } from "../../../state/selectors/select";
import { memo } from "../../../state/memo";
import type { Ranking } from "../../../planning/greedy";
import { criterionName } from "../../../state/selectors/criteria";
import { parseFilterSort } from "../../../state/choice";
import { findLayerFilter, type FilterCard, type LayerCards } from "../../../state/selectors/filterCards";
import type { State } from "../../../state/state";
import { percentile90 } from "./layout";

export interface Bar {
  /** Short name, which is shown next to the bar. */
  readonly name: string;
  /** Full name of the value that the bar shows. */
  readonly title: string;
  /** Returns the value that the bar shows for a filter; NaN if the filter has none. */
  readonly filterValue: (filter: FilterCard) => number;
  /** Value at which the bar is full. */
  readonly fullValue: number;
}

const computeFullBarValue = memo(
  (values: ArrayLike<number> | null, cards: LayerCards): number =>
    percentile90(values ? cards.filters.map(({ unit }) => values[unit] ?? NaN) : []),
  6,
);

export function buildPrimaryBar(state: State, scores: Ranking | null, cards: LayerCards): Bar {
  const { by } = parseFilterSort(state.choice.filterSort);
  if (by === "activation") return activationBar(state, cards);
  const isInstabilityCriterion = criterionName(state.choice.criterion) === "instability";
  const showsSensitivity = scores?.sensitivity && (by === "sensitivity" || isInstabilityCriterion);
  const criterion = showsSensitivity ? "taylor" : state.choice.criterion;
  const values = (showsSensitivity ? scores.sensitivity : scores?.score) ?? null;
  const { criteria } = state.server;
  const name = criterionName(criterion);
  return {
    name: criteria.find((info) => info.name === name)?.abbreviation ?? titleFromCriterionName(name),
    title: criterionTitle(criteria, criterion),
    filterValue: ({ unit }) => values?.[unit] ?? NaN,
    fullValue: computeFullBarValue(values, cards),
  };
}

function activationBar(state: State, cards: LayerCards): Bar {
  const meanActivation = ({ number }: FilterCard): number => findLayerFilter(state, cards.layer, number)?.mean ?? NaN;
  return {
    name: "act",
    title: "mean activation",
    filterValue: meanActivation,
    fullValue: percentile90(cards.filters.map(meanActivation)),
  };
}
