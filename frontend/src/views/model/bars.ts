/**
 * Draws rectangles, such as bars, bands and legend swatches. When they are redrawn, each rectangle is identified by its
 * key.
 */
import type { Group } from "../../marks/elements";

export interface Bar {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill: string;
}

export function drawBars(parent: Group, bars: readonly Bar[]): void {
  parent
    .selectAll<SVGRectElement, Bar>(":scope > rect")
    .data(bars, (bar) => bar.key)
    .join("rect")
    .attr("x", (bar) => bar.x)
    .attr("y", (bar) => bar.y)
    .attr("width", (bar) => Math.max(0, bar.width))
    .attr("height", (bar) => Math.max(0, bar.height))
    .attr("fill", (bar) => bar.fill);
}
