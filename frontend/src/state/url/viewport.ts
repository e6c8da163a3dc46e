/** Converts between query parameters and the viewport, that is, the scroll positions and zooms of the page. */
import type { Viewport, Zoom } from "../state";

export const NO_ZOOM: Zoom = { k: 1, x: 0, y: 0 };
export const DEFAULT_VIEWPORT: Viewport = {
  zoom: NO_ZOOM,
  pan: null,
  firstCard: null,
  firstRow: null,
  statsScroll: null,
  comparisonScroll: null,
};

/** Maximum zoom factor of the map of samples. */
export const MAX_ZOOM = 40;

/** The numeric fields of the viewport, each with the name of its query parameter. */
const VIEWPORT_PARAMETER_NAMES = [
  ["pan", "from"],
  ["firstCard", "cards"],
  ["firstRow", "rows"],
  ["statsScroll", "stats"],
  ["comparisonScroll", "compared"],
] as const;

/** Appends the viewport to the query string of a choice. */
export function appendViewport(search: string, viewport: Viewport): string {
  const numbers = VIEWPORT_PARAMETER_NAMES.map(([key, name]) => writeNumber(name, viewport[key]));
  const parts = [...numbers, writeZoom(viewport.zoom)].filter((part) => part !== null);
  return parts.length ? `${search}${search ? "&" : "?"}${parts.join("&")}` : search;
}

/** Reads the viewport from the query; invalid values are replaced by their defaults. */
export function readViewport(search: string): Viewport {
  const params = new URLSearchParams(search);
  const numbers = VIEWPORT_PARAMETER_NAMES.map(([key, name]) => [key, readNumber(params.get(name))]);
  return { zoom: readZoom(params.get("map") ?? ""), ...(Object.fromEntries(numbers) as Omit<Viewport, "zoom">) };
}

const writeNumber = (name: string, value: number | null): string | null => (value === null ? null : `${name}=${value}`);

const readNumber = (text: string | null): number | null =>
  text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;

/**
 * Writes the zoom as "map=2.5_-0.4_-0.31": zoom factor, and offset as fractions of the drawing; null if not zoomed in.
 */
function writeZoom({ k, x, y }: Zoom): string | null {
  const roundToDigits = (value: number, digits: number): number => Number(value.toFixed(digits)) + 0; // no −0
  return k <= 1 ? null : `map=${[roundToDigits(k, 2), roundToDigits(x, 3), roundToDigits(y, 3)].join("_")}`;
}

/** Reads the zoom of the map. Limits the offset so that the view stays within the map; malformed text means no zoom. */
function readZoom(text: string): Zoom {
  if (!/^\d{1,2}(\.\d+)?(_-?\d{1,2}(\.\d+)?){2}$/.test(text)) return NO_ZOOM;
  const [k, x, y] = text.split("_").map(Number) as [number, number, number];
  const scale = Math.max(1, Math.min(MAX_ZOOM, k));
  const clampOffset = (offset: number): number => Math.max(1 - scale, Math.min(0, offset));
  return { k: scale, x: clampOffset(x), y: clampOffset(y) };
}
