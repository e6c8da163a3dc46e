/** Selectors of the list of filters: chosen layer, order, pictures to load. */
import type { FilterPicture, LayerFilter, LayerFilters } from "../../api/values";
import { memo } from "../memo";
import type { PlanModel } from "../../planning/rules";
import type { Ranking } from "../../planning/greedy";
import { planModel, planResult, chosenRanking } from "./plan";
import { parseFilterSort, type FilterSort, type FilterSortKey } from "../choice";
import type { State } from "../state";

/**
 * Number of filters whose pictures are loaded together, as one block. Blocks follow the order of the filters' numbers.
 */
export const BLOCK_SIZE = 32;
/** Pictures are loaded in advance for this many cards before the visible cards, and for as many after them. */
const EXTRA_CARD_COUNT = 4;

export const layerKey = (node: number, layer: string): string => `${node}:${layer}`;
export const picturesKey = (node: number, sample: number, layer: string, offset: number): string =>
  `${node}:${sample}:${layer}:${offset}`;

export interface FilterCard {
  readonly number: number;
  /** Position of the filter among the layer's filters in order of their numbers. */
  readonly index: number;
  /** Index of the filter's unit; -1 for a class of the output layer, which has no unit. */
  readonly unit: number;
}

export interface LayerCards {
  readonly layer: string;
  readonly index: number;
  /** Filters in the chosen order. */
  readonly filters: readonly FilterCard[];
}

/** Index of the chosen layer; 0 if none is chosen. */
function shownLayerIndex({ choice }: State, { structure }: PlanModel): number {
  return structure.layerIndexByName.get(choice.layer ?? "") ?? 0;
}

export function layerCards(state: State): LayerCards | null {
  const model = planModel(state);
  if (!model) return null;
  const index = shownLayerIndex(state, model);
  const layer = model.structure.source.layers[index];
  if (!layer || state.choice.node === null) return null;
  const layerFilters = state.server.layerFilters[layerKey(state.choice.node, layer.name)] ?? null;
  const { filterSort } = state.choice;
  return orderFilters(
    model,
    chosenRanking(state),
    index,
    parseFilterSort(filterSort).by === "activation" ? layerFilters : null,
    filterSort,
  );
}

const orderFilters = memo(
  (
    model: PlanModel,
    ranking: Ranking | null,
    index: number,
    layerFilters: LayerFilters | null,
    sort: FilterSort,
  ): LayerCards => {
    const layer = model.structure.source.layers[index]!;
    const numbers = [...layer.numbers].sort((a, b) => a - b);
    const filters = numbers.map((number, position) => ({
      number,
      index: position,
      unit: model.structure.unitByFilterNumber[index]!.get(number) ?? -1,
    }));
    return {
      layer: layer.name,
      index,
      filters: sortFilters(
        filters,
        createSortKeyAccessor(ranking, layerFilters, parseFilterSort(sort).by),
        parseFilterSort(sort).isDescending,
      ),
    };
  },
  4,
);

/** Sorts filters by `value`; filters without a value come last. Leaves the order unchanged if `value` is null. */
function sortFilters(
  filters: readonly FilterCard[],
  value: ((filter: FilterCard) => number) | null,
  isDescending = false,
): readonly FilterCard[] {
  if (!value) return filters;
  const sortKey = (filter: FilterCard): number => {
    const key = value(filter);
    return Number.isNaN(key) ? Infinity : key * (isDescending ? -1 : 1);
  };
  return [...filters].sort((a, b) => sortKey(a) - sortKey(b) || a.number - b.number);
}

function createSortKeyAccessor(
  ranking: Ranking | null,
  layerFilters: LayerFilters | null,
  by: FilterSortKey,
): ((filter: FilterCard) => number) | null {
  if (by === "number") return ({ number }) => number;
  if (by === "activation") {
    if (!layerFilters) return null;
    const meanActivationByFilter = new Map(layerFilters.items.map(({ number, mean }) => [number, mean]));
    return ({ number }) => meanActivationByFilter.get(number) ?? NaN;
  }
  const values =
    by === "instability"
      ? ranking?.instability
      : by === "sensitivity"
        ? (ranking?.sensitivity ?? ranking?.score)
        : ranking?.score;
  return values ? ({ unit }) => values[unit] ?? NaN : null;
}

/**
 * Position of the card at which the list opens. In a list sorted by score, this is the first card after the removed
 * filters (or, in descending order, after the kept ones); in any other list, it is 0.
 */
export function firstCardPosition(state: State, { filters }: LayerCards): number {
  const result = planResult(state);
  const { by, isDescending } = parseFilterSort(state.choice.filterSort);
  if (!result || by !== "score") return 0;
  if (isDescending)
    return Math.max(
      0,
      filters.findIndex(({ unit }) => result.removed[unit] === 1),
    );
  return filters.findLastIndex(({ unit }) => result.removed[unit] === 1) + 1;
}

function cardsInSight(state: State, { filters }: LayerCards, extraCardCount = 0): readonly FilterCard[] {
  const { first, count } = state.screen.visibleCards;
  return filters.slice(Math.max(0, first - extraCardCount), first + count + extraCardCount);
}

/**
 * Offsets of the blocks that contain visible cards, followed by the offsets of the blocks that only contain cards near
 * the visible ones.
 */
export function neededBlockOffsets(state: State, cards: LayerCards): readonly number[] {
  const blocks = [0, EXTRA_CARD_COUNT].flatMap((extraCardCount) =>
    cardsInSight(state, cards, extraCardCount).map(({ index }) => Math.floor(index / BLOCK_SIZE) * BLOCK_SIZE),
  );
  return [...new Set(blocks)];
}

export function findFilterPicture(state: State, layer: string, { index, number }: FilterCard): FilterPicture | null {
  const { node, sample } = state.choice;
  if (node === null || sample === null) return null;
  const block = state.server.pictures[picturesKey(node, sample, layer, Math.floor(index / BLOCK_SIZE) * BLOCK_SIZE)];
  const picture = block?.items[index % BLOCK_SIZE];
  return picture?.number === number ? picture : (block?.items.find((item) => item.number === number) ?? null);
}

export function findLayerFilter(state: State, layer: string, number: number): LayerFilter | null {
  const filters = state.server.layerFilters[layerKey(state.choice.node ?? -1, layer)];
  return (filters && filtersByNumber(filters).get(number)) ?? null;
}

const filtersByNumber = memo(({ items }: LayerFilters) => new Map(items.map((filter) => [filter.number, filter])), 4);
