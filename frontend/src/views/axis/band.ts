/** Draws the band behind the chosen node, and lets the mouse wheel pan and zoom; used by the tree and by Statistics. */
import type { Group } from "../../marks/elements";
import { isNumberInView, columnX, type NodeAxis } from "./nodeAxis";

export function drawChosenNodeBand(parent: Group, axis: NodeAxis, chosen: number | null, height: number): void {
  parent
    .selectAll<SVGRectElement, number>(":scope > rect.band")
    .data(chosen !== null && isNumberInView(axis, chosen) ? [chosen] : [])
    .join("rect")
    .attr("class", "band")
    .attr("x", (number) => columnX(axis, number) - Math.min(axis.step, 29) / 2)
    .attr("width", Math.min(axis.step, 29))
    .attr("height", height);
}

const SCROLL_PIXELS_PER_NODE = 24;

/**
 * Makes the mouse wheel pan and zoom: horizontal scrolling pans by whole nodes, and scrolling with Ctrl zooms. Vertical
 * scrolling works as usual.
 */
export function listenToWheel(
  element: HTMLElement,
  axis: NodeAxis,
  onPan: (first: number) => void,
  onZoom?: (by: number) => void,
): void {
  let scrolledPixels = 0;
  element.onwheel = (event) => {
    if (onZoom && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onZoom(event.deltaY < 0 ? 1 : -1);
      return;
    }
    const horizontalDelta = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (axis.maxFirstNumber === 0 || Math.abs(horizontalDelta) <= Math.abs(event.shiftKey ? 0 : event.deltaY)) return;
    event.preventDefault();
    scrolledPixels += horizontalDelta;
    const steps = Math.trunc(scrolledPixels / SCROLL_PIXELS_PER_NODE);
    if (steps === 0) return;
    scrolledPixels = 0;
    onPan(Math.max(0, Math.min(axis.maxFirstNumber, axis.first + steps)));
  };
}
