/** Builds the data of the list of filters from the State. */
import type { LayerFilter } from "../../../api/values";
import { formatCount, formatValue } from "../../../marks/format";
import type { PlanModel, PlanResult } from "../../../planning/rules";
import type { Ranking } from "../../../planning/greedy";
import {
  layerCards,
  layerKey,
  findLayerFilter,
  findFilterPicture,
  firstCardPosition,
  type FilterCard,
  type LayerCards,
} from "../../../state/selectors/filterCards";
import { planModel, planResult, chosenRanking } from "../../../state/selectors/plan";
import { criterionTitle } from "../../../state/selectors/select";
import type { FilterSort } from "../../../state/choice";
import type { ListRange, State } from "../../../state/state";
import { pictureUrl } from "../../samples/thumbs";
import { buildPrimaryBar, type Bar } from "./bars";
import { layoutHistogram } from "./layout";

/** Data of one card. */
export interface Card {
  readonly key: string;
  readonly number: number;
  readonly unit: number;
  /** Position of the card in the list. */
  readonly position: number;
  readonly isRemoved: boolean;
  readonly isOverridden: boolean;
  /** Reason why the filter cannot be removed; null if it can be. */
  readonly frozenReason: string | null;
  readonly hasCursor: boolean;
  /** URL of the image; null while the image is loading. */
  readonly imageUrl: string | null;
  /** Lengths of the histogram's bars, in pixels; null if no sample is chosen. */
  readonly histogram: readonly number[] | null;
  /** URLs of thumbnails of the samples that activate the filter most; empty if a sample is chosen. */
  readonly strongestSampleUrls: readonly string[];
  /** Lengths of the two bars as fractions of a full bar, 0–1; null if the filter has no score. */
  readonly score: number | null;
  readonly instability: number | null;
  /** Text that is shown instead of the image and explains why there is none; null if no explanation is needed. */
  readonly note: string | null;
  readonly title: string;
}

export interface CardsData {
  readonly layer: string;
  readonly index: number;
  readonly filters: readonly FilterCard[];
  readonly removed: number;
  readonly sort: FilterSort;
  /** Short name of the first bar. */
  readonly scoreName: string;
  readonly isSampleChosen: boolean;
  readonly boundaryPosition: number;
  /** Position to which the list is scrolled at first; null for the boundary between removed and kept filters. */
  readonly initialPosition: number | null;
  /** Builds the card at the given position in the list of filters. */
  cardAt(position: number): Card;
  readonly visibleRange: ListRange;
  /** Number of the chosen filter. */
  readonly chosen: number | null;
  readonly cursor: number | null;
  readonly error: string | null;
}

const INSTABILITY_BAR_MAXIMUM = 0.25;
const MAX_TOP_SAMPLES = 6;
const TOP_SAMPLE_THUMB_SIZE = 15;

export function cardsData(state: State): CardsData | null {
  const [model, result, cards] = [planModel(state), planResult(state), layerCards(state)];
  if (!model || !result || !cards) return null;
  const scores = chosenRanking(state);
  const bar = buildPrimaryBar(state, scores, cards);
  const { choice, hover } = state;
  const isLayerHovered = hover.layer === cards.layer;
  return {
    layer: cards.layer,
    index: cards.index,
    filters: cards.filters,
    removed: result.removedFiltersPerLayer[cards.index] ?? 0,
    sort: choice.filterSort,
    scoreName: bar.name,
    isSampleChosen: choice.sample !== null,
    boundaryPosition: firstCardPosition(state, cards),
    initialPosition: state.screen.firstCard,
    cardAt: (position) => buildCard(state, { model, result, scores, cards, bar }, position),
    visibleRange: state.screen.visibleCards,
    chosen: choice.filter,
    cursor: isLayerHovered ? hover.filter : null,
    error: findPictureError(state, cards.layer),
  };
}

interface CardInputs {
  readonly model: PlanModel;
  readonly result: PlanResult;
  readonly scores: Ranking | null;
  readonly cards: LayerCards;
  readonly bar: Bar;
}

