/** What of the map of samples is in sight ↔ a part of the query string. */
import type { Zoom } from "./state";

export const ALL_IN_SIGHT: Zoom = { k: 1, x: 0, y: 0 };

/** As far as the map can be magnified. */
export const MOST_ZOOM = 40;

/** "2.5_-0.4_-0.31": magnification and shift in shares of the drawing; null where all of it is in sight. */
export function writeZoom({ k, x, y }: Zoom): string | null {
  const round = (value: number, digits: number): number => Number(value.toFixed(digits)) + 0; // no −0
  return k <= 1 ? null : [round(k, 2), round(x, 3), round(y, 3)].join("_");
}

/** What lies beyond the map is moved into it; anything else that means nothing shows all of it. */
export function readZoom(search: string): Zoom {
  const text = new URLSearchParams(search).get("map") ?? "";
  if (!/^\d{1,2}(\.\d+)?(_-?\d{1,2}(\.\d+)?){2}$/.test(text)) return ALL_IN_SIGHT;
  const [k, x, y] = text.split("_").map(Number) as [number, number, number];
  const most = Math.max(1, Math.min(MOST_ZOOM, k));
  const within = (shift: number): number => Math.max(1 - most, Math.min(0, shift));
  return { k: most, x: within(x), y: within(y) };
}

/** The query string of a choice with that of the map at its end. */
export function withZoom(search: string, zoom: Zoom): string {
  const text = writeZoom(zoom);
  return text === null ? search : `${search}${search ? "&" : "?"}map=${text}`;
}
