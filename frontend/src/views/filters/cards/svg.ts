/** The filters of the layer as SVG for saving: all of them, in order, with the pictures that are here. */
import type { Drawing } from "../../../marks/svgMarkup";
import type { State } from "../../../state/state";
import type { Size } from "../../panel";
import type { Card } from "./data";
import { cardsData } from "./data";
import { CARD, HISTOGRAM, layoutGrid, placeCard } from "./layout";
import { escapeText } from "../../../marks/svgMarkup";

const LEAST_WIDTH = 760;
const HEAD = 24;

interface Inks {
  readonly surface: string;
  readonly text: string;
  readonly dim: string;
  readonly mark: string;
  readonly track: string;
  readonly remove: string;
  readonly font: string;
}

export function writeCards(state: State, size: Size): Drawing | null {
  const data = cardsData(state);
  if (!data) return null;
  const width = Math.max(LEAST_WIDTH, size.width);
  const grid = layoutGrid(data.filters.length, width);
  const height = grid.height + HEAD;
  const inks = readInks();
  const cards = data.filters.map((_, position) =>
    writeCard(data.cardAt(position), placeCard(grid, position), data.scoreName, inks),
  );
  const title = `${data.layer}, ${data.removed} of ${data.filters.length} removed${state.choice.sample === null ? ", mean feature maps" : `, sample ${state.choice.sample}`}`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escapeText(inks.font)}" font-size="11" fill="${inks.text}">` +
    `<rect width="100%" height="100%" fill="${inks.surface}"/><text x="12" y="16" font-weight="600">${escapeText(title)}</text>${cards.join("")}</svg>`;
  return { svg, width, height };
}

function writeCard(card: Card, [x, y]: readonly [number, number], scoreName: string, inks: Inks): string {
  const picture = card.note
    ? writeNote(card.note, inks)
    : card.picture
      ? `<image href="${card.picture}" y="14" width="50" height="50" preserveAspectRatio="none" style="image-rendering:pixelated"/>`
      : `<rect y="14" width="50" height="50" fill="${inks.track}"/>`;
  const frame = card.isRemoved
    ? `<rect x="1" y="15" width="48" height="48" fill="none" stroke="${inks.remove}" stroke-width="2"/><text x="${CARD}" y="10" text-anchor="end" fill="${inks.remove}">✕</text>`
    : "";
  const hand = card.isByHand
    ? `<text x="${card.isRemoved ? 70 : CARD}" y="10" text-anchor="end" font-size="10">◉ by hand</text>`
    : "";
  return (
    `<g transform="translate(${x},${y + HEAD})"><text y="10" font-weight="600">${card.number}</text>${hand}${picture}${frame}` +
    `${writeHistogram(card.histogram, inks)}${writeBar(67, scoreName, card.score, inks)}${writeBar(77, "inst", card.instability, inks)}</g>`
  );
}

function writeNote(note: string, { track, dim }: Inks): string {
  const words = note
    .split(" ")
    .map(
      (word, line) =>
        `<text x="25" y="${31 + 12 * line}" text-anchor="middle" fill="${dim}">${escapeText(word)}</text>`,
    );
  return `<rect x="0.5" y="14.5" width="49" height="49" fill="none" stroke="${track}"/>${words.join("")}`;
}

function writeHistogram(lengths: readonly number[] | null, { mark }: Inks): string {
  if (!lengths) return "";
  const step = HISTOGRAM.height / lengths.length;
  const bars = lengths.map(
    (length, bin) =>
      `<rect x="55" y="${(64 - (bin + 1) * step + 0.25).toFixed(2)}" width="${length.toFixed(1)}" height="${(step - 0.5).toFixed(2)}"/>`,
  );
  return `<g fill="${mark}">${bars.join("")}</g>`;
}

const shorten = (name: string): string => (name.length > 5 ? `${name.slice(0, 4)}…` : name);

const writeBar = (y: number, name: string, share: number | null, { dim, mark, track }: Inks): string =>
  `<text y="${y + 6}" fill="${dim}">${escapeText(shorten(name))}</text><rect x="28" y="${y}" width="56" height="4" fill="${track}"/>` +
  `<rect x="28" y="${y}" width="${(56 * (share ?? 0)).toFixed(1)}" height="4" fill="${mark}"/>`;

function readInks(): Inks {
  const style = getComputedStyle(document.documentElement);
  const ink = (name: string): string => style.getPropertyValue(name).trim();
  return {
    surface: ink("--surface"),
    text: ink("--text"),
    dim: ink("--text-3"),
    mark: ink("--mark"),
    track: ink("--mark-3"),
    remove: ink("--remove"),
    font: ink("--font") || "sans-serif",
  };
}