function buildCard(state: State, { model, result, scores, cards, bar }: CardInputs, position: number): Card {
  const filter = cards.filters[position]!;
  const { unit, number } = filter;
  const isRemoved = result.removed[unit] === 1;
  const isOverridden = (result.overrides[unit] ?? 0) > 0;
  const source = model.structure.source.units[unit];
  const title = criterionTitle(state.server.criteria, state.choice.criterion);
  const values: Value[] = [
    { name: title, value: scores?.score[unit] },
    ...(bar.title === title ? [] : [{ name: bar.title, value: bar.filterValue(filter) }]),
    { name: "instability", value: scores?.instability?.[unit] },
  ];
  const reason =
    unit < 0
      ? "frozen: this filter is the output for a class"
      : source && !source.free
        ? `frozen: ${source.reason ?? "cannot be removed"}`
        : null;
  return {
    key: `${cards.layer}:${number}`,
    number,
    unit,
    position,
    isRemoved,
    isOverridden,
    frozenReason: reason,
    hasCursor: state.hover.layer === cards.layer && state.hover.filter === number,
    ...pictureOfCard(state, cards.layer, filter),
    score: shareOfFullBar(bar.filterValue(filter), bar.fullValue),
    instability: shareOfFullBar(scores?.instability?.[unit], INSTABILITY_BAR_MAXIMUM),
    title: cardTooltip(number, values, reason ?? (isRemoved ? "removed" : "kept") + (isOverridden ? " by hand" : "")),
  };
}

function pictureOfCard(
  state: State,
  layer: string,
  filter: FilterCard,
): Pick<Card, "imageUrl" | "histogram" | "strongestSampleUrls" | "note"> {
  const { sample, experiment } = state.choice;
  if (sample !== null) {
    const response = findFilterPicture(state, layer, filter);
    return {
      imageUrl: response && pngDataUrl(response.picture),
      histogram: response && layoutHistogram(response.histogram),
      strongestSampleUrls: [],
      note: response && response.low === 0 && response.high === 0 ? "inactive on this image" : null,
    };
  }
  const mean = findLayerFilter(state, layer, filter.number);
  const strongestSampleUrls = (mean?.top ?? [])
    .slice(0, MAX_TOP_SAMPLES)
    .map((topSample) => pictureUrl(experiment ?? 0, topSample.sample, TOP_SAMPLE_THUMB_SIZE));
  return {
    imageUrl: mean && pngDataUrl(mean.map),
    histogram: null,
    strongestSampleUrls,
    note: mean && explainMissingMap(state, layer, mean),
  };
}

/**
 * Explains why the card shows no feature map: a unit of a fully connected layer has only one number per image, and the
 * feature map of a filter that is never active would be black.
 */
function explainMissingMap(state: State, layer: string, { map_high: high, mean }: LayerFilter): string | null {
  if (high === 0) return "never active";
  const layerFilters = state.server.layerFilters[layerKey(state.choice.node ?? -1, layer)];
  return layerFilters && layerFilters.height * layerFilters.width === 1 ? `no map: mean ${formatValue(mean)}` : null;
}

const pngDataUrl = (png: string): string => `data:image/png;base64,${png}`;

function shareOfFullBar(value: number | undefined, fullBarValue: number): number | null {
  if (value === undefined || Number.isNaN(value)) return null;
  return fullBarValue > 0 ? Math.max(0, Math.min(1, value / fullBarValue)) : 0;
}

interface Value {
  /** Full name of the value, which the card abbreviates. */
  readonly name: string;
  readonly value: number | undefined;
}

const cardTooltip = (number: number, values: readonly Value[], state: string): string =>
  `Filter ${number}: ${values.map(({ name, value }) => `${name} ${formatScore(value)}`).join(", ")}, ${state}`;

const formatScore = (value: number | undefined): string =>
  formatValue(value === undefined || Number.isNaN(value) ? null : value);

/** Returns the server's error message if loading the pictures has failed. */
function findPictureError({ choice, screen }: State, layer: string): string | null {
  const prefix =
    choice.sample === null ? `means:${choice.node}:${layer}` : `pictures:${choice.node}:${choice.sample}:${layer}:`;
  const failedRequest = Object.entries(screen.requests).find(
    ([key, { state }]) => key.startsWith(prefix) && state === "failed",
  );
  return failedRequest?.[1].error ?? null;
}

/** Describes the visible cards: "40–55 of 168 · pictures: 14 loaded, 2 loading". */
export function describeVisibleCards({ visibleRange, filters, cardAt, isSampleChosen, error }: CardsData): string {
  const { first, count } = visibleRange;
  const shownCount = Math.max(0, Math.min(count, filters.length - first));
  if (shownCount === 0) return formatCount(filters.length);
  const loadedCount = Array.from({ length: shownCount }, (_, i) => cardAt(first + i)).filter(
    ({ imageUrl }) => imageUrl !== null,
  ).length;
  const range = `${formatCount(first + 1)}–${formatCount(first + shownCount)} of ${formatCount(filters.length)}`;
  const kind = isSampleChosen ? "pictures" : "mean feature maps";
  const loadingCount = shownCount - loadedCount;
  if (error) return `${range} · ${error}`;
  return loadingCount
    ? `${range} · ${kind}: ${loadedCount} loaded, ${loadingCount} loading`
    : `${range} · ${kind}: ${loadedCount} loaded`;
}
