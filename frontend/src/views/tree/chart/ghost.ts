/** Draws the ghost, which is the node that the draft would create. */
import type { Group } from "../../../marks/elements";
import { GHOST_LABEL_Y, type GhostPosition } from "../layout/overlays";

export function drawGhost(group: Group, ghost: GhostPosition | null, title: string): void {
  const mark = group
    .selectAll<SVGGElement, GhostPosition>(":scope > g")
    .data(ghost ? [ghost] : [])
    .join((enter) => {
      const element = enter.append("g").attr("class", "ghost").attr("data-testid", "ghost");
      element.append("title");
      element.append("circle").attr("r", 10);
      element.append("text").attr("class", "number dimmed").attr("text-anchor", "middle").attr("y", 4);
      element.append("text").attr("class", "label");
      return element;
    })
    .attr("transform", ({ x, y }) => `translate(${x},${y})`);
  mark.select("title").text(title);
  mark.select(".number").text(({ number }) => number);
  mark
    .select(".label")
    .attr("text-anchor", ({ anchor }) => anchor)
    .attr("x", ({ anchor }) => (anchor === "start" ? -10 : 10))
    .attr("y", ({ side }) => GHOST_LABEL_Y[side])
    .text(({ label }) => label);
}
