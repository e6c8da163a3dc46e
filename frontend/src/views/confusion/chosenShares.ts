/**
 * Draws a ring in each cell that contains chosen samples, and a bar for the share of the cell's samples that are
 * chosen.
 */
import { ensureGroup, type Group } from "../../marks/elements";
import type { MatrixLayout } from "./layout";
import type { MatrixData } from "./matrixData";

interface ChosenShare {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  /** Share of the cell's samples that are chosen, 0–1. */
  readonly share: number;
}

/** Height of a cell below which only the ring is shown, in pixels. */
const MIN_BAR_CELL_HEIGHT = 12;
const BAR = 2;

export function drawChosenShares(
  cells: Group,
  { layout, counts, chosenCounts }: Pick<MatrixData, "layout" | "counts" | "chosenCounts">,
): void {
  const { width, height } = layout.cell;
  const shares = chosenCounts ? listChosenShares(layout, counts, chosenCounts) : [];
  const marks = ensureGroup(cells, "picks")
    .selectAll<SVGGElement, ChosenShare>(":scope > g")
    .data(shares, ({ key }) => key)
    .join((enter) => {
      const group = enter.append("g");
      group.append("rect").attr("class", "ring");
      group.append("rect").attr("class", "share");
      return group;
    })
    .attr("transform", ({ x, y }) => `translate(${x},${y})`);
  marks
    .select(".ring")
    .attr("x", 0.5)
    .attr("y", 0.5)
    .attr("width", width - 2)
    .attr("height", height - 2);
  marks
    .select(".share")
    .attr("x", 2)
    .attr("y", height - BAR - 2)
    .attr("height", height < MIN_BAR_CELL_HEIGHT ? 0 : BAR)
    .attr("width", ({ share }) => Math.max(1, share * (width - 5)));
}

function listChosenShares(
  { rows, columns, cell }: MatrixLayout,
  counts: MatrixData["counts"],
  chosenCounts: ReadonlyMap<string, number>,
): ChosenShare[] {
  return rows.flatMap((label, row) =>
    columns.flatMap((predicted, column) => {
      const count = chosenCounts.get(`${label}-${predicted}`) ?? 0;
      const share = Math.min(1, count / Math.max(1, counts[label]![predicted]!));
      return count > 0 ? [{ key: `${label}-${predicted}`, x: column * cell.width, y: row * cell.height, share }] : [];
    }),
  );
}
