/** The node that the draft would make. */
import type { Group } from "../../marks/part";
import type { GhostPlace } from "./layout";

export function drawGhost(group: Group, ghost: GhostPlace | null): void {
  const mark = group
    .selectAll<SVGGElement, GhostPlace>(":scope > g")
    .data(ghost ? [ghost] : [])
    .join((enter) => {
      const made = enter.append("g").attr("class", "ghost").attr("data-testid", "ghost");
      made.append("circle").attr("r", 10);
      made.append("text").attr("class", "number d").attr("text-anchor", "middle").attr("y", 4);
      made.append("text").attr("class", "label").attr("text-anchor", "end").attr("x", 8).attr("y", -15);
      return made;
    })
    .attr("transform", ({ x, y }) => `translate(${x},${y})`);
  mark.select(".number").text(({ number }) => number);
  mark.select(".label").text(({ label }) => label);
}
