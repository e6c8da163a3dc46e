/**
 * Draws a ring in each cell that contains chosen samples, and a bar for the share of the cell's samples that are
 * chosen.
 */
import { ensureGroup, type Group } from "../../marks/elements";
import type { MatrixLayout } from "./layout";
import type { MatrixData } from "./matrixData";

interface ChosenSampleShare {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  /** Share of the cell's samples that are chosen, 0–1. */
  readonly share: number;
}

/** Height of a cell below which only the ring is shown, in pixels. */
const MIN_CELL_HEIGHT_WITH_BAR = 12;
const BAR = 2;

export function drawChosenSampleShares(
  cells: Group,
  { layout, counts, chosenSampleCounts }: Pick<MatrixData, "layout" | "counts" | "chosenSampleCounts">,
): void {
  const { width, height } = layout.cell;
  const shares = chosenSampleCounts ? listChosenSampleShares(layout, counts, chosenSampleCounts) : [];
  const marks = ensureGroup(cells, "picks")
    .selectAll<SVGGElement, ChosenSampleShare>(":scope > g")
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
    .attr("height", height < MIN_CELL_HEIGHT_WITH_BAR ? 0 : BAR)
    .attr("width", ({ share }) => Math.max(1, share * (width - 5)));
}

function listChosenSampleShares(
  { rows, columns, cell }: MatrixLayout,
  counts: MatrixData["counts"],
  chosenSampleCounts: ReadonlyMap<string, number>,
): ChosenSampleShare[] {
  return rows.flatMap((label, row) =>
    columns.flatMap((predicted, column) => {
      const count = chosenSampleCounts.get(`${label}-${predicted}`) ?? 0;
      const share = Math.min(1, count / Math.max(1, counts[label]![predicted]!));
      return count > 0 ? [{ key: `${label}-${predicted}`, x: column * cell.width, y: row * cell.height, share }] : [];
    }),
  );
}
