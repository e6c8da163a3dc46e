/** A button for each end of the axis that has more nodes. */
import { part, type Box } from "../../../marks/part";
import type { NodeAxis } from "../../axis/nodeAxis";

export function drawPanButtons(box: Box, axis: NodeAxis, onPan: (first: number) => void): void {
  const page = Math.max(1, axis.last - axis.first);
  const ends = [
    { name: "earlier", text: "‹", shown: axis.first > 0, to: Math.max(0, axis.first - page) },
    { name: "later", text: "›", shown: axis.first < axis.furthest, to: Math.min(axis.furthest, axis.first + page) },
  ];
  for (const { name, text, shown, to } of ends) {
    part(box, "button", name)
      .attr("class", `${name} icon pan`)
      .attr("type", "button")
      .attr("title", `Show ${name} nodes`)
      .attr("aria-label", `Show ${name} nodes`)
      .attr("hidden", shown ? null : "")
      .text(text)
      .on("click", () => onPan(to));
  }
}
