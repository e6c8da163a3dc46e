/** Buttons over the tree: for each end of the axis and of the lanes that has more nodes, and for the magnification. */
import { type Box, ensureElement } from "../../../marks/part";
import type { NodeAxis } from "../../axis/nodeAxis";
import { ZOOMS } from "../../../state/selectors/tree";
import { formatPlural } from "../../../marks/format";
import { scrolledTo, scrollSoon } from "../../../marks/scroll";
import type { Viewport } from "../layout/viewport";
import type { NodePosition } from "../layout/nodePosition";

/** A button for each end of the axis that has more nodes. */
export function drawPanButtons(box: Box, axis: NodeAxis, onPan: (first: number) => void): void {
  const page = Math.max(1, axis.last - axis.first);
  const ends = [
    { name: "earlier", text: "‹", shown: axis.first > 0, to: Math.max(0, axis.first - page) },
    { name: "later", text: "›", shown: axis.first < axis.furthest, to: Math.min(axis.furthest, axis.first + page) },
  ];
  for (const { name, text, shown, to } of ends) {
    ensureElement(box, "button", name)
      .attr("class", `${name} icon pan`)
      .attr("type", "button")
      .attr("title", `Show ${name} nodes`)
      .attr("aria-label", `Show ${name} nodes`)
      .attr("hidden", shown ? null : "")
      .text(text)
      .on("click", () => onPan(to));
  }
}

/** Magnification: keys and Ctrl with the wheel do the same. */
export function drawZoomButtons(box: Box, zoom: number, onZoom: (by: number) => void): void {
  const group = ensureElement(box, "div", "zooms");
  const buttons = [
    { name: "out", text: "−", title: "More nodes (-)", isOff: zoom <= ZOOMS[0], by: -1 },
    { name: "in", text: "+", title: "Magnify (+)", isOff: zoom >= ZOOMS.at(-1)!, by: 1 },
  ];
  for (const { name, text, title, isOff, by } of buttons) {
    ensureElement(group, "button", name)
      .attr("class", `${name} icon`)
      .attr("type", "button")
      .attr("title", title)
      .attr("aria-label", title)
      .attr("disabled", isOff ? "" : null)
      .text(text)
      .on("click", () => onZoom(by));
  }
}

interface Lanes extends Pick<Viewport, "visibleHeight" | "drawingHeight"> {
  readonly places: readonly NodePosition[];
}

/** A button for each end of the lanes that has more nodes, with how many. */
export function drawLaneButtons(
  box: Box,
  view: HTMLElement,
  { places, visibleHeight: height, drawingHeight: drawing }: Lanes,
): void {
  const top = scrolledTo(view);
  const most = Math.max(0, drawing - height);
  const count = (isOut: (place: NodePosition) => boolean): number => places.filter(isOut).length;
  const ends = [
    {
      name: "higher",
      sign: "▴",
      count: count(({ y, radius }) => y - radius < top),
      where: "above",
      to: Math.max(0, top - height / 2),
    },
    {
      name: "lower",
      sign: "▾",
      count: count(({ y, radius }) => y + radius > top + height),
      where: "below",
      to: Math.min(most, top + height / 2),
    },
  ];
  const group = ensureElement(box, "div", "lanes");
  for (const end of ends) {
    const title = `${formatPlural(end.count, "node")} ${end.where}: scroll there`;
    ensureElement(group, "button", end.name)
      .attr("class", `${end.name} icon`)
      .attr("type", "button")
      .attr("title", title)
      .attr("aria-label", title)
      .attr("hidden", end.count > 0 ? null : "")
      .text(`${end.sign} ${end.count}`)
      .on("click", () => scrollSoon(view, end.to));
  }
}
