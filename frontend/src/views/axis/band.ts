/** The accent band of the chosen node and panning, alike in tree and statistics. */
import type { Group } from "../../marks/elements";
import { isInView, toColumn, type NodeAxis } from "./nodeAxis";

export function drawBand(parent: Group, axis: NodeAxis, chosen: number | null, height: number): void {
  parent
    .selectAll<SVGRectElement, number>(":scope > rect.band")
    .data(chosen !== null && isInView(axis, chosen) ? [chosen] : [])
    .join("rect")
    .attr("class", "band")
    .attr("x", (number) => toColumn(axis, number) - Math.min(axis.step, 29) / 2)
    .attr("width", Math.min(axis.step, 29))
    .attr("height", height);
}

const PIXELS_A_NODE = 24;

/** The sideways wheel moves the axis by whole nodes, with Ctrl it magnifies; the vertical wheel is left to scrolling. */
export function listenToPan(
  element: HTMLElement,
  axis: NodeAxis,
  onPan: (first: number) => void,
  onZoom?: (by: number) => void,
): void {
  let travelled = 0;
  element.onwheel = (event) => {
    if (onZoom && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onZoom(event.deltaY < 0 ? 1 : -1);
      return;
    }
    const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (axis.furthest === 0 || Math.abs(sideways) <= Math.abs(event.shiftKey ? 0 : event.deltaY)) return;
    event.preventDefault();
    travelled += sideways;
    const steps = Math.trunc(travelled / PIXELS_A_NODE);
    if (steps === 0) return;
    travelled = 0;
    onPan(Math.max(0, Math.min(axis.furthest, axis.first + steps)));
  };
}
