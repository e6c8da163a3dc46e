/** The lower area of the Filters panel: the chosen sample or filter, and below it the filters of the layer as cards. */
import { ensureElement, showOrClear, type Box } from "../../../marks/elements";
import type { Actions } from "../../../state/actions";
import { findLayerFilter } from "../../../state/selectors/filterCards";
import { comparedNodeParameter, comparedNode, sampleViewKey } from "../../../state/selectors/map";
import { planModel, planResult, chosenRanking } from "../../../state/selectors/plan";
import { readoutOfFilter } from "../../../state/selectors/readout";
import { chosenExperiment, chosenNode, criterionTitle } from "../../../state/selectors/select";
import type { State } from "../../../state/state";
import { drawEmptyState, type EmptyState } from "../../empty";
import { explainMissingData } from "../../nodes/missing";
import type { Size } from "../../panel";
import { cardsData, describeVisibleCards, type Card, type CardsData } from "./data";
import { drawCards } from "./cards";
import { drawListHeader } from "./head";
import { setHoveredSample, NARROW_WIDTH } from "../map/area";
import { drawSampleCard, type SampleCardData } from "../sampleCard";
import { drawStrongestSamples } from "./strongestSamples";

const HEADER_HEIGHT = 36;
const FOOTER_HEIGHT = 24;
const STRONGEST_SAMPLES_HEIGHT = 72;
const SAMPLE_CARD_HEIGHTS = { chosen: 101, none: 68, narrow: 16 } as const;

export function drawCardsArea(box: Box, state: State, act: Actions, { width, height }: Size): void {
  const isSampleChosen = state.choice.sample !== null;
  const isNarrow = width < NARROW_WIDTH;
  const cardHeight =
    (isSampleChosen ? SAMPLE_CARD_HEIGHTS.chosen : SAMPLE_CARD_HEIGHTS.none) +
    (isNarrow ? SAMPLE_CARD_HEIGHTS.narrow : 0);
  box.classed("narrow", isNarrow);
  drawSampleCard(ensureElement(box, "div", "sample").style("height", `${cardHeight}px`), sampleCardData(state, width), {
    onChoose: act.chooseSample,
    onInvalidSampleNumber: act.notify,
  });
  const data = cardsData(state);
  const samplesBox = ensureElement(box, "div", "strongest");
  drawSamplesOfFilter(samplesBox, state, act, data);
  const rows = ensureElement(box, "div", "rows");
  showOrClear(rows, data !== null);
  drawEmptyState(
    ensureElement(box, "div", "no-cards").attr("hidden", data ? "" : null),
    data ? null : explainEmptyCards(state),
  );
  if (!data) return;
  const reservedHeight =
    cardHeight + HEADER_HEIGHT + FOOTER_HEIGHT + (state.choice.filter === null ? 0 : STRONGEST_SAMPLES_HEIGHT);
  drawCardList(rows, data, { state, act, width, height: height - reservedHeight });
}

interface Context extends Size {
  readonly state: State;
  readonly act: Actions;
}

function drawCardList(rows: Box, data: CardsData, { state, act, width, height }: Context): void {
  const layers = planModel(state)?.structure.source.layers.map(({ name }) => name) ?? [];
  const scoreTitle = criterionTitle(state.server.criteria, state.choice.criterion);
  drawListHeader(
    ensureElement(rows, "div", "toolrow listhead"),
    {
      layers,
      layer: data.layer,
      removed: data.removed,
      filters: data.filters.length,
      sort: data.sort,
      scoreTitle,
      width,
    },
    { onChooseLayer: act.chooseLayer, onChooseSort: act.sortFilters },
  );
  const cardListId = [state.choice.node, data.layer, data.sort, chosenRanking(state) !== null].join();
  drawCards(
    rows,
    { ...data, cardListId },
    { width, height },
    {
      onToggleCard: ({ unit, frozenReason }) => frozenReason === null && act.toggleFilter(unit),
      onChoose: ({ number }) => act.chooseFilter(data.layer, number),
      onHover: (card) => (card ? setHoveredCard(state, act, data, card) : act.clearHover()),
      onVisibleRangeChange: act.showCards,
      onScroll: ({ first }) => act.scrollCards(first),
    },
  );
  const footer = ensureElement(rows, "div", "footer");
  ensureElement(footer, "span", "range")
    .attr("role", "status")
    .attr("data-testid", "pictures")
    .text(describeVisibleCards(data));
  ensureElement(footer, "span", "grow");
  ensureElement(footer, "kbd", "key").text("Space");
  ensureElement(footer, "span", "meaning").text("remove or keep");
}

function setHoveredCard(state: State, act: Actions, { layer, index }: CardsData, { number, unit, title }: Card): void {
  const [model, scores, result] = [planModel(state), chosenRanking(state), planResult(state)];
  const isScored = model && scores && result && unit >= 0;
  const readout = isScored
    ? readoutOfFilter({ criteria: state.server.criteria, model, ranking: scores, result }, index, unit)
    : { title: layer, text: title };
  act.hover({ layer, filter: number, readout });
}

function drawSamplesOfFilter(box: Box, state: State, act: Actions, data: CardsData | null): void {
  const { filter, experiment, sample } = state.choice;
  const strongestSamplesData =
    data && filter !== null
      ? {
          layer: data.layer,
          number: filter,
          activations: findLayerFilter(state, data.layer, filter),
          experiment: experiment ?? 0,
          sample,
        }
      : null;
  drawStrongestSamples(box, strongestSamplesData, {
    onChoose: act.chooseSample,
    onHover: (sample) => (sample === null ? act.clearHover() : setHoveredSample(state, act, sample)),
    onClose: () => strongestSamplesData && act.chooseFilter(strongestSamplesData.layer, strongestSamplesData.number),
  });
}

function sampleCardData(state: State, width: number): SampleCardData {
  const [node, experiment, { sample }] = [chosenNode(state), chosenExperiment(state), state.choice];
  const key = sampleViewKey(node?.id ?? -1, comparedNodeParameter(state), sample ?? -1);
  const request = state.screen.requests[`sample:${key}`];
  return {
    experiment: experiment?.id ?? 0,
    sample,
    images: node?.images ?? 0,
    view: state.server.sampleViews[key] ?? null,
    error: request?.state === "failed" ? request.error : null,
    classes: experiment?.classes ?? [],
    now: node?.number ?? 0,
    before: comparedNode(state)?.number ?? null,
    width,
  };
}

function explainEmptyCards(state: State): EmptyState | null {
  const node = chosenNode(state);
  return node && explainMissingData(node, "filters", state.screen.requests[`layers:${node.id}:ready`]);
}
