/**
 * Shows the inspection of the network in the form for a new experiment: first its progress, then the report on what can
 * be pruned, with the table of layers and the result of the pruning check.
 */
import { select } from "d3-selection";
import type { NetworkReport } from "../../../api/values";
import { formatCount, formatCompactCount } from "../../../marks/format";
import { ensureElement, type Box } from "../../../marks/elements";
import type { Inspection } from "../../../state/dialog";

export const isInspectionRunning = (inspection: Inspection<unknown> | null): boolean =>
  inspection !== null && !inspection.report && inspection.error === null;

export function drawInspection(box: Box, inspection: Inspection | null): void {
  box.attr("hidden", inspection ? null : "").attr("aria-label", "Network inspection");
  const hasProblem = inspection?.error != null || (inspection?.report?.warnings.length ?? 0) > 0;
  ensureElement(box, "p", "state")
    .attr("role", "status")
    .attr("class", hasProblem ? "state problem paragraph" : "state paragraph dim")
    .text(inspectionStatusText(inspection));
  const progress = ensureElement(box, "progress", "progress")
    .attr("hidden", isInspectionRunning(inspection) ? null : "")
    .attr("aria-label", "Inspection progress");
  progress.attr("max", 1).attr("value", inspection?.job?.progress ?? 0);
  drawReport(ensureElement(box, "div", "report"), inspection?.report ?? null);
  scrollIntoViewOnChange(box, inspection);
}

/** Scrolls to the inspection, which is below a long form, when its job starts and when it ends. */
export function scrollIntoViewOnChange(box: Box, inspection: Inspection<unknown> | null): void {
  const inspectionStage = inspection === null ? "none" : isInspectionRunning(inspection) ? "started" : "ended";
  const node = box.node()!;
  const previousStage = node.dataset.stage ?? "none";
  node.dataset.stage = inspectionStage;
  if (inspectionStage !== previousStage && inspection) node.scrollIntoView({ block: "nearest" });
}

function inspectionStatusText(inspection: Inspection | null): string {
  if (!inspection) return "";
  if (inspection.error !== null) return inspection.error;
  if (inspection.report?.warnings.length)
    return "Inspected: this experiment would give misleading results; see the warnings below.";
  if (inspection.report)
    return hasPassedPruningCheck(inspection.report)
      ? "Inspected: the network can be pruned, as the check below shows."
      : "Inspected: the network did not pass the pruning check; see its result below.";
  return inspection.job?.state === "running" ? `Inspection: ${inspection.job.message}…` : "Waiting for a worker…";
}

const hasPassedPruningCheck = ({ proof }: NetworkReport): boolean => proof.equal;

function drawReport(box: Box, report: NetworkReport | null): void {
  box.attr("hidden", report ? null : "").attr("data-testid", "network-report");
  if (!report) return;
  const sentences = report.sentences.slice(0, -1);
  const warnings = new Set(report.warnings);
  ensureElement(box, "ul", "sentences")
    .selectAll<HTMLLIElement, string>(":scope > li")
    .data(sentences, (sentence) => sentence)
    .join("li")
    .attr("class", (sentence) => (warnings.has(sentence) ? "problem" : null))
    .text((sentence) => (warnings.has(sentence) ? `Warning: ${sentence}` : sentence));
  const details = ensureElement(box, "details", "layers");
  ensureElement(details, "summary", "title").text(`Layers (${report.layers.length})`);
  drawTable(
    ensureElement(details, "div", "scroll")
      .attr("tabindex", 0)
      .attr("role", "region")
      .attr("aria-label", "Layers of the network"),
    report,
  );
  ensureElement(box, "p", "proof").text(report.sentences.at(-1) ?? "");
}

const COLUMN_NAMES = ["Layer", "Kind", "Filters", "Free filters", "MACs", "Parameters", "Coupled with"];

function drawTable(box: Box, report: NetworkReport): void {
  const table = ensureElement(box, "table", "table");
  drawTableRow(ensureElement(ensureElement(table, "thead", "inspected-head"), "tr", "names"), "th", COLUMN_NAMES);
  ensureElement(table, "tbody", "inspected-body")
    .selectAll<HTMLTableRowElement, readonly string[]>(":scope > tr")
    .data(toTableRows(report), (cells) => cells[0] ?? "")
    .join("tr")
    .each(function (cells) {
      drawTableRow(select(this) as unknown as Box, "td", cells);
    });
}

function toTableRows({
  layers,
  coupled,
  filters,
  free_filters,
  macs,
  parameters,
}: NetworkReport): readonly (readonly string[])[] {
  const groupNameByLayer = new Map(coupled.flatMap(({ name, layers: names }) => names.map((member) => [member, name])));
  const rows = layers.map((layer) => [
    layer.name,
    layer.kind,
    formatCount(layer.filters),
    formatCount(layer.free_filters),
    formatCompactCount(layer.macs),
    formatCompactCount(layer.parameters),
    groupNameByLayer.get(layer.name) ?? "",
  ]);
  return [
    ...rows,
    [
      "All layers",
      "",
      formatCount(filters),
      formatCount(free_filters),
      formatCompactCount(macs),
      formatCompactCount(parameters),
      "",
    ],
  ];
}

function drawTableRow(row: Box, tag: "th" | "td", cells: readonly string[]): void {
  row
    .selectAll<HTMLElement, string>(`:scope > ${tag}`)
    .data(cells)
    .join(tag)
    .text((text) => text);
}
