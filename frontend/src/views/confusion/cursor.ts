/**
 * Outlines the chosen cell and the cell under the pointer or the keyboard cursor, and handles the keys of the confusion
 * matrix.
 */
import type { Box, Group } from "../../marks/elements";
import type { CellStep } from "../../state/changes/confusionCells";
import type { Cell } from "../../state/choice";
import type { MatrixLayout } from "./layout";
import type { MatrixCallbacks, MatrixData } from "./matrixData";

interface CellOutline {
  readonly name: "chosen" | "hovered";
  readonly cell: Cell;
}

export function drawCellOutlines(group: Group, { layout, chosen, hovered, describe }: MatrixData): void {
  const outlines: CellOutline[] = [];
  if (chosen && isShown(layout, chosen)) outlines.push({ name: "chosen", cell: chosen });
  if (hovered && isShown(layout, hovered)) outlines.push({ name: "hovered", cell: hovered });
  group
    .attr("role", outlines.length ? "row" : null)
    .selectAll<SVGRectElement, CellOutline>(":scope > rect")
    .data(outlines, ({ name }) => name)
    .join("rect")
    .attr("class", ({ name }) => name)
    .attr("id", ({ name }) => `confusion-${name}`)
    .attr("role", "gridcell")
    .attr("aria-label", ({ cell }) => describe(cell))
    .attr("x", ({ cell }) => layout.columns.indexOf(cell.predicted) * layout.cell.width)
    .attr("y", ({ cell }) => layout.rows.indexOf(cell.label) * layout.cell.height)
    .attr("width", layout.cell.width - 1)
    .attr("height", layout.cell.height - 1);
}

const isShown = ({ rows, columns }: MatrixLayout, { label, predicted }: Cell): boolean =>
  rows.includes(label) && columns.includes(predicted);

const STEP_BY_KEY: Record<string, CellStep> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/**
 * Handles the keys: arrows move the cursor; Enter or Space chooses the cell, Shift+Enter its row, Shift+Space its
 * column; Escape clears the choice. The callbacks read the cursor from the State, because keys may arrive faster than
 * frames are drawn.
 */
export function listenToKeys(grid: Box, { layout, chosen, hovered }: MatrixData, callbacks: MatrixCallbacks): void {
  grid
    .attr("tabindex", 0)
    .attr("role", "grid")
    .attr(
      "aria-label",
      "Confusion matrix: true class by predicted class. Enter: choose the images of the cell. Shift Enter: choose the images of its row. Shift Space: choose the images of its column.",
    )
    .attr("aria-activedescendant", hovered ? "confusion-hovered" : chosen ? "confusion-chosen" : null)
    .on("blur", () => callbacks.onHover(null))
    .on("keydown", (event: KeyboardEvent) => {
      const step = STEP_BY_KEY[event.key];
      if (step) {
        callbacks.onMoveCursor(layout, step);
        requestAnimationFrame(() => scrollToCursor(grid)); // requested after the redraw of that frame, so it runs after it
      } else if (event.key === "Enter") callbacks.onChooseFocusedCell(event.shiftKey ? "row" : "cell");
      else if (event.key === " ") callbacks.onChooseFocusedCell(event.shiftKey ? "column" : "cell");
      else if (event.key === "Escape" && chosen) callbacks.onChoose(null);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
}

/**
 * Scrolls the confusion matrix so that the cell at the cursor is visible. With many classes, the matrix is larger than
 * its visible area.
 */
function scrollToCursor(grid: Box): void {
  grid.select<SVGRectElement>("#confusion-hovered").node()?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
