/**
 * Pointer input on the map: hovering over a sample shows it, a click chooses it, Shift-click adds it to the chosen
 * samples, and Shift-drag draws a lasso.
 */
import { dragEnable } from "d3-drag";
import { pointer } from "d3-selection";
import { ensureGroup, type Box, type Svg } from "../../../marks/elements";
import type { MapData } from "./data";
import { pointAtPosition, pointsInPolygon } from "./layout";
import type { MapCallbacks } from "./data";

type Position = readonly [number, number];

const MIN_LASSO_CORNERS = 4;
const MIN_LASSO_STEP = 3;

export function listenToPointer(view: Box, overlay: Svg, data: MapData, callbacks: MapCallbacks): void {
  const pointerPosition = (event: Event): Position => pointer(event, view.node());
  const pointUnderPointer = (event: Event): number =>
    pointAtPosition(data.placedPoints, data.pointGrid(), pointerPosition(event), (i) => data.mark[i] !== null);
  view
    .on("pointermove.hover", (event: PointerEvent) => {
      const point = event.buttons === 0 ? pointUnderPointer(event) : -1;
      if (point !== data.hoveredPoint) callbacks.onHover(point < 0 ? null : point);
    })
    .on("pointerleave.hover", () => callbacks.onHover(null))
    .on("click.choose", (event: MouseEvent) => {
      const point = pointUnderPointer(event);
      if (point < 0) return;
      if (event.shiftKey) callbacks.onTogglePoint(point);
      else callbacks.onChoose(point);
    })
    .on("pointerdown.lasso", (event: PointerEvent) => {
      if (event.button === 0 && event.shiftKey) startLasso(view, overlay, event, { data, callbacks, pointerPosition });
    });
}

interface LassoContext {
  readonly data: MapData;
  readonly callbacks: MapCallbacks;
  readonly pointerPosition: (event: Event) => Position;
}

function startLasso(
  view: Box,
  overlay: Svg,
  start: PointerEvent,
  { data, callbacks, pointerPosition: toPosition }: LassoContext,
): void {
  view.node()!.setPointerCapture(start.pointerId);
  start.preventDefault(); // does not select text
  const line: Position[] = [toPosition(start)];
  view.on("pointermove.lasso", (event: PointerEvent) => {
    const [position, last] = [toPosition(event), line.at(-1)!];
    if (Math.hypot(position[0] - last[0], position[1] - last[1]) < MIN_LASSO_STEP) return;
    line.push(position);
    drawLassoPolygon(overlay, line);
  });
  view.on("pointerup.lasso pointercancel.lasso", (event: PointerEvent) => {
    view.on("pointermove.lasso", null).on("pointerup.lasso", null).on("pointercancel.lasso", null);
    drawLassoPolygon(overlay, []);
    if (event.type !== "pointerup" || line.length <= MIN_LASSO_CORNERS) return;
    dragEnable(window, true); // the click that ends a lasso must not choose a sample
    callbacks.onChoosePoints(pointsInPolygon(data.placedPoints, line));
  });
}

function drawLassoPolygon(overlay: Svg, line: readonly Position[]): void {
  ensureGroup(overlay, "lasso")
    .selectAll("polygon")
    .data(line.length > 1 ? [line] : [])
    .join("polygon")
    .attr("points", (positions) => positions.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" "));
}
