/** Pointer over the map: hover reads, click chooses, Shift-click adds, Shift-drag draws a lasso. */
import { dragEnable } from "d3-drag";
import { pointer } from "d3-selection";
import { ensureGroup, type Box, type Svg } from "../../../marks/elements";
import type { MapData } from "./data";
import { pointAt, pointsWithin } from "./layout";
import type { MapCallbacks } from "./data";

type Place = readonly [number, number];

const CLICK = 4;
const FINEST = 3;

export function listenToPointer(view: Box, over: Svg, data: MapData, callbacks: MapCallbacks): void {
  const at = (event: Event): Place => pointer(event, view.node());
  const find = (event: Event): number => pointAt(data.placed, data.near(), at(event), (i) => data.mark[i] !== null);
  view
    .on("pointermove.hover", (event: PointerEvent) => {
      const found = event.buttons === 0 ? find(event) : -1;
      if (found !== data.hovered) callbacks.onHover(found < 0 ? null : found);
    })
    .on("pointerleave.hover", () => callbacks.onHover(null))
    .on("click.choose", (event: MouseEvent) => {
      const found = find(event);
      if (found < 0) return;
      if (event.shiftKey) callbacks.onToggle(found);
      else callbacks.onChoose(found);
    })
    .on("pointerdown.lasso", (event: PointerEvent) => {
      if (event.button === 0 && event.shiftKey) follow(view, over, event, { data, callbacks, at });
    });
}

interface Drag {
  readonly data: MapData;
  readonly callbacks: MapCallbacks;
  readonly at: (event: Event) => Place;
}

function follow(view: Box, over: Svg, start: PointerEvent, { data, callbacks, at }: Drag): void {
  view.node()!.setPointerCapture(start.pointerId);
  start.preventDefault(); // no text is marked
  const line: Place[] = [at(start)];
  view.on("pointermove.lasso", (event: PointerEvent) => {
    const [place, last] = [at(event), line.at(-1)!];
    if (Math.hypot(place[0] - last[0], place[1] - last[1]) < FINEST) return;
    line.push(place);
    showLasso(over, line);
  });
  view.on("pointerup.lasso pointercancel.lasso", (event: PointerEvent) => {
    view.on("pointermove.lasso", null).on("pointerup.lasso", null).on("pointercancel.lasso", null);
    showLasso(over, []);
    if (event.type !== "pointerup" || line.length <= CLICK) return;
    dragEnable(window, true); // the click that ends a lasso chooses no sample
    callbacks.onLasso(pointsWithin(data.placed, line));
  });
}

function showLasso(over: Svg, line: readonly Place[]): void {
  ensureGroup(over, "lasso")
    .selectAll("polygon")
    .data(line.length > 1 ? [line] : [])
    .join("polygon")
    .attr("points", (places) => places.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" "));
}
