/** Exact cost now and after, as numbers and bars. */
import { formatChange, formatCount } from "../../marks/format";
import { type Box, part } from "../../marks/part";
import type { PlanData } from "./planData";

interface SummaryRow {
  readonly name: string;
  readonly now: number;
  readonly after: number;
}

export function drawSummary(box: Box, { now, after, nodeNumber, notes, broken }: PlanData): void {
  const table = part(box, "table", "summary");
  const head = part(table, "thead", "columns");
  part(head, "tr", "names")
    .selectAll("th")
    .data(["", `node ${nodeNumber}`, "after", "change", ""])
    .join("th")
    .attr("scope", "col")
    .text((text) => text);
  const rows: SummaryRow[] = [
    { name: "Filters", now: now.filters, after: after.filters },
    { name: "Parameters", now: now.parameters, after: after.parameters },
    { name: "MACs", now: now.macs, after: after.macs },
    { name: "File, bytes", now: now.size_bytes, after: after.size_bytes },
  ];
  drawRows(part(table, "tbody", "values"), rows);
  const said = [...broken, ...notes];
  const words = part(box, "p", "notes").attr("hidden", said.length ? null : "").attr("title", said.join("\n"));
  part(words, "span", "broken").attr("role", "alert").text(broken.map((sentence) => `⚠ ${sentence} `).join(""));
  part(words, "span", "said").text(notes.join(" "));
}

function drawRows(body: Box, data: readonly SummaryRow[]): void {
  const rows = body
    .selectAll<HTMLTableRowElement, SummaryRow>("tr")
    .data(data, (row) => row.name)
    .join((enter) => {
      const made = enter.append("tr");
      made.append("th").attr("scope", "row");
      for (const name of ["now", "after", "change", "bar"]) made.append("td").attr("class", name);
      made.select("td.bar").append("i").append("u");
      return made;
    });
  const change = (row: SummaryRow): number => (row.now ? row.after / row.now - 1 : 0);
  rows.select("th").text((row) => row.name);
  rows.select("td.now").text((row) => formatCount(row.now));
  rows.select("td.after").attr("data-value", (row) => row.after).text((row) => formatCount(row.after));
  rows.select("td.change").text((row) => formatChange(change(row)));
  rows.select<HTMLElement>("td.bar i u").style("width", (row) => `${Math.max(0, -100 * change(row))}%`);
}
