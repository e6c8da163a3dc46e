/** Draws one vertical bar per node. */
import type { Group } from "../../marks/elements";
import { barWidth, columnX, type NodeAxis } from "../axis/nodeAxis";
import type { VerticalSpan } from "./chart";
import { stateCssClass, type NodeStats } from "./nodeStats";

/** Width of a bar, in pixels, unless the columns are too narrow for it. */
export const BAR_WIDTH = 12;

interface BarLayout<S extends NodeStats> {
  readonly axis: NodeAxis;
  readonly span: VerticalSpan;
  /** Returns the y of the upper end of a node's bar, in pixels. */
  top(stats: S): number;
}

/** Draws one bar for each node; `name` is the bars' CSS class. */
export function drawBars<S extends NodeStats>(
  group: Group,
  name: string,
  stats: readonly S[],
  { axis, span, top }: BarLayout<S>,
): void {
  group
    .selectAll<SVGRectElement, S>(`:scope > rect.${name}`)
    .data(stats, ({ node }) => node.id)
    .join("rect")
    .attr("class", (bar) => `${name} ${stateCssClass(bar)}`)
    .attr("x", ({ node }) => columnX(axis, node.number) - barWidth(axis, BAR_WIDTH) / 2)
    .attr("width", barWidth(axis, BAR_WIDTH))
    .attr("y", top)
    .attr("height", (bar) => Math.max(0, span.bottom - top(bar)));
}
