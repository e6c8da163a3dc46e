/**
 * Writes the cards of all filters of the shown layer as SVG, in the order of the list, with the images loaded so far.
 */
import type { Drawing } from "../../../marks/svgMarkup";
import type { State } from "../../../state/state";
import type { Size } from "../../panel";
import type { Card } from "./data";
import { cardsData } from "./data";
import { CARD_SIZE, HISTOGRAM_SIZE, layoutCardGrid, placeCard } from "./layout";
import { escapeXmlText } from "../../../marks/svgMarkup";

const MIN_WIDTH = 760;
const HEADER_HEIGHT = 24;

interface CardColors {
  readonly surface: string;
  readonly text: string;
  readonly dim: string;
  readonly mark: string;
  readonly barTrack: string;
  readonly remove: string;
  readonly font: string;
}

export function cardsToSvg(state: State, size: Size): Drawing | null {
  const data = cardsData(state);
  if (!data) return null;
  const width = Math.max(MIN_WIDTH, size.width);
  const grid = layoutCardGrid(data.filters.length, width);
  const height = grid.height + HEADER_HEIGHT;
  const colors = readColors();
  const cards = data.filters.map((_, position) =>
    cardMarkup(data.cardAt(position), placeCard(grid, position), data.scoreName, colors),
  );
  const pictures = state.choice.sample === null ? "mean feature maps" : `pictures of sample ${state.choice.sample}`;
  const title = `${data.layer}, ${data.removed} of ${data.filters.length} filters removed, ${pictures}`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escapeXmlText(colors.font)}" font-size="11" fill="${colors.text}">` +
    `<rect width="100%" height="100%" fill="${colors.surface}"/><text x="12" y="16" font-weight="600">${escapeXmlText(title)}</text>${cards.join("")}</svg>`;
  return { svg, width, height };
}

function cardMarkup(card: Card, [x, y]: readonly [number, number], scoreName: string, colors: CardColors): string {
  const picture = card.note
    ? noteMarkup(card.note, colors)
    : card.imageUrl
      ? `<image href="${card.imageUrl}" y="14" width="50" height="50" preserveAspectRatio="none" style="image-rendering:pixelated"/>`
      : `<rect y="14" width="50" height="50" fill="${colors.barTrack}"/>`;
  const frame = card.isRemoved
    ? `<rect x="1" y="15" width="48" height="48" fill="none" stroke="${colors.remove}" stroke-width="2"/><text x="${CARD_SIZE}" y="10" text-anchor="end" fill="${colors.remove}">✕</text>`
    : "";
  const override = card.isOverridden
    ? `<text x="${card.isRemoved ? 70 : CARD_SIZE}" y="10" text-anchor="end" font-size="10">◉ by hand</text>`
    : "";
  return (
    `<g transform="translate(${x},${y + HEADER_HEIGHT})"><text y="10" font-weight="600">${card.number}</text>${override}${picture}${frame}` +
    `${histogramMarkup(card.histogram, colors)}${barMarkup(67, scoreName, card.score, colors)}${barMarkup(77, "inst", card.instability, colors)}</g>`
  );
}

function noteMarkup(note: string, { barTrack, dim }: CardColors): string {
  const words = note
    .split(" ")
    .map(
      (word, line) =>
        `<text x="25" y="${31 + 12 * line}" text-anchor="middle" fill="${dim}">${escapeXmlText(word)}</text>`,
    );
  return `<rect x="0.5" y="14.5" width="49" height="49" fill="none" stroke="${barTrack}"/>${words.join("")}`;
}

function histogramMarkup(lengths: readonly number[] | null, { mark }: CardColors): string {
  if (!lengths) return "";
  const step = HISTOGRAM_SIZE.height / lengths.length;
  const barRects = lengths.map(
    (length, bin) =>
      `<rect x="55" y="${(64 - (bin + 1) * step + 0.25).toFixed(2)}" width="${length.toFixed(1)}" height="${(step - 0.5).toFixed(2)}"/>`,
  );
  return `<g fill="${mark}">${barRects.join("")}</g>`;
}

const shortenScoreName = (name: string): string => (name.length > 5 ? `${name.slice(0, 4)}…` : name);

const barMarkup = (y: number, name: string, share: number | null, { dim, mark, barTrack }: CardColors): string =>
  `<text y="${y + 6}" fill="${dim}">${escapeXmlText(shortenScoreName(name))}</text><rect x="28" y="${y}" width="56" height="4" fill="${barTrack}"/>` +
  `<rect x="28" y="${y}" width="${(56 * (share ?? 0)).toFixed(1)}" height="4" fill="${mark}"/>`;

function readColors(): CardColors {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  return {
    surface: color("--surface"),
    text: color("--text"),
    dim: color("--text-3"),
    mark: color("--mark"),
    barTrack: color("--mark-3"),
    remove: color("--remove"),
    font: color("--font") || "sans-serif",
  };
}
