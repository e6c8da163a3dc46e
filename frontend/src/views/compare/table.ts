/** Draws a table, reusing its rows and cells when it is drawn again. */
import { ensureElement, type Box } from "../../marks/elements";

export interface Row<C> {
  readonly key: string;
  readonly name: string;
  readonly cells: readonly C[];
}

export interface ComparisonTable<C> {
  readonly name: string;
  readonly columnTitles: readonly string[];
  readonly rows: readonly Row<C>[];
  draw(cell: HTMLTableCellElement, value: C): void;
}

export function drawTable<C>(box: Box, { name, columnTitles, rows, draw }: ComparisonTable<C>): void {
  const table = ensureElement(box, "table", name);
  ensureElement(ensureElement(table, "thead", "heading"), "tr", "names")
    .selectAll<HTMLTableCellElement, string>(":scope > th")
    .data(["", ...columnTitles])
    .join("th")
    .attr("scope", "col")
    .text((name) => name);
  ensureElement(table, "tbody", "rows")
    .selectAll<HTMLTableRowElement, Row<C>>(":scope > tr")
    .data(rows, ({ key }) => key)
    .join((enter) => {
      const row = enter.append("tr");
      row.append("th").attr("scope", "row");
      return row;
    })
    .order()
    .each(function (row) {
      this.querySelector("th")!.textContent = row.name;
      while (this.cells.length > row.cells.length + 1) this.deleteCell(-1);
      row.cells.forEach((value, index) => draw(this.cells[index + 1] ?? this.insertCell(), value));
    });
}
