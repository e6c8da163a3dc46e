/** State → the list of filters. */
import type { LayerFilter } from "../../../api/values";
import { formatCount, formatValue } from "../../../marks/format";
import type { PlanModel, PlanResult } from "../../../planning/rules";
import type { Ranking } from "../../../planning/greedy";
import {
  layerCards,
  layerKey,
  meanMapOf,
  pictureOf,
  planEdge,
  type CardFilter,
  type LayerCards,
} from "../../../state/selectors/filterCards";
import { planModel, planResult, ranking } from "../../../state/selectors/plan";
import { criterionTitle } from "../../../state/selectors/select";
import type { FilterSort } from "../../../state/choice";
import type { Span, State } from "../../../state/state";
import { pictureUrl } from "../../samples/thumbs";
import { firstBar, type Bar } from "./bars";
import { layoutHistogram } from "./layout";

/** What one card shows. */
export interface Card {
  readonly key: string;
  readonly number: number;
  readonly unit: number;
  /** Place in the list. */
  readonly position: number;
  readonly isRemoved: boolean;
  readonly isByHand: boolean;
  /** Why it cannot go; null where it can. */
  readonly frozen: string | null;
  readonly isMarked: boolean;
  /** PNG; null while it is on its way. */
  readonly picture: string | null;
  /** With a sample: lengths of bars. */
  readonly histogram: readonly number[] | null;
  /** Without: the strongest samples. */
  readonly top: readonly string[];
  /** Shares of a full bar, 0-1; null: not scored. */
  readonly score: number | null;
  readonly instability: number | null;
  /** In the picture's place, where that would be empty: why. */
  readonly note: string | null;
  readonly title: string;
}

export interface CardsData {
  readonly layer: string;
  readonly index: number;
  readonly filters: readonly CardFilter[];
  readonly removed: number;
  readonly sort: FilterSort;
  /** Short name of what the first bar shows. */
  readonly scoreName: string;
  readonly hasSample: boolean;
  readonly edge: number;
  /** The card at which the list was left; null: at the edge. */
  readonly start: number | null;
  /** A card at a place of the list. */
  cardAt(position: number): Card;
  readonly visible: Span;
  /** Chosen to be looked at. */
  readonly chosen: number | null;
  readonly cursor: number | null;
  readonly error: string | null;
}

const FULL_INSTABILITY = 0.25;
const TOP = 6;
const TOP_SIZE = 15;

export function cardsData(state: State): CardsData | null {
  const [model, result, cards] = [planModel(state), planResult(state), layerCards(state)];
  if (!model || !result || !cards) return null;
  const found = ranking(state);
  const bar = firstBar(state, found, cards);
  const { choice, hover } = state;
  const isHere = hover.layer === cards.layer;
  return {
    layer: cards.layer,
    index: cards.index,
    filters: cards.filters,
    removed: result.removedPerLayer[cards.index] ?? 0,
    sort: choice.filterSort,
    scoreName: bar.name,
    hasSample: choice.sample !== null,
    edge: planEdge(state, cards),
    start: state.screen.list,
    cardAt: (position) => buildCard(state, { model, result, found, cards, bar }, position),
    visible: state.screen.cards,
    chosen: choice.filter,
    cursor: isHere ? hover.filter : null,
    error: errorOf(state, cards.layer),
  };
}

interface CardSources {
  readonly model: PlanModel;
  readonly result: PlanResult;
  readonly found: Ranking | null;
  readonly cards: LayerCards;
  readonly bar: Bar;
}

