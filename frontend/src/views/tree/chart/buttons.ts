/** Buttons of the tree that pan along the axis, scroll through the lanes, and zoom. */
import { type Box, ensureElement } from "../../../marks/elements";
import type { NodeAxis } from "../../axis/nodeAxis";
import { ZOOM_LEVELS } from "../../../state/selectors/tree";
import { formatPlural } from "../../../marks/format";
import { getScrollTop, scrollAfterDraw } from "../../../marks/scroll";
import type { Viewport } from "../layout/viewport";
import type { NodePosition } from "../layout/nodePosition";

/** Draws a pan button at each end of the axis where further nodes are out of view. */
export function drawPanButtons(box: Box, axis: NodeAxis, onPan: (first: number) => void): void {
  const page = Math.max(1, axis.last - axis.first);
  const ends = [
    { name: "earlier", text: "‹", isShown: axis.first > 0, to: Math.max(0, axis.first - page) },
    {
      name: "later",
      text: "›",
      isShown: axis.first < axis.maxFirstNumber,
      to: Math.min(axis.maxFirstNumber, axis.first + page),
    },
  ];
  for (const { name, text, isShown, to } of ends) {
    ensureElement(box, "button", name)
      .attr("class", `${name} icon pan`)
      .attr("type", "button")
      .attr("title", `Show ${name} nodes`)
      .attr("aria-label", `Show ${name} nodes`)
      .attr("hidden", isShown ? null : "")
      .text(text)
      .on("click", () => onPan(to));
  }
}

/** Draws the zoom buttons, which do the same as the keys + and - and as turning the wheel with Ctrl. */
export function drawZoomButtons(box: Box, zoom: number, onZoom: (by: number) => void): void {
  const group = ensureElement(box, "div", "zooms");
  const buttons = [
    { name: "out", text: "−", title: "Zoom out: show more nodes (-)", isDisabled: zoom <= ZOOM_LEVELS[0], by: -1 },
    { name: "in", text: "+", title: "Zoom in (+)", isDisabled: zoom >= ZOOM_LEVELS.at(-1)!, by: 1 },
  ];
  for (const { name, text, title, isDisabled, by } of buttons) {
    ensureElement(group, "button", name)
      .attr("class", `${name} icon`)
      .attr("type", "button")
      .attr("title", title)
      .attr("aria-label", title)
      .attr("disabled", isDisabled ? "" : null)
      .text(text)
      .on("click", () => onZoom(by));
  }
}

interface LaneScrollData extends Pick<Viewport, "visibleHeight" | "drawingHeight"> {
  readonly positions: readonly NodePosition[];
}

/**
 * Draws a scroll button at the top and one at the bottom, each with the number of nodes hidden beyond that end. A
 * button is hidden if there are none.
 */
export function drawLaneScrollButtons(
  box: Box,
  view: HTMLElement,
  { positions, visibleHeight, drawingHeight }: LaneScrollData,
): void {
  const top = getScrollTop(view);
  const maxScrollTop = Math.max(0, drawingHeight - visibleHeight);
  const count = (isHidden: (position: NodePosition) => boolean): number => positions.filter(isHidden).length;
  const ends = [
    {
      name: "higher",
      arrow: "▴",
      count: count(({ y, radius }) => y - radius < top),
      side: "above",
      to: Math.max(0, top - visibleHeight / 2),
    },
    {
      name: "lower",
      arrow: "▾",
      count: count(({ y, radius }) => y + radius > top + visibleHeight),
      side: "below",
      to: Math.min(maxScrollTop, top + visibleHeight / 2),
    },
  ];
  const group = ensureElement(box, "div", "lanes");
  for (const end of ends) {
    const title = `Scroll to ${formatPlural(end.count, "node")} ${end.side}`;
    ensureElement(group, "button", end.name)
      .attr("class", `${end.name} icon`)
      .attr("type", "button")
      .attr("title", title)
      .attr("aria-label", title)
      .attr("hidden", end.count > 0 ? null : "")
      .text(`${end.arrow} ${end.count}`)
      .on("click", () => scrollAfterDraw(view, end.to));
  }
}
