/** d2: the filters of a layer as cards; of 512 only those in sight are made. */
import { ensureElement, type Box } from "../../../marks/elements";
import { isScrolledAway, recordScroll, scrollTopOf, scrollAfterDraw } from "../../../marks/scroll";
import type { Span } from "../../../state/state";
import type { Size } from "../../panel";
import { fillCard, makeCard } from "./card";
import type { Card, CardsData } from "./data";
import { cardsWithin, layoutGrid, placeCard, ROW, scrollToEdge, stepCard, withSpare, type Grid } from "./layout";

export interface CardsCallbacks {
  onToggle(card: Card): void;
  /** Shows the strongest samples of the filter. */
  onChoose(card: Card): void;
  onHover(card: Card | null): void;
  onSight(span: Span): void;
  /** The person scrolled. */
  onScroll(span: Span): void;
}

/** `place` names the list: another list opens at its own edge of the plan. */
export function drawCards(
  box: Box,
  data: CardsData & { readonly place: string },
  size: Size,
  callbacks: CardsCallbacks,
): void {
  const grid = layoutGrid(data.filters.length, size.width);
  const view = ensureElement(box, "div", "cards").style("height", `${size.height}px`);
  const inner = ensureElement(view, "div", "inner").style("height", `${grid.height}px`);
  inner
    .attr("role", "group")
    .attr(
      "aria-label",
      `Filters of ${data.layer}. Arrows: next filter. Space: in or out of the plan. Enter: its strongest samples.`,
    );
  open(view, data, grid, size.height);
  const node = view.node()!;
  const seen = (): Span => cardsWithin(grid, scrollTopOf(node), size, data.filters.length);
  view.on("scroll", () => {
    recordScroll(node);
    callbacks.onSight(seen());
    if (isScrolledAway(node)) callbacks.onScroll(seen());
  });
  callbacks.onSight(seen());
  drawInSight(inner, data, grid, { seen: seen(), callbacks, view });
}

/** A list that is new in this box starts where a link says, else at the edge of the plan. */
function open(
  view: Box,
  { place, edge, start }: { place: string; edge: number; start: number | null },
  grid: Grid,
  height: number,
): void {
  const node = view.node()!;
  if (node.dataset.place === place || height < ROW) return;
  node.dataset.place = place;
  scrollAfterDraw(node, start === null ? scrollToEdge(grid, edge, height) : placeCard(grid, start)[1]);
}

interface Viewport {
  readonly seen: Span;
  readonly callbacks: CardsCallbacks;
  readonly view: Box;
}

function drawInSight(inner: Box, data: CardsData, grid: Grid, { seen, callbacks, view }: Viewport): void {
  const { first, count } = withSpare(grid, seen, data.filters.length);
  const cards = Array.from({ length: count }, (_, i) => data.cardAt(first + i));
  const stop = tabStop(data, seen, cards);
  inner
    .selectAll<HTMLButtonElement, Card>(":scope > button")
    .data(cards, ({ key }) => key)
    .join((enter) => {
      const made = enter.append("button").attr("type", "button").attr("class", "card");
      made.each(function () {
        makeCard(this);
      });
      return made;
    })
    .attr("data-testid", ({ number }) => `filter-${number}`)
    .attr("tabindex", ({ position }) => (position === stop ? 0 : -1))
    .attr("aria-pressed", ({ isRemoved }) => isRemoved)
    .attr("aria-disabled", ({ frozen }) => (frozen === null ? null : "true"))
    .attr("title", ({ title, frozen }) =>
      frozen === null ? `${title}. Click: in or out of the plan. Enter: strongest samples.` : title,
    )
    .classed("chosen", ({ number }) => number === data.chosen)
    .style("left", ({ position }) => `${placeCard(grid, position)[0]}px`)
    .style("top", ({ position }) => `${placeCard(grid, position)[1]}px`)
    .each(function (card) {
      fillCard(this, card, data.scoreName);
    })
    .on("click", (event: MouseEvent, card) => {
      const isTop = event.target instanceof Element && event.target.closest(".tops") !== null;
      if (isTop) callbacks.onChoose(card);
      else callbacks.onToggle(card);
    })
    .on("pointerenter focus", (_, card) => callbacks.onHover(card))
    .on("pointerleave blur", () => callbacks.onHover(null))
    .on("keydown", (event: KeyboardEvent, card) => runKey(event, card, { data, grid, view, callbacks }));
}

/** One card is in the tab order: the marked one, the chosen one, else the first in sight. */
function tabStop({ cursor, chosen }: CardsData, { first }: Span, cards: readonly Card[]): number {
  const focused = document.activeElement?.getAttribute("data-testid");
  const found =
    cards.find(({ number }) => `filter-${number}` === focused) ??
    cards.find(({ number }) => number === cursor) ??
    cards.find(({ number }) => number === chosen);
  return found?.position ?? first;
}

interface Keys {
  readonly data: CardsData;
  readonly grid: Grid;
  readonly view: Box;
  readonly callbacks: CardsCallbacks;
}

function runKey(event: KeyboardEvent, card: Card, { data, grid, view, callbacks }: Keys): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter") callbacks.onChoose(card);
  else if (event.key === " ") callbacks.onToggle(card);
  else {
    const next = stepCard(event.key, card.position, grid, data.filters.length);
    if (next === null) return;
    showAndFocus(view, grid, next, data.filters[next]!.number);
  }
  event.preventDefault();
  event.stopPropagation();
}

/** Scrolling draws the card on the next frame where it was not made yet; then it takes the focus. */
function showAndFocus(view: Box, grid: Grid, position: number, number: number): void {
  const node = view.node()!;
  const top = placeCard(grid, position)[1];
  if (top < node.scrollTop) node.scrollTop = top - 4;
  if (top + ROW > node.scrollTop + node.clientHeight) node.scrollTop = top + ROW - node.clientHeight;
  const focus = (): boolean => {
    const button = node.querySelector<HTMLElement>(`[data-testid="filter-${number}"]`);
    button?.focus({ preventScroll: true });
    return button !== null;
  };
  if (!focus()) requestAnimationFrame(() => requestAnimationFrame(focus));
}
