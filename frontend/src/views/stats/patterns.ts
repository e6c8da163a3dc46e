/** Defines the hatch pattern for the bars of nodes that are still being trained. */
import { ensureGroup, type Group } from "../../marks/elements";

export function defineFillPatterns(svg: Group): void {
  const group = ensureGroup(svg, "patterns");
  if (group.node()!.firstChild) return;
  const pattern = group.append("defs").append("pattern").attr("id", "hatch-live");
  pattern
    .attr("width", 4)
    .attr("height", 4)
    .attr("patternUnits", "userSpaceOnUse")
    .attr("patternTransform", "rotate(45)");
  pattern.append("rect").attr("class", "ground").attr("width", 4).attr("height", 4);
  pattern.append("rect").attr("class", "stripe").attr("width", 1.4).attr("height", 4);
}
