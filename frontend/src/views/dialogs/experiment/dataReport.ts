/**
 * Shows the inspection of the data in the form for a new experiment: first its progress, then the report with errors,
 * notes and the number of images per class.
 */
import { select } from "d3-selection";
import type { DataReport } from "../../../api/values";
import { formatCount } from "../../../marks/format";
import { ensureElement, type Box } from "../../../marks/elements";
import type { Inspection } from "../../../state/dialog";
import { scrollIntoViewOnChange, isInspectionRunning } from "./inspection";

export function drawDataReport(box: Box, inspection: Inspection<DataReport> | null): void {
  box.attr("hidden", inspection ? null : "").attr("aria-label", "Data inspection");
  const hasErrors = inspection?.error != null || (inspection?.report?.errors.length ?? 0) > 0;
  ensureElement(box, "p", "state")
    .attr("role", "status")
    .attr("class", hasErrors ? "state problem paragraph" : "state paragraph dim")
    .text(statusText(inspection));
  const progress = ensureElement(box, "progress", "progress")
    .attr("hidden", isInspectionRunning(inspection) ? null : "")
    .attr("aria-label", "Inspection progress");
  progress.attr("max", 1).attr("value", inspection?.job?.progress ?? 0);
  drawReport(ensureElement(box, "div", "report"), inspection?.report ?? null);
  scrollIntoViewOnChange(box, inspection);
}

function statusText(inspection: Inspection<DataReport> | null): string {
  if (!inspection) return "";
  if (inspection.error !== null) return inspection.error;
  if (!inspection.report)
    return inspection.job?.state === "running" ? `Inspection: ${inspection.job.message}…` : "Waiting for a worker…";
  const { errors, warnings } = inspection.report;
  if (errors.length) return "The data cannot be used until the errors below are fixed.";
  return warnings.length
    ? "Inspected: the data can be used; see the warnings below."
    : "Inspected: the data can be used.";
}

interface Line {
  readonly prefix: string;
  readonly text: string;
}

/** Lists errors, warnings and notes. Errors and warnings are marked with a word, since colour alone is not enough. */
function toReportLines({ errors, warnings, sentences }: DataReport): readonly Line[] {
  const errorsAndWarnings = new Set([...errors, ...warnings]);
  return [
    ...errors.map((text) => ({ prefix: "Error: ", text })),
    ...warnings.map((text) => ({ prefix: "Warning: ", text })),
    ...sentences.filter((text) => !errorsAndWarnings.has(text)).map((text) => ({ prefix: "", text })),
  ];
}

function drawReport(box: Box, report: DataReport | null): void {
  box.attr("hidden", report ? null : "").attr("data-testid", "data-report");
  if (!report) return;
  ensureElement(box, "ul", "sentences")
    .selectAll<HTMLLIElement, Line>(":scope > li")
    .data(toReportLines(report), ({ prefix, text }) => prefix + text)
    .join("li")
    .attr("class", ({ prefix }) => (prefix === "Error: " ? "problem" : null))
    .each(function ({ prefix, text }) {
      const line = select(this) as unknown as Box;
      ensureElement(line, "strong", "mark").text(prefix);
      ensureElement(line, "span", "text").text(text);
    });
  const details = ensureElement(box, "details", "counts");
  ensureElement(details, "summary", "title").text(`Images by class (${report.classes.length} classes)`);
  drawTable(
    ensureElement(details, "div", "scroll")
      .attr("tabindex", 0)
      .attr("role", "region")
      .attr("aria-label", "Images by class"),
    report,
  );
}

const COLUMN_NAMES = ["Class", "Size relative to largest class", "Train", "Selection", "Test"];

function drawTable(box: Box, { classes }: DataReport): void {
  const largestClassSize = Math.max(1, ...classes.map(({ train }) => train));
  const table = ensureElement(box, "table", "table");
  drawTableCells(ensureElement(ensureElement(table, "thead", "data-head"), "tr", "names"), "th", COLUMN_NAMES);
  ensureElement(table, "tbody", "data-body")
    .selectAll<HTMLTableRowElement, DataReport["classes"][number]>(":scope > tr")
    .data(classes, ({ name }) => name)
    .join("tr")
    .each(function ({ name, train, held_out, test }) {
      const row = select(this) as unknown as Box;
      drawTableCells(row, "td", [name, "", formatCount(train), formatCount(held_out - test), formatCount(test)]);
      const bar = ensureElement(row.select<HTMLElement>("td:nth-child(2)"), "span", "bar");
      bar.style("inline-size", `${(100 * train) / largestClassSize}%`);
    });
}

function drawTableCells(row: Box, tag: "th" | "td", texts: readonly string[]): void {
  const elements = row.selectAll<HTMLElement, string>(`:scope > ${tag}`).data(texts).join(tag);
  elements.filter((text) => text !== "").text((text) => text);
}
