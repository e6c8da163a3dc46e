/** Compares all drafts of the node: how much each draft removes, and the accuracy that its preview measured. */
import { formatRelativeChange, formatShare } from "../../../marks/format";
import { type Box, ensureElement } from "../../../marks/elements";

export interface DraftRow {
  readonly key: number;
  readonly name: string;
  readonly title: string;
  readonly isChosen: boolean;
  /**
   * The share of the free filters (those that can be removed) that the draft removes, as a negative number from −1 to
   * 0.
   */
  readonly filters: number;
  /** Relative change in the number of parameters; −0.5 means that it is halved. */
  readonly parameters: number;
  /** Relative change in the MACs; −0.5 means that they are halved. */
  readonly macs: number;
  /** Relative change in the size in bytes; −0.5 means that it is halved. */
  readonly bytes: number;
  /** Accuracy measured by Preview after batch-norm re-estimation, 0–1; null if there is no up-to-date measurement. */
  readonly preview: number | null;
}

const COLUMNS = ["draft", "free filters", "params", "MACs", "bytes", "preview"];

export function drawDraftTable(box: Box, rows: readonly DraftRow[], onChoose: (key: number) => void): void {
  const table = ensureElement(box, "table", "drafts").attr("hidden", rows.length > 1 ? null : "");
  table.attr("aria-label", "Comparison of this node’s drafts");
  ensureElement(ensureElement(table, "thead", "columns"), "tr", "names")
    .selectAll("th")
    .data(COLUMNS)
    .join("th")
    .attr("scope", "col")
    .attr("title", (name) =>
      name === "preview" ? "Accuracy after batch-norm re-estimation, before any training, %" : null,
    )
    .text((name) => name);
  ensureElement(table, "tbody", "rows")
    .selectAll<HTMLTableRowElement, DraftRow>(":scope > tr")
    .data(rows, ({ key }) => key)
    .join((enter) => {
      const row = enter.append("tr");
      row.append("th").attr("scope", "row").append("button").attr("type", "button").attr("class", "link");
      return row;
    })
    .order()
    .attr("aria-current", ({ isChosen }) => (isChosen ? "true" : null))
    .each(function (row) {
      fillDraftRow(this, row, onChoose);
    });
}

function fillDraftRow(element: HTMLTableRowElement, row: DraftRow, onChoose: (key: number) => void): void {
  const button = element.querySelector("button")!;
  Object.assign(button, { textContent: row.name, title: row.title, onclick: () => onChoose(row.key) });
  const texts = [row.filters, row.parameters, row.macs, row.bytes].map((change) => formatRelativeChange(change));
  [...texts, formatShare(row.preview)].forEach((text, i) => {
    (element.cells[i + 1] ?? element.insertCell()).textContent = text;
  });
}
