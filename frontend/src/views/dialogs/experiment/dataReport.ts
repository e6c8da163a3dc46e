/** What is in the data of the form and what is wrong with it: progress, sentences with their cures, images by class. */
import { select } from "d3-selection";
import type { DataReport } from "../../../api/values";
import { formatCount } from "../../../marks/format";
import { ensureElement, type Box } from "../../../marks/part";
import type { Inspecting } from "../../../state/dialog";
import { scrollIntoViewOnChange, isInspecting } from "./inspection";

export function drawDataReport(box: Box, look: Inspecting<DataReport> | null): void {
  box.attr("hidden", look ? null : "").attr("aria-label", "Inspection of the data");
  const isBad = look?.error != null || (look?.report?.errors.length ?? 0) > 0;
  ensureElement(box, "p", "state")
    .attr("role", "status")
    .attr("class", isBad ? "state problem paragraph" : "state paragraph dim")
    .text(stateText(look));
  const progress = ensureElement(box, "progress", "progress")
    .attr("hidden", isInspecting(look) ? null : "")
    .attr("aria-label", "Progress of the inspection");
  progress.attr("max", 1).attr("value", look?.job?.progress ?? 0);
  drawReport(ensureElement(box, "div", "report"), look?.report ?? null);
  scrollIntoViewOnChange(box, look);
}

function stateText(look: Inspecting<DataReport> | null): string {
  if (!look) return "";
  if (look.error !== null) return look.error;
  if (!look.report) return look.job?.state === "running" ? `Inspecting: ${look.job.message}…` : "Waiting for a worker…";
  const { errors, warnings } = look.report;
  if (errors.length) return "Fix these errors first.";
  return warnings.length ? "Inspected: it can be used; see what should be known." : "Inspected: it can be used.";
}

interface Line {
  readonly mark: string;
  readonly text: string;
}

/** Faults and warnings carry a word, not a colour alone. */
function toLines({ errors, warnings, sentences }: DataReport): readonly Line[] {
  const marked = new Set([...errors, ...warnings]);
  return [
    ...errors.map((text) => ({ mark: "Error: ", text })),
    ...warnings.map((text) => ({ mark: "Note: ", text })),
    ...sentences.filter((text) => !marked.has(text)).map((text) => ({ mark: "", text })),
  ];
}

function drawReport(box: Box, report: DataReport | null): void {
  box.attr("hidden", report ? null : "").attr("data-testid", "data-report");
  if (!report) return;
  ensureElement(box, "ul", "sentences")
    .selectAll<HTMLLIElement, Line>(":scope > li")
    .data(toLines(report), ({ mark, text }) => mark + text)
    .join("li")
    .attr("class", ({ mark }) => (mark === "Fault: " ? "problem" : null))
    .each(function ({ mark, text }) {
      const line = select(this) as unknown as Box;
      ensureElement(line, "strong", "mark").text(mark);
      ensureElement(line, "span", "text").text(text);
    });
  const details = ensureElement(box, "details", "counts");
  ensureElement(details, "summary", "title").text(`Images by class (${report.classes.length})`);
  drawTable(
    ensureElement(details, "div", "scroll")
      .attr("tabindex", 0)
      .attr("role", "region")
      .attr("aria-label", "Images by class"),
    report,
  );
}

const HEAD = ["Class", "Share of train", "Train", "Beside it"];

function drawTable(box: Box, { classes }: DataReport): void {
  const most = Math.max(1, ...classes.map(({ train }) => train));
  const table = ensureElement(box, "table", "table");
  cells(ensureElement(ensureElement(table, "thead", "data-head"), "tr", "names"), "th", HEAD);
  ensureElement(table, "tbody", "data-body")
    .selectAll<HTMLTableRowElement, DataReport["classes"][number]>(":scope > tr")
    .data(classes, ({ name }) => name)
    .join("tr")
    .each(function ({ name, train, held_out }) {
      const row = select(this) as unknown as Box;
      cells(row, "td", [name, "", formatCount(train), formatCount(held_out)]);
      const bar = ensureElement(row.select<HTMLElement>("td:nth-child(2)"), "span", "bar");
      bar.style("inline-size", `${(100 * train) / most}%`);
    });
}

function cells(row: Box, tag: "th" | "td", texts: readonly string[]): void {
  const joined = row.selectAll<HTMLElement, string>(`:scope > ${tag}`).data(texts).join(tag);
  joined.filter((text) => text !== "").text((text) => text);
}
