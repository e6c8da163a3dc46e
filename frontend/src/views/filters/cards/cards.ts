/** Draws the filters of a layer as cards in a list that scrolls. Only visible cards are in the DOM. */
import { ensureElement, type Box } from "../../../marks/elements";
import { hasUserScrolled, recordScroll, getScrollTop, scrollAfterDraw } from "../../../marks/scroll";
import type { ListRange } from "../../../state/state";
import type { Size } from "../../panel";
import { fillCard, makeCard } from "./card";
import type { Card, CardsData } from "./data";
import {
  findVisibleCards,
  layoutCardGrid,
  placeCard,
  ROW_HEIGHT,
  scrollTopAtBoundary,
  cardPositionAfterKeyPress,
  addOverscanRows,
  type CardGrid,
} from "./layout";

export interface CardsCallbacks {
  onToggleCard(card: Card): void;
  /** Called to show the samples that activate the filter most. */
  onChoose(card: Card): void;
  onHover(card: Card | null): void;
  /** Called at every draw and every scroll, with the range of visible cards. */
  onVisibleRangeChange(range: ListRange): void;
  /** Called only when the user has scrolled, with the range of visible cards. */
  onScroll(range: ListRange): void;
}

/**
 * Draws the cards. If `cardListId` has changed, the cards show a different list; it is then scrolled to the card that a
 * link specifies, else to the boundary between removed and kept filters.
 */
export function drawCards(
  box: Box,
  data: CardsData & { readonly cardListId: string },
  size: Size,
  callbacks: CardsCallbacks,
): void {
  const grid = layoutCardGrid(data.filters.length, size.width);
  const view = ensureElement(box, "div", "cards").style("height", `${size.height}px`);
  const cardContainer = ensureElement(view, "div", "inner").style("height", `${grid.height}px`);
  cardContainer
    .attr("role", "group")
    .attr(
      "aria-label",
      `Filters of ${data.layer}. Arrows: next filter. Space: remove or keep it. Enter: show the samples that activate it most.`,
    );
  scrollToInitialPosition(view, data, grid, size.height);
  const node = view.node()!;
  const currentRange = (): ListRange => findVisibleCards(grid, getScrollTop(node), size, data.filters.length);
  view.on("scroll", () => {
    recordScroll(node);
    callbacks.onVisibleRangeChange(currentRange());
    if (hasUserScrolled(node)) callbacks.onScroll(currentRange());
  });
  callbacks.onVisibleRangeChange(currentRange());
  drawVisibleCards(cardContainer, data, grid, { visible: currentRange(), callbacks, view });
}

/**
 * Scrolls a list that is shown for the first time to the card that a link specifies or, without a link, to the boundary
 * between removed and kept filters.
 */
function scrollToInitialPosition(
  view: Box,
  {
    cardListId,
    boundaryPosition,
    initialPosition,
  }: { cardListId: string; boundaryPosition: number; initialPosition: number | null },
  grid: CardGrid,
  height: number,
): void {
  const node = view.node()!;
  if (node.dataset.cardListId === cardListId || height < ROW_HEIGHT) return;
  node.dataset.cardListId = cardListId;
  scrollAfterDraw(
    node,
    initialPosition === null
      ? scrollTopAtBoundary(grid, boundaryPosition, height)
      : placeCard(grid, initialPosition)[1],
  );
}

interface VisibleCards {
  readonly visible: ListRange;
  readonly callbacks: CardsCallbacks;
  readonly view: Box;
}

function drawVisibleCards(
  container: Box,
  data: CardsData,
  grid: CardGrid,
  { visible, callbacks, view }: VisibleCards,
): void {
  const { first, count } = addOverscanRows(grid, visible, data.filters.length);
  const cards = Array.from({ length: count }, (_, i) => data.cardAt(first + i));
  const stop = tabStopPosition(data, visible, cards);
  container
    .selectAll<HTMLButtonElement, Card>(":scope > button")
    .data(cards, ({ key }) => key)
    .join((enter) => {
      const button = enter.append("button").attr("type", "button").attr("class", "card");
      button.each(function () {
        makeCard(this);
      });
      return button;
    })
    .attr("data-testid", ({ number }) => `filter-${number}`)
    .attr("tabindex", ({ position }) => (position === stop ? 0 : -1))
    .attr("aria-pressed", ({ isRemoved }) => isRemoved)
    .attr("aria-disabled", ({ frozenReason }) => (frozenReason === null ? null : "true"))
    .attr("title", ({ title, frozenReason }) =>
      frozenReason === null
        ? `${title}. Click: remove or keep it. Enter: show the samples that activate it most.`
        : title,
    )
    .classed("chosen", ({ number }) => number === data.chosen)
    .style("left", ({ position }) => `${placeCard(grid, position)[0]}px`)
    .style("top", ({ position }) => `${placeCard(grid, position)[1]}px`)
    .each(function (card) {
      fillCard(this, card, data.scoreName);
    })
    .on("click", (event: MouseEvent, card) => {
      const isSampleClicked = event.target instanceof Element && event.target.closest(".tops") !== null;
      if (isSampleClicked) callbacks.onChoose(card);
      else callbacks.onToggleCard(card);
    })
    .on("pointerenter focus", (_, card) => callbacks.onHover(card))
    .on("pointerleave blur", () => callbacks.onHover(null))
    .on("keydown", (event: KeyboardEvent, card) => handleKey(event, card, { data, grid, view, callbacks }));
}

/**
 * Returns the position of the only card that can be reached with the Tab key: the focused, hovered or chosen card or,
 * if there is none, the first visible card.
 */
function tabStopPosition({ cursor, chosen }: CardsData, { first }: ListRange, cards: readonly Card[]): number {
  const focusedTestId = document.activeElement?.getAttribute("data-testid");
  const card =
    cards.find(({ number }) => `filter-${number}` === focusedTestId) ??
    cards.find(({ number }) => number === cursor) ??
    cards.find(({ number }) => number === chosen);
  return card?.position ?? first;
}

interface CardKeyContext {
  readonly data: CardsData;
  readonly grid: CardGrid;
  readonly view: Box;
  readonly callbacks: CardsCallbacks;
}

function handleKey(event: KeyboardEvent, card: Card, { data, grid, view, callbacks }: CardKeyContext): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter") callbacks.onChoose(card);
  else if (event.key === " ") callbacks.onToggleCard(card);
  else {
    const next = cardPositionAfterKeyPress(event.key, card.position, grid, data.filters.length);
    if (next === null) return;
    focusCard(view, grid, next, data.filters[next]!.number);
  }
  event.preventDefault();
  event.stopPropagation();
}

/**
 * Scrolls to a card and focuses it. A card outside the visible range is drawn only after the scroll, so it is focused
 * one frame later.
 */
function focusCard(view: Box, grid: CardGrid, position: number, number: number): void {
  const node = view.node()!;
  const top = placeCard(grid, position)[1];
  if (top < node.scrollTop) node.scrollTop = top - 4;
  if (top + ROW_HEIGHT > node.scrollTop + node.clientHeight) node.scrollTop = top + ROW_HEIGHT - node.clientHeight;
  const focus = (): boolean => {
    const button = node.querySelector<HTMLElement>(`[data-testid="filter-${number}"]`);
    button?.focus({ preventScroll: true });
    return button !== null;
  };
  if (!focus()) requestAnimationFrame(() => requestAnimationFrame(focus));
}
