/**
 * The confusion matrix: rows are true classes, columns are predicted classes. If there are many classes, the matrix
 * scrolls.
 */
import type { MatrixData, MatrixCallbacks } from "./matrixData";
import { isFaintFill, sequentialColours } from "../../marks/colour";
import {
  drawLabels,
  ensureGroup,
  ensureElement,
  ensureSvg,
  type Box,
  type Group,
  type Label,
} from "../../marks/elements";
import type { Cell } from "../../state/choice";
import { drawCellOutlines, listenToKeys } from "./cursor";
import { drawChosenSampleShares } from "./chosenShares";
import {
  cutNameToWidth,
  commonPrefixLength,
  fitFontSize,
  listLabelledClasses,
  type MatrixLayout,
  type MatrixSquare,
} from "./layout";

export function drawMatrix(box: Box, data: MatrixData, callbacks: MatrixCallbacks): void {
  const { layout } = data;
  const grid = ensureElement(box, "div", "matrix")
    .attr("data-testid", "confusion")
    .style("grid-template-columns", `${layout.rowLabelWidth}px auto`);
  const corner = ensureSvg(grid, "corner", layout.rowLabelWidth, layout.top);
  drawLabels(corner, [
    { key: "true", x: layout.rowLabelWidth - 4, y: 11, text: "true \\", anchor: "end", emphasis: "dimmed" },
    { key: "predicted", x: layout.rowLabelWidth - 4, y: 23, text: "predicted", anchor: "end", emphasis: "dimmed" },
  ]);
  drawColumnLabels(ensureSvg(grid, "names columns", layout.width, layout.top), data, callbacks);
  drawRowLabels(ensureSvg(grid, "names rows", layout.rowLabelWidth, layout.height), data, callbacks);
  const cells = ensureSvg(grid, "cells", layout.width, layout.height);
  drawBackground(cells, layout);
  drawSquares(ensureGroup(cells, "squares"), data);
  drawCellTexts(ensureGroup(cells, "texts"), data);
  drawChosenSampleShares(cells, data);
  drawCellOutlines(ensureGroup(cells, "cursor"), data);
  listenToPointer(cells, data, callbacks);
  listenToKeys(grid, data, callbacks);
}

function drawColumnLabels(
  svg: Group,
  { layout, classes, hovered, chosen }: MatrixData,
  { onChooseColumn }: MatrixCallbacks,
): void {
  const { columns, cell, labelInterval } = layout;
  const start = commonPrefixLength(classes);
  const labels = listLabelledClasses(columns, labelInterval.columns, (hovered ?? chosen)?.predicted).map(
    ({ label, index, isHighlighted }): Label => {
      const text = cutNameToWidth(classes[label]!.slice(start), Math.max(20, cell.width));
      return {
        key: String(label),
        x: (index + 0.5) * cell.width,
        y: layout.top - 5,
        text,
        anchor: "middle",
        emphasis: isHighlighted ? "bold" : "",
      };
    },
  );
  drawLabels(svg, labels);
  const { size } = fitFontSize(Math.max(...labels.map(({ text }) => text.length)), cell.width * labelInterval.columns);
  svg.selectAll("text").style("font-size", `${size}px`);
  svg.attr("role", "row").selectAll("text").attr("role", "columnheader");
  setTooltip(svg, "Choose the images predicted as this class (Shift Space in the matrix)");
  svg.on("click", (event: MouseEvent) => {
    const predicted = columns[Math.floor((event.clientX - svg.node()!.getBoundingClientRect().left) / cell.width)];
    if (predicted !== undefined) onChooseColumn(predicted);
  });
}

/**
 * Sets the tooltip of a row or column of class names. The names cannot have the focus; keyboard users choose the
 * samples of a class from its cells instead.
 */
function setTooltip(names: Group, text: string): void {
  names.selectAll<SVGTitleElement, string>(":scope > title").data([text]).join("title").text(text);
}

function drawRowLabels(
  svg: Group,
  { layout, classes, hovered, chosen, label: chosenClass }: MatrixData,
  { onChooseRow }: MatrixCallbacks,
): void {
  const { rows, cell, labelInterval, rowLabelWidth } = layout;
  drawLabels(
    svg,
    listLabelledClasses(rows, labelInterval.rows, (hovered ?? chosen)?.label ?? chosenClass ?? undefined).map(
      ({ label, index, isHighlighted }) => {
        const y = (index + 0.5) * cell.height + 4;
        return {
          key: String(label),
          x: rowLabelWidth - 4,
          y,
          text: classes[label]!.slice(0, 10),
          anchor: "end",
          emphasis: isHighlighted ? "bold" : "strong",
        };
      },
    ),
  );
  setTooltip(svg, "Choose the images of this class (Shift Enter in the matrix)");
  svg.on("click", (event: MouseEvent) => {
    const label = rows[Math.floor((event.clientY - svg.node()!.getBoundingClientRect().top) / cell.height)];
    if (label !== undefined) onChooseRow(label);
  });
}

