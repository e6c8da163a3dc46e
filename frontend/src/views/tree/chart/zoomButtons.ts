/** Magnification of the tree by buttons; keys and Ctrl with the wheel do the same. */
import { part, type Box } from "../../../marks/part";
import { ZOOMS } from "../../../state/selectors/tree";

export function drawZoomButtons(box: Box, zoom: number, onZoom: (by: number) => void): void {
  const group = part(box, "div", "zooms");
  const buttons = [
    { name: "out", text: "−", title: "More nodes (-)", isOff: zoom <= ZOOMS[0], by: -1 },
    { name: "in", text: "+", title: "Magnify (+)", isOff: zoom >= ZOOMS.at(-1)!, by: 1 },
  ];
  for (const { name, text, title, isOff, by } of buttons) {
    part(group, "button", name)
      .attr("class", `${name} icon`)
      .attr("type", "button")
      .attr("title", title)
      .attr("aria-label", title)
      .attr("disabled", isOff ? "" : null)
      .text(text)
      .on("click", () => onZoom(by));
  }
}
