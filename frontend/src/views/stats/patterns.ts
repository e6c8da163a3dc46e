/** The hatch of what is still growing. */
import { ensureGroup, type Group } from "../../marks/elements";

export function drawPatterns(svg: Group): void {
  const holder = ensureGroup(svg, "patterns");
  if (holder.node()!.firstChild) return;
  const pattern = holder.append("defs").append("pattern").attr("id", "hatch-live");
  pattern
    .attr("width", 4)
    .attr("height", 4)
    .attr("patternUnits", "userSpaceOnUse")
    .attr("patternTransform", "rotate(45)");
  pattern.append("rect").attr("class", "ground").attr("width", 4).attr("height", 4);
  pattern.append("rect").attr("class", "stripe").attr("width", 1.4).attr("height", 4);
}