function drawBackground(svg: Group, { width, height }: MatrixLayout): void {
  svg
    .selectAll<SVGRectElement, null>(":scope > rect.ground")
    .data([null])
    .join("rect")
    .attr("class", "ground")
    .attr("width", width)
    .attr("height", height);
}

/**
 * Draws the cells. A cell whose colour is close to the background gets an outline; a cell with a decrease gets a dashed
 * outline.
 */
function drawSquares(group: Group, { layout, isDark }: MatrixData): void {
  const gap = layout.cell.width > 10 ? 1 : 0;
  const squares = layout.squares.map((square) => {
    const fill = square.share === null ? null : sequentialColours(square.share, isDark).fill;
    return { ...square, fill, isFaint: fill !== null && isFaintFill(fill, isDark) };
  });
  const outlineInset = ({ isFaint }: { isFaint: boolean }): number => (isFaint ? 0.5 : 0); // keeps the outline inside the cell
  group
    .selectAll<SVGRectElement, (typeof squares)[number]>(":scope > rect")
    .data(squares, ({ key }) => key)
    .join("rect")
    .attr("class", cssClassOfSquare)
    .attr("x", (square) => square.x + outlineInset(square))
    .attr("y", (square) => square.y + outlineInset(square))
    .attr("width", (square) => layout.cell.width - gap - 2 * outlineInset(square))
    .attr("height", (square) => layout.cell.height - gap - 2 * outlineInset(square))
    .attr("fill", ({ fill }) => fill);
}

function cssClassOfSquare({ isDiagonal, isDecrease, isFaint }: MatrixSquare & { readonly isFaint: boolean }): string {
  if (isDiagonal) return "diagonal";
  if (isDecrease) return "less";
  return isFaint ? "more faint" : "more";
}

function drawCellTexts(group: Group, { layout, isDark }: MatrixData): void {
  const { width, height } = layout.cell;
  group
    .selectAll<SVGTextElement, MatrixSquare>(":scope > text")
    .data(
      layout.squares.filter(({ text }) => text !== ""),
      ({ key }) => key,
    )
    .join("text")
    .attr("class", ({ isDiagonal }) => (isDiagonal ? "dimmed" : "strong"))
    .attr("text-anchor", "middle")
    .attr("x", ({ x }) => x + width / 2)
    .attr("y", ({ y, fit }) => y + height / 2 + 0.36 * fit.size)
    .attr("textLength", ({ fit }) => fit.textLength)
    .attr("lengthAdjust", ({ fit }) => (fit.textLength === null ? null : "spacingAndGlyphs"))
    .style("font-size", ({ fit }) => `${fit.size}px`)
    .style("fill", ({ share }) => (share === null ? null : sequentialColours(share, isDark).text))
    .text(({ text }) => text);
}

/**
 * Reports the cell under the pointer. The whole matrix has one listener, because empty cells have no elements of their
 * own.
 */
function listenToPointer(svg: Group, { layout, chosen }: MatrixData, callbacks: MatrixCallbacks): void {
  const cellAtPointer = (event: MouseEvent): Cell | null => {
    const { left, top } = svg.node()!.getBoundingClientRect();
    const label = layout.rows[Math.floor((event.clientY - top) / layout.cell.height)];
    const predicted = layout.columns[Math.floor((event.clientX - left) / layout.cell.width)];
    return label === undefined || predicted === undefined ? null : { label, predicted };
  };
  svg
    .on("pointermove", (event: PointerEvent) => callbacks.onHover(cellAtPointer(event)))
    .on("pointerleave", () => callbacks.onHover(null))
    .on("click", (event: MouseEvent) => {
      const cell = cellAtPointer(event);
      callbacks.onChoose(cell && isSameCell(cell, chosen) ? null : cell);
    });
}

const isSameCell = (a: Cell | null, b: Cell | null): boolean =>
  a === b || (a !== null && b !== null && a.label === b.label && a.predicted === b.predicted);
