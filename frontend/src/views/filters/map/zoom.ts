/**
 * Converts wheel turns, drags and double clicks on the map to a zoom. A zoom that is set in the State is applied
 * without sending an event.
 */
import { zoom as makeZoom, zoomTransform, ZoomTransform, type D3ZoomEvent } from "d3-zoom";
import type { Box } from "../../../marks/elements";
import type { Zoom } from "../../../state/state";
import { MAX_ZOOM } from "../../../state/url/viewport";
import type { Size } from "../../panel";

export interface ZoomData extends Size {
  readonly zoom: Zoom;
}

export function listenToZoom(
  view: Box,
  { width, height, zoom }: ZoomData,
  callbacks: { onZoom(zoom: Zoom): void },
): void {
  const node = view.node()! as HTMLElement & { __zoom?: ZoomTransform };
  const { k, x, y } = zoomTransform(node);
  if (k !== zoom.k || x !== zoom.x * width || y !== zoom.y * height) {
    node.__zoom = new ZoomTransform(zoom.k, zoom.x * width, zoom.y * height); // where d3-zoom keeps its state; set directly to avoid an event
  }
  const zoomBehaviour = makeZoom<HTMLElement, unknown>()
    .extent([
      [0, 0],
      [width, height],
    ])
    .translateExtent([
      [0, 0],
      [width, height],
    ])
    .scaleExtent([1, MAX_ZOOM])
    .filter((event: MouseEvent) => !event.shiftKey && !event.ctrlKey && event.button === 0)
    .on("zoom", ({ transform }: D3ZoomEvent<HTMLElement, unknown>) =>
      callbacks.onZoom({ k: transform.k, x: transform.x / width, y: transform.y / height }),
    );
  zoomBehaviour(view);
}

/**
 * Zooms by a factor, within the limits, around a point that stays fixed. The point is given as fractions of the width
 * and height.
 */
export function zoomAroundPoint(
  { k, x, y }: Zoom,
  factor: number,
  [fixedX, fixedY]: readonly [number, number] = [0.5, 0.5],
): Zoom {
  const next = Math.max(1, Math.min(MAX_ZOOM, k * factor));
  const shift = (offset: number, fixed: number): number =>
    Math.max(1 - next, Math.min(0, fixed - (fixed - offset) * (next / k)));
  return { k: next, x: shift(x, fixedX), y: shift(y, fixedY) };
}
