/** Exact cost now and after, as numbers and bars. */
import { formatChange, formatCount } from "../../../marks/format";
import { type Box, part } from "../../../marks/part";
import type { PlanData } from "./planData";

interface SummaryRow {
  readonly name: string;
  readonly now: number;
  readonly after: number;
  /** What its change is a share of. */
  readonly of: string;
}

export function drawSummary(box: Box, { now, after, nodeNumber, notes, reach, broken }: PlanData): void {
  const table = part(box, "table", "summary");
  const head = part(table, "thead", "columns");
  part(head, "tr", "names")
    .selectAll("th")
    .data(["", `node ${nodeNumber}`, "after", "change", ""])
    .join("th")
    .attr("scope", "col")
    .text((text) => text);
  const rows: SummaryRow[] = [
    {
      name: "Filters",
      now: now.filters,
      after: after.filters,
      of: `all ${formatCount(now.filters)} filters; the tab and the rule count those that can be cut`,
    },
    { name: "Parameters", now: now.parameters, after: after.parameters, of: "all parameters" },
    { name: "MACs", now: now.macs, after: after.macs, of: "the multiply-accumulates for one image" },
    { name: "File, bytes", now: now.size_bytes, after: after.size_bytes, of: "the bytes of the safetensors file" },
  ];
  drawRows(part(table, "tbody", "values"), rows);
  const said = [...broken, ...(reach === null ? [] : [reach]), ...notes];
  const words = part(box, "p", "notes")
    .attr("hidden", said.length ? null : "")
    .attr("title", said.join("\n"));
  part(words, "span", "broken")
    .attr("role", "alert")
    .text(broken.map((sentence) => `⚠\u00a0${sentence} `).join(""));
  part(words, "span", "reach").text(reach === null ? "" : `${reach} `);
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
  rows
    .select("td.after")
    .attr("data-value", (row) => row.after)
    .text((row) => formatCount(row.after));
  rows
    .select("td.change")
    .attr("title", ({ of }) => `of ${of}`)
    .text((row) => formatChange(change(row)));
  rows.select<HTMLElement>("td.bar i u").style("width", (row) => `${Math.max(0, -100 * change(row))}%`);
}
