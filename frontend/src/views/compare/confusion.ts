/** Confusion of each node less the reference's: a small matrix and its largest changes in words. */
import { select } from "d3-selection";
import type { Comparison } from "../../api/values";
import { drawLabels, ensureGroup, ensureElement, ensureSvg, type Box, type Group } from "../../marks/part";
import { describeDifference, listDifferences, type Difference } from "./differences";

const SIZE = 150;
/** More classes than this have no room for their names: each cell says its own. */
const MAX_NAMED_CLASSES = 12;
const MAX_LETTERS = 5;
const LETTER_WIDTH = 6;
/** Longer names stand upright above the columns. */
const MAX_HORIZONTAL = 2;
const MAX_LISTED = 6;

interface NodeDifference {
  readonly id: number;
  readonly number: number;
  readonly differences: readonly Difference[];
}

export function drawDifferences(box: Box, comparison: Comparison): void {
  const numberOf = new Map(comparison.nodes.map(({ id, number }) => [id, number]));
  const others = comparison.confusion.flatMap(({ node_id, difference }): NodeDifference[] =>
    difference ? [{ id: node_id, number: numberOf.get(node_id) ?? 0, differences: listDifferences(difference) }] : [],
  );
  ensureElement(box, "div", "matrices")
    .selectAll<HTMLElement, NodeDifference>(":scope > figure")
    .data(others, ({ id }) => id)
    .join("figure")
    .order()
    .each(function (compared) {
      drawDifference(select<HTMLElement, unknown>(this), compared, comparison);
    });
}

function drawDifference(figure: Box, { number, differences }: NodeDifference, comparison: Comparison): void {
  const first = comparison.nodes[0]?.number ?? 0;
  ensureElement(figure, "figcaption", "name").text(`Node ${number} less node ${first}, images`);
  const cell = SIZE / comparison.classes.length;
  const most = Math.max(1, ...differences.map(({ change }) => Math.abs(change)));
  const start = nameMargin(comparison.classes);
  const svg = ensureSvg(figure, "difference", SIZE + start, SIZE + start).attr("role", "img");
  svg.attr("aria-label", `Confusion of node ${number} less that of node ${first}: ${differences.length} cells differ`);
  ensureGroup(svg, "ground")
    .selectAll<SVGRectElement, number>(":scope > rect")
    .data([SIZE])
    .join("rect")
    .attr("x", start)
    .attr("y", start)
    .attr("width", SIZE)
    .attr("height", SIZE);
  if (start > 0) drawNames(ensureGroup(svg, "names"), comparison.classes, { cell, start });
  ensureGroup(svg, "cells")
    .selectAll<SVGRectElement, Difference>(":scope > rect")
    .data(differences, ({ label, predicted }) => `${label}-${predicted}`)
    .join("rect")
    .attr("class", ({ isBetter }) => (isBetter ? "better" : "worse"))
    .attr("x", ({ predicted }) => start + predicted * cell + 0.5)
    .attr("y", ({ label }) => start + label * cell + 0.5)
    .attr("width", Math.max(1, cell - 1))
    .attr("height", Math.max(1, cell - 1))
    .attr("opacity", ({ change }) => 0.35 + (0.65 * Math.abs(change)) / most)
    .each(function (difference) {
      const title =
        this.querySelector("title") ?? this.appendChild(document.createElementNS(this.namespaceURI, "title"));
      title.textContent = describeDifference(difference, comparison);
    });
  ensureElement(figure, "ol", "changes")
    .selectAll<HTMLLIElement, Difference>(":scope > li")
    .data(differences.slice(0, MAX_LISTED), ({ label, predicted }) => `${label}-${predicted}`)
    .join("li")
    .order()
    .text((difference) => `${difference.isBetter ? "▲" : "▼"} ${describeDifference(difference, comparison)}`);
}

const shortName = (name: string): string => name.slice(0, MAX_LETTERS);
const longestName = (classes: readonly string[]): number => Math.max(...classes.map((name) => shortName(name).length));

/** Pixels that names of classes take left of and above the matrix. */
const nameMargin = (classes: readonly string[]): number =>
  classes.length > MAX_NAMED_CLASSES ? 0 : Math.max(12, longestName(classes) * LETTER_WIDTH + 4);

/** True classes at the left, called ones above, upright where they are words. */
function drawNames(
  group: Group,
  classes: readonly string[],
  { cell, start }: { readonly cell: number; readonly start: number },
): void {
  const middle = (index: number): number => start + (index + 0.5) * cell;
  const isUpright = longestName(classes) > MAX_HORIZONTAL;
  drawLabels(
    ensureGroup(group, "true"),
    classes.map((name, index) => ({
      key: String(index),
      x: start - 3,
      y: middle(index) + 4,
      text: shortName(name),
      anchor: "end",
    })),
  );
  const called = ensureGroup(group, "called");
  drawLabels(
    called,
    classes.map((name, index) => ({
      key: String(index),
      x: 0,
      y: 0,
      text: shortName(name),
      anchor: isUpright ? "start" : "middle",
    })),
  );
  called
    .selectAll<SVGTextElement, unknown>("text")
    .attr("transform", (_, index) =>
      isUpright
        ? `translate(${middle(index) + 4},${start - 3}) rotate(-90)`
        : `translate(${middle(index)},${start - 3})`,
    );
}