function buildCard(state: State, { model, result, found, cards, bar }: CardSources, position: number): Card {
  const one = cards.filters[position]!;
  const { unit, number } = one;
  const isRemoved = result.removed[unit] === 1;
  const isByHand = (result.hand[unit] ?? 0) > 0;
  const frozen = model.structure.source.units[unit];
  const title = criterionTitle(state.server.criteria, state.choice.criterion);
  const values: Value[] = [
    { name: title, value: found?.score[unit] },
    ...(bar.title === title ? [] : [{ name: bar.title, value: bar.valueOf(one) }]),
    { name: "instability", value: found?.instability?.[unit] },
  ];
  const reason =
    unit < 0 ? "a class of the output" : frozen && !frozen.free ? (frozen.reason ?? "cannot be cut") : null;
  return {
    key: `${cards.layer}:${number}`,
    number,
    unit,
    position,
    isRemoved,
    isByHand,
    frozen: reason,
    isMarked: state.hover.layer === cards.layer && state.hover.filter === number,
    ...pictureOfCard(state, cards.layer, one),
    score: shareOf(bar.valueOf(one), bar.full),
    instability: shareOf(found?.instability?.[unit], FULL_INSTABILITY),
    title: titleOf(number, values, reason ?? (isRemoved ? "removed" : "kept") + (isByHand ? " by hand" : "")),
  };
}

function pictureOfCard(
  state: State,
  layer: string,
  one: CardFilter,
): Pick<Card, "picture" | "histogram" | "top" | "note"> {
  const { sample, experiment } = state.choice;
  if (sample !== null) {
    const found = pictureOf(state, layer, one);
    return {
      picture: found && toUrl(found.picture),
      histogram: found && layoutHistogram(found.histogram),
      top: [],
      note: found && found.low === 0 && found.high === 0 ? "not active here" : null,
    };
  }
  const found = meanMapOf(state, layer, one.number);
  const top = (found?.top ?? []).slice(0, TOP).map((strong) => pictureUrl(experiment ?? 0, strong.sample, TOP_SIZE));
  return { picture: found && toUrl(found.map), histogram: null, top, note: found && noteOf(state, layer, found) };
}

/** A unit of a fully-connected layer has one number an image, and a silent filter a black map. */
function noteOf(state: State, layer: string, { map_high: high, mean }: LayerFilter): string | null {
  if (high === 0) return "never active";
  const means = state.server.layerFilters[layerKey(state.choice.node ?? -1, layer)];
  return means && means.height * means.width === 1 ? `no map: mean ${formatValue(mean)}` : null;
}

const toUrl = (png: string): string => `data:image/png;base64,${png}`;

function shareOf(value: number | undefined, full: number): number | null {
  if (value === undefined || Number.isNaN(value)) return null;
  return full > 0 ? Math.max(0, Math.min(1, value / full)) : 0;
}

interface Value {
  /** In full: the card has room for its first letters. */
  readonly name: string;
  readonly value: number | undefined;
}

const titleOf = (number: number, values: readonly Value[], state: string): string =>
  `Filter ${number}: ${values.map(({ name, value }) => `${name} ${formatScore(value)}`).join(", ")}, ${state}`;

const formatScore = (value: number | undefined): string =>
  formatValue(value === undefined || Number.isNaN(value) ? null : value);

/** Why pictures do not come; the server's own sentence. */
function errorOf({ choice, screen }: State, layer: string): string | null {
  const prefix =
    choice.sample === null ? `means:${choice.node}:${layer}` : `pictures:${choice.node}:${choice.sample}:${layer}:`;
  const failed = Object.entries(screen.questions).find(
    ([key, { state }]) => key.startsWith(prefix) && state === "failed",
  );
  return failed?.[1].error ?? null;
}

/** "40–55 of 168 · pictures: 14 here, 2 on the way" */
export function describeVisible({ visible, filters, cardAt, hasSample, error }: CardsData): string {
  const { first, count } = visible;
  const shown = Math.max(0, Math.min(count, filters.length - first));
  if (shown === 0) return formatCount(filters.length);
  const here = Array.from({ length: shown }, (_, i) => cardAt(first + i)).filter(
    ({ picture }) => picture !== null,
  ).length;
  const range = `${formatCount(first + 1)}–${formatCount(first + shown)} of ${formatCount(filters.length)}`;
  const what = hasSample ? "pictures" : "mean maps";
  const late = shown - here;
  return error ? `${range} · ${error}` : `${range} · ${what}: ${here} here${late ? `, ${late} on the way` : ""}`;
}
