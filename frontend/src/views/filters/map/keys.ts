/** Keyboard control of the map of samples: moves the cursor, chooses samples and zooms. */
import type { Box } from "../../../marks/elements";
import type { MapData } from "./data";
import { resizeNeighbourhood, nearestPointInDirection, type Direction } from "./layout";
import type { MapCallbacks } from "./data";
import { NO_ZOOM } from "../../../state/url/viewport";
import { zoomAroundPoint } from "./zoom";

const ARROW_KEYS: readonly string[] = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];
/** With Shift, these arrow keys choose more samples around the cursor, and the other two arrow keys choose fewer. */
const KEYS_THAT_CHOOSE_MORE: readonly string[] = ["ArrowRight", "ArrowUp"];
const ZOOM_FACTOR = 1.5;

export function listenToKeys(view: Box, data: MapData, callbacks: MapCallbacks): void {
  view.on("keydown", (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!handleKey(event, data, callbacks)) return;
    event.preventDefault();
    event.stopPropagation();
  });
}

/** Handles a key pressed in the map; returns whether the key has a function there. */
export function handleKey(
  { key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">,
  data: MapData,
  callbacks: MapCallbacks,
): boolean {
  const cursor = data.hoveredPoint >= 0 ? data.hoveredPoint : data.chosen;
  if (shiftKey && cursor >= 0 && ARROW_KEYS.includes(key))
    callbacks.onChoosePoints(
      resizeNeighbourhood(data.placedPoints, data.pickedFlags, cursor, KEYS_THAT_CHOOSE_MORE.includes(key)),
    );
  else if (ARROW_KEYS.includes(key)) callbacks.onHover(moveCursor(data, cursor, key as Direction));
  else if ((key === "Enter" || key === " ") && cursor >= 0)
    (shiftKey ? callbacks.onTogglePoint : callbacks.onChoose)(cursor);
  else if (key === "+" || key === "=")
    callbacks.onZoom(zoomAroundPoint(data.zoom, ZOOM_FACTOR, zoomCenter(data, cursor)));
  else if (key === "-") callbacks.onZoom(zoomAroundPoint(data.zoom, 1 / ZOOM_FACTOR, zoomCenter(data, cursor)));
  else if (key === "0") callbacks.onZoom(NO_ZOOM);
  else if (key === "Escape" && data.pickedFlags) callbacks.onClearChoice();
  else return false;
  return true;
}

/**
 * Returns the point around which the keys zoom: the sample at the cursor or, if there is no cursor, the middle of the
 * map. Its coordinates are fractions of the map's width and height.
 */
const zoomCenter = ({ placedPoints, width, height }: MapData, cursor: number): readonly [number, number] =>
  cursor < 0 ? [0.5, 0.5] : [placedPoints.px[cursor]! / width, placedPoints.py[cursor]! / height];

/**
 * Returns the index of the point to which an arrow key moves the cursor; null if there is none in that direction. If
 * samples are chosen, the cursor moves only among them, and if any of these are marked, only among the marked ones.
 */
function moveCursor({ placedPoints, mark, pickedFlags }: MapData, cursor: number, direction: Direction): number | null {
  const isPicked = (i: number): boolean => !pickedFlags || pickedFlags[i] === 1;
  const hasMarks = mark.some((change, i) => change !== null && isPicked(i));
  const isAllowedPoint = (i: number): boolean => isPicked(i) && (!hasMarks || mark[i] !== null);
  const next = nearestPointInDirection(placedPoints, cursor, direction, isAllowedPoint);
  return next < 0 ? null : next;
}
