/** Dialog that measures a node: its latency with torch and ONNX Runtime, and its accuracy on the test split. */
import type { Job, Node } from "../../../api/values";
import { formatCount, formatMsWithoutUnit, formatPlural, formatCompactCount } from "../../../marks/format";
import { type Box, ensureElement } from "../../../marks/elements";
import { isActiveJob, jobsOfNode } from "../../../state/selectors/select";
import { drawButtons, drawStatusLine } from "../../dialogs/buttons";
import { drawField, listenToSubmit, readNumber } from "../../dialogs/fields";
import { type Latency, describeLatencyRatio, RUNTIME_NAMES } from "../../nodes/latencies";
import type { PanelDialog } from "../../panel";
import { drawJobProgress } from "./progress";
import { drawTestAccuracy } from "./testAccuracy";

const COLUMN_NAMES = ["Measured with", "Batch size", "Median (IQR), ms", "Root, ms", "Ratio (95%)", "Images/s"];
const DEFAULT_BATCH_SIZE = 32;

export const measureLatencyDialog: PanelDialog = {
  label: "Measure",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    const node = dialog?.kind === "measure" ? state.server.nodes[dialog.node] : undefined;
    if (dialog?.kind !== "measure" || !node) return;
    const jobs = jobsOfNode(state, node.id, "latency");
    const isBusy = dialog.isSending || jobs.some(isActiveJob);
    ensureElement(content, "p", "paragraph").text(
      `Node ${node.number}: ${formatCompactCount(node.macs)} MACs and ${formatCount(node.parameters)} parameters. Fewer MACs do not always mean less time: measure on the device that will run the network. Forward passes are timed in blocks that alternate between the node and the root; the latency ratio is the median over all pairs of blocks.`,
    );
    drawLatencies(ensureElement(content, "table", "history"), node.latency);
    const explanation = explainLatencies(node);
    ensureElement(content, "p", "sharing paragraph")
      .attr("hidden", explanation ? null : "")
      .text(explanation);
    const form = ensureElement(content, "form", "form");
    drawField(form, {
      name: "batch",
      label: "Batch size, images",
      type: "number",
      min: 1,
      max: 1024,
      step: 1,
      value: String(DEFAULT_BATCH_SIZE),
    });
    const measure = (): void => {
      if (!isBusy) act.measureLatency(node.id, readNumber(form, "batch") ?? DEFAULT_BATCH_SIZE);
    };
    listenToSubmit(form, measure);
    drawMeasurementNotes(ensureElement(content, "p", "notes"), jobs);
    drawJobProgress(content, jobs.find(isActiveJob));
    drawStatusLine(content, dialog, "Starting…");
    drawTestAccuracy(ensureElement(content, "div", "test"), node, state, () => act.measureTest(node.id, "measure"));
    drawButtons(content, [
      { text: "Close", run: () => act.openDialog(null) },
      { text: "Measure latency", isPrimary: true, isDisabled: isBusy, run: measure },
    ]);
  },
};

function drawLatencies(table: Box, latency: readonly Latency[]): void {
  const cells = [COLUMN_NAMES, ...latency.map(listLatencyCells)];
  table
    .attr("hidden", latency.length ? null : "")
    .selectAll<HTMLTableRowElement, string[]>(":scope > tr")
    .data(cells)
    .join("tr")
    .selectAll<HTMLTableCellElement, string>(":scope > *")
    .data((row, index) => row.map((text) => ({ text, tag: index === 0 ? "th" : "td" })))
    .join((enter) => enter.append(({ tag }) => document.createElement(tag) as HTMLTableCellElement))
    .text(({ text }) => text);
}

function listLatencyCells(latency: Latency): string[] {
  const { runtime, device, threads, batch, median_ms, iqr_ms, root_median_ms: rootLatencyMs, reliability } = latency;
  return [
    [RUNTIME_NAMES[runtime], device, ...(threads === null ? [] : [formatPlural(threads, "thread")])].join(", "),
    formatCount(batch),
    `${formatMsWithoutUnit(median_ms)} (${formatMsWithoutUnit(iqr_ms)})`,
    formatMsWithoutUnit(rootLatencyMs),
    describeLatencyRatio(latency),
    reliability === "unreliable" ? "–" : formatCount((batch * 1000) / median_ms),
  ];
}

const UNRELIABLE_LATENCY_HELP =
  "Unreliable: the 95% interval of the ratio is wider than ±10%, or fewer than 20 pairs of timing blocks fit into a minute. Measure again when the machine is less busy.";
const UNPAIRED_LATENCY_HELP =
  "Not compared: an earlier version of CNNPruner measured the node without the root. Measure again.";

/**
 * Explains why a ratio to the root is missing, and names the nodes with the same structure on which the latencies were
 * measured.
 */
function explainLatencies({ number, latency }: Node): string {
  const others = [...new Set(latency.map(({ measured_number: measured }) => measured))].filter(
    (measured) => measured !== null && measured !== number,
  );
  const has = (reliability: Latency["reliability"]): boolean =>
    latency.some((entry) => entry.reliability === reliability);
  return [
    ...(others.length ? [`Measured at node ${others.join(" and ")}, which has the same structure.`] : []),
    ...(has("unreliable") ? [UNRELIABLE_LATENCY_HELP] : []),
    ...(has("unpaired") ? [UNPAIRED_LATENCY_HELP] : []),
  ].join(" ");
}

/** Draws the errors and notes of the newest job, which explain what could not be measured and why. */
function drawMeasurementNotes(line: Box, jobs: readonly Job[]): void {
  const notes = (jobs[0]?.result?.notes ?? []) as readonly string[];
  const errors = jobs[0]?.state === "failed" ? [jobs[0].error?.message ?? ""] : [];
  const text = [...errors, ...notes].join(" ");
  line
    .attr("class", "notes problem paragraph")
    .attr("hidden", text ? null : "")
    .text(text);
}
