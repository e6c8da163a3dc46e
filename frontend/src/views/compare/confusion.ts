/** Confusion of each node less the reference's: a small matrix and its largest changes in words. */
import { select } from "d3-selection";
import type { Comparison } from "../../api/values";
import { layer, part, svgPart, type Box } from "../../marks/part";
import { describeDifference, listDifferences, type Difference } from "./differences";

const SIZE = 150;
const NAMED = 6;

interface Compared {
  readonly id: number;
  readonly number: number;
  readonly differences: readonly Difference[];
}

export function drawDifferences(box: Box, comparison: Comparison): void {
  const numberOf = new Map(comparison.nodes.map(({ id, number }) => [id, number]));
  const others = comparison.confusion.flatMap(({ node_id, difference }): Compared[] =>
    difference ? [{ id: node_id, number: numberOf.get(node_id) ?? 0, differences: listDifferences(difference) }] : [],
  );
  part(box, "div", "matrices")
    .selectAll<HTMLElement, Compared>(":scope > figure")
    .data(others, ({ id }) => id)
    .join("figure")
    .order()
    .each(function (compared) {
      drawOne(select<HTMLElement, unknown>(this), compared, comparison);
    });
}

function drawOne(figure: Box, { number, differences }: Compared, comparison: Comparison): void {
  const first = comparison.nodes[0]?.number ?? 0;
  part(figure, "figcaption", "name").text(`Node ${number} less node ${first}, images`);
  const cell = SIZE / comparison.classes.length;
  const most = Math.max(1, ...differences.map(({ change }) => Math.abs(change)));
  const svg = svgPart(figure, "difference", SIZE, SIZE).attr("role", "img");
  svg.attr("aria-label", `Confusion of node ${number} less that of node ${first}: ${differences.length} cells differ`);
  layer(svg, "ground").selectAll<SVGRectElement, number>(":scope > rect").data([SIZE]).join("rect").attr("width", SIZE).attr("height", SIZE);
  layer(svg, "cells")
    .selectAll<SVGRectElement, Difference>(":scope > rect")
    .data(differences, ({ label, predicted }) => `${label}-${predicted}`)
    .join("rect")
    .attr("class", ({ isBetter }) => (isBetter ? "better" : "worse"))
    .attr("x", ({ predicted }) => predicted * cell + 0.5)
    .attr("y", ({ label }) => label * cell + 0.5)
    .attr("width", Math.max(1, cell - 1))
    .attr("height", Math.max(1, cell - 1))
    .attr("opacity", ({ change }) => 0.35 + (0.65 * Math.abs(change)) / most);
  part(figure, "ol", "changes")
    .selectAll<HTMLLIElement, Difference>(":scope > li")
    .data(differences.slice(0, NAMED), ({ label, predicted }) => `${label}-${predicted}`)
    .join("li")
    .order()
    .text((difference) => `${difference.isBetter ? "▲" : "▼"} ${describeDifference(difference, comparison)}`);
}
