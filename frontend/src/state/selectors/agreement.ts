/** Selects the criteria that are compared, and the ranks of a filter by each of them. */
import type { Agreement } from "../../api/values";
import { usableCriteria } from "./criteria";
import { planModel } from "./plan";
import type { State } from "../state";

export const agreementKey = (node: number, criteria: readonly string[]): string => `${node}:${criteria.join(" ")}`;

/**
 * The criteria to compare: all usable ones with default options, then those of the x axis and the bubble size, if they
 * have other options or a price.
 */
export function agreementCriteria({ server, choice }: State): readonly string[] {
  const specsWithDefaultOptions = usableCriteria(server.criteria).map(({ name }) => name);
  const specsWithCustomOptions = [choice.criterion, choice.size].filter((spec) => /[:/]/.test(spec));
  return [...new Set([...specsWithDefaultOptions, ...specsWithCustomOptions])].slice(0, MAX_COMPARED_CRITERIA);
}

/** Maximum number of criteria in one request. */
const MAX_COMPARED_CRITERIA = 20;

export function chosenNodeAgreement(state: State): Agreement | null {
  const { node } = state.choice;
  return node === null ? null : (state.server.agreements[agreementKey(node, agreementCriteria(state))] ?? null);
}

export function agreementError(state: State): string | null {
  const { node } = state.choice;
  return node === null
    ? null
    : (state.screen.requests[`agreement:${agreementKey(node, agreementCriteria(state))}`]?.error ?? null);
}

export interface FilterRanks {
  /** Name of the filter, for instance "conv3 · filter 12". */
  readonly title: string;
  /**
   * Rank of the filter by each criterion, in the order in which the criteria are compared. The filter with rank 1 is
   * removed first. Null if the criterion has no value for the filter.
   */
  readonly ranks: readonly (number | null)[];
}

/**
 * Ranks of the filter under the pointer or the keyboard cursor or, if there is none, of the chosen filter. Null if no
 * filter is chosen either, or if the filter is frozen.
 */
export function ranksOfChosenFilter(state: State, agreement: Agreement): FilterRanks | null {
  const structure = planModel(state)?.structure;
  const { hover, choice } = state;
  const [layer, filter] = hover.filter === null ? [choice.layer, choice.filter] : [hover.layer, hover.filter];
  if (!structure || layer === null || filter === null) return null;
  const unit = structure.unitByFilterNumber[structure.layerIndexByName.get(layer) ?? -1]?.get(filter);
  const index = unit === undefined ? -1 : agreement.unit.indexOf(structure.source.units[unit]!.id);
  return index < 0
    ? null
    : { title: `${layer} · filter ${filter}`, ranks: agreement.ranks.map((row) => row[index] ?? null) };
}
