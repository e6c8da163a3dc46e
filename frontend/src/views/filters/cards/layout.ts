/** Computes the layout of the cards in the list of filters. Draws nothing. */
import type { ListRange } from "../../../state/state";
import type { Size } from "../../panel";

export const CARD_SIZE = 84;
const GAP = { x: 8, y: 7 } as const;
const PAD = { x: 12, y: 4 } as const;
export const ROW_HEIGHT = CARD_SIZE + GAP.y;
/** Number of extra rows that are drawn above and below the visible ones. */
const OVERSCAN_ROWS = 1;

export interface CardGrid {
  readonly columns: number;
  /** Height of all rows, in pixels. */
  readonly height: number;
}

export function layoutCardGrid(filters: number, width: number): CardGrid {
  const columns = Math.max(1, Math.floor((width - 2 * PAD.x + GAP.x) / (CARD_SIZE + GAP.x)));
  return { columns, height: Math.ceil(filters / columns) * ROW_HEIGHT + 2 * PAD.y };
}

/** Returns the left and top edges of the card at this position of the list, in pixels. */
export function placeCard({ columns }: CardGrid, position: number): readonly [number, number] {
  return [PAD.x + (position % columns) * (CARD_SIZE + GAP.x), PAD.y + Math.floor(position / columns) * ROW_HEIGHT];
}

/** Returns the cards that are at least partly visible. */
export function findVisibleCards(
  { columns }: CardGrid,
  scrollTop: number,
  { height }: Pick<Size, "height">,
  filters: number,
): ListRange {
  const from = Math.max(0, Math.floor((scrollTop - PAD.y) / ROW_HEIGHT));
  const to = Math.ceil((scrollTop + height - PAD.y) / ROW_HEIGHT);
  const first = Math.min(filters, from * columns);
  return { first, count: Math.max(0, Math.min(filters, to * columns) - first) };
}

/** Extends the range of visible cards by the extra rows above and below, so that scrolling shows no gap. */
export function addOverscanRows({ columns }: CardGrid, { first, count }: ListRange, filters: number): ListRange {
  const from = Math.max(0, first - OVERSCAN_ROWS * columns);
  return { first: from, count: Math.min(filters, first + count + OVERSCAN_ROWS * columns) - from };
}

/**
 * Returns the scroll position, in pixels, at which the boundary between removed and kept filters is two thirds of the
 * way down the visible area.
 */
export function scrollTopAtBoundary(
  { columns, height: total }: CardGrid,
  boundaryPosition: number,
  height: number,
): number {
  const rows = Math.max(1, Math.floor(height / ROW_HEIGHT));
  const row = Math.floor(boundaryPosition / columns) - Math.floor(rows * 0.67);
  return Math.max(0, Math.min(total - height, row * ROW_HEIGHT));
}

/** Returns the new position in the list of cards after an arrow key, Home or End; null for other keys. */
export function cardPositionAfterKeyPress(
  key: string,
  at: number,
  { columns }: CardGrid,
  filters: number,
): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    Home: -at,
    End: filters - 1 - at,
  };
  const step = steps[key];
  if (step === undefined) return null;
  const next = at + step;
  return next < 0 || next >= filters ? at : next;
}

export const HISTOGRAM_SIZE = { width: 28, height: 50 } as const;

/**
 * Returns the lengths of the histogram's bars, in pixels, from the bin with the smallest pixel values to the bin with
 * the largest. The lengths are logarithmic in the counts, since most pixels are near 0.
 */
export function layoutHistogram(counts: readonly number[]): readonly number[] {
  const max = Math.log1p(Math.max(1, ...counts));
  return counts.map((count) => (HISTOGRAM_SIZE.width * Math.log1p(count)) / max);
}

/** Returns the 90th percentile of the values. A bar is full for this value and for larger ones. */
export function percentile90(values: readonly number[]): number {
  const sortedValues = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return sortedValues[Math.min(sortedValues.length - 1, Math.floor(sortedValues.length * 0.9))] ?? 1;
}
