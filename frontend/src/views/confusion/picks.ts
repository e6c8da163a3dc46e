/** In which cells the chosen samples are: a ring, and a bar as long as the share of the cell that is chosen. */
import { ensureGroup, type Group } from "../../marks/elements";
import type { MatrixLayout } from "./layout";
import type { MatrixData } from "./matrixData";

interface Picked {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  /** Of the cell's samples, 0-1. */
  readonly share: number;
}

/** Cells lower than this have room for the ring alone. */
const BAR_ROOM = 12;
const BAR = 2;

export function drawPicks(
  cells: Group,
  { layout, counts, picked }: Pick<MatrixData, "layout" | "counts" | "picked">,
): void {
  const { width, height } = layout.cell;
  const found = picked ? listPicked(layout, counts, picked) : [];
  const made = ensureGroup(cells, "picks")
    .selectAll<SVGGElement, Picked>(":scope > g")
    .data(found, ({ key }) => key)
    .join((enter) => {
      const group = enter.append("g");
      group.append("rect").attr("class", "ring");
      group.append("rect").attr("class", "share");
      return group;
    })
    .attr("transform", ({ x, y }) => `translate(${x},${y})`);
  made
    .select(".ring")
    .attr("x", 0.5)
    .attr("y", 0.5)
    .attr("width", width - 2)
    .attr("height", height - 2);
  made
    .select(".share")
    .attr("x", 2)
    .attr("y", height - BAR - 2)
    .attr("height", height < BAR_ROOM ? 0 : BAR)
    .attr("width", ({ share }) => Math.max(1, share * (width - 5)));
}

function listPicked(
  { rows, columns, cell }: MatrixLayout,
  counts: MatrixData["counts"],
  picked: ReadonlyMap<string, number>,
): Picked[] {
  return rows.flatMap((label, row) =>
    columns.flatMap((predicted, column) => {
      const count = picked.get(`${label}-${predicted}`) ?? 0;
      const share = Math.min(1, count / Math.max(1, counts[label]![predicted]!));
      return count > 0 ? [{ key: `${label}-${predicted}`, x: column * cell.width, y: row * cell.height, share }] : [];
    }),
  );
}
