/**
 * Draws how each node's confusion matrix differs from that of the reference node: as a small matrix of differences,
 * with the largest ones listed in words.
 */
import { select } from "d3-selection";
import type { Comparison } from "../../api/values";
import { drawLabels, ensureGroup, ensureElement, ensureSvg, type Box, type Group } from "../../marks/elements";
import { describeDifference, listCellDifferences, type CellDifference } from "./differences";

/** Width and height of the matrix of differences, in pixels. */
const MATRIX_WIDTH = 150;
/**
 * If there are more classes than this, their names are not drawn next to the matrix but only shown in the tooltips of
 * the cells.
 */
const MAX_NAMED_CLASSES = 12;
const MAX_NAME_LETTERS = 5;
const LETTER_WIDTH = 6;
/** If a class name is longer than this, all names above the columns are rotated. */
const MAX_UNROTATED_NAME_LENGTH = 2;
const MAX_LISTED_CELLS = 6;

interface NodeDifferences {
  readonly id: number;
  readonly number: number;
  readonly differences: readonly CellDifference[];
}

export function drawDifferenceMatrices(box: Box, comparison: Comparison): void {
  const nodeNumberById = new Map(comparison.nodes.map(({ id, number }) => [id, number]));
  const others = comparison.confusion.flatMap(({ node_id, difference }): NodeDifferences[] =>
    difference
      ? [{ id: node_id, number: nodeNumberById.get(node_id) ?? 0, differences: listCellDifferences(difference) }]
      : [],
  );
  ensureElement(box, "div", "matrices")
    .selectAll<HTMLElement, NodeDifferences>(":scope > figure")
    .data(others, ({ id }) => id)
    .join("figure")
    .order()
    .each(function (compared) {
      drawDifferenceMatrix(select<HTMLElement, unknown>(this), compared, comparison);
    });
}

function drawDifferenceMatrix(figure: Box, { number, differences }: NodeDifferences, comparison: Comparison): void {
  const reference = comparison.nodes[0]?.number ?? 0;
  ensureElement(figure, "figcaption", "name").text(`Number of images, node ${number} minus node ${reference}`);
  const cell = MATRIX_WIDTH / comparison.classes.length;
  const maxChange = Math.max(1, ...differences.map(({ change }) => Math.abs(change)));
  const margin = nameMargin(comparison.classes);
  const svg = ensureSvg(figure, "difference", MATRIX_WIDTH + margin, MATRIX_WIDTH + margin).attr("role", "img");
  svg.attr(
    "aria-label",
    `Confusion matrix of node ${number} minus the matrix of node ${reference}: ${differences.length} cells differ`,
  );
  ensureGroup(svg, "ground")
    .selectAll<SVGRectElement, number>(":scope > rect")
    .data([MATRIX_WIDTH])
    .join("rect")
    .attr("x", margin)
    .attr("y", margin)
    .attr("width", MATRIX_WIDTH)
    .attr("height", MATRIX_WIDTH);
  if (margin > 0) drawClassNames(ensureGroup(svg, "names"), comparison.classes, { cell, margin });
  ensureGroup(svg, "cells")
    .selectAll<SVGRectElement, CellDifference>(":scope > rect")
    .data(differences, ({ label, predicted }) => `${label}-${predicted}`)
    .join("rect")
    .attr("class", ({ isBetter }) => (isBetter ? "better" : "worse"))
    .attr("x", ({ predicted }) => margin + predicted * cell + 0.5)
    .attr("y", ({ label }) => margin + label * cell + 0.5)
    .attr("width", Math.max(1, cell - 1))
    .attr("height", Math.max(1, cell - 1))
    .attr("opacity", ({ change }) => cellOpacity(change, maxChange))
    .each(function (difference) {
      const title =
        this.querySelector("title") ?? this.appendChild(document.createElementNS(this.namespaceURI, "title"));
      title.textContent = describeDifference(difference, comparison);
    });
  ensureElement(figure, "ol", "changes")
    .selectAll<HTMLLIElement, CellDifference>(":scope > li")
    .data(differences.slice(0, MAX_LISTED_CELLS), ({ label, predicted }) => `${label}-${predicted}`)
    .join("li")
    .order()
    .text((difference) => `${difference.isBetter ? "▲" : "▼"} ${describeDifference(difference, comparison)}`);
}

const shortenClassName = (name: string): string => name.slice(0, MAX_NAME_LETTERS);
const longestNameLength = (classes: readonly string[]): number =>
  Math.max(...classes.map((name) => shortenClassName(name).length));

/**
 * Returns the space for class names to the left of the matrix and above it, in pixels; 0 if there are too many classes
 * to name.
 */
const nameMargin = (classes: readonly string[]): number =>
  classes.length > MAX_NAMED_CLASSES ? 0 : Math.max(12, longestNameLength(classes) * LETTER_WIDTH + 4);

/**
 * Opacity of a cell with the smallest change. With this opacity, the contrast between the cell and an unchanged cell is
 * still 3:1.
 */
const MIN_OPACITY = 0.5;

export const cellOpacity = (change: number, maxChange: number): number =>
  MIN_OPACITY + ((1 - MIN_OPACITY) * Math.abs(change)) / maxChange;

/**
 * Draws the names of the true classes to the left of the matrix, and the names of the predicted classes above it. If
 * any name is long, the names above the matrix are rotated.
 */
function drawClassNames(
  group: Group,
  classes: readonly string[],
  { cell, margin }: { readonly cell: number; readonly margin: number },
): void {
  const middle = (index: number): number => margin + (index + 0.5) * cell;
  const areNamesRotated = longestNameLength(classes) > MAX_UNROTATED_NAME_LENGTH;
  drawLabels(
    ensureGroup(group, "true"),
    classes.map((name, index) => ({
      key: String(index),
      x: margin - 3,
      y: middle(index) + 4,
      text: shortenClassName(name),
      anchor: "end",
    })),
  );
  const predicted = ensureGroup(group, "predicted");
  drawLabels(
    predicted,
    classes.map((name, index) => ({
      key: String(index),
      x: 0,
      y: 0,
      text: shortenClassName(name),
      anchor: areNamesRotated ? "start" : "middle",
    })),
  );
  predicted
    .selectAll<SVGTextElement, unknown>("text")
    .attr("transform", (_, index) =>
      areNamesRotated
        ? `translate(${middle(index) + 4},${margin - 3}) rotate(-90)`
        : `translate(${middle(index)},${margin - 3})`,
    );
}
