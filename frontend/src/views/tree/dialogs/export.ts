/**
 * Dialog that exports a node: it offers the formats, the result of the check and the download. It can also measure the
 * test accuracy of the node.
 */
import type { Export, Job, Node } from "../../../api/values";
import { buildUrl } from "../../../api/url";
import { formatBytes, formatCount, formatPercent, formatValue } from "../../../marks/format";
import { type Box, ensureElement } from "../../../marks/elements";
import { isActiveJob, jobsOfNode } from "../../../state/selectors/select";
import type { Actions } from "../../../state/actions";
import { drawButtons, drawStatusLine } from "../../dialogs/buttons";
import { drawSelect, readText } from "../../dialogs/fields";
import type { PanelDialog } from "../../panel";
import { drawJobProgress } from "./progress";
import { drawTestAccuracy } from "./testAccuracy";

type Format = Export["format"];

const FORMATS: Record<Format, { readonly text: string; readonly help: string }> = {
  safetensors: {
    text: "safetensors",
    help: "Weights with a JSON description; cnnpruner.load rebuilds the network without a server and without pickle.",
  },
  onnx: {
    text: "ONNX",
    help: "For ONNX Runtime and other engines; accepts any batch size. Checked in ONNX Runtime.",
  },
  torch_export: {
    text: "torch.export (.pt2)",
    help: "A graph that torch runs without the network’s Python code; accepts any batch size.",
  },
};
const FORMAT_CHOICES = Object.entries(FORMATS).map(([value, { text }]) => ({ value, text }));

export const exportDialog: PanelDialog = {
  label: "Export",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    const node = dialog?.kind === "export" ? state.server.nodes[dialog.node] : undefined;
    if (dialog?.kind !== "export" || !node) return;
    const { format } = dialog;
    ensureElement(content, "p", "paragraph").text(
      `Exports node ${node.number} as an archive with a README. The file is read back and checked on selection images before you can download it.`,
    );
    drawExportFormat(ensureElement(content, "div", "form"), format, act);
    const jobs = jobsOfNode(state, node.id, "export");
    const existingExport = (state.server.exports[node.id] ?? []).find((candidate) => candidate.format === format);
    ensureElement(content, "p", "checked")
      .attr("class", "checked paragraph")
      .attr("hidden", existingExport ? null : "")
      .text(existingExport ? describeExportCheck(existingExport, node) : "");
    drawJobProgress(content, jobs.find(isActiveJob));
    drawStatusLine(content, { ...dialog, error: dialog.error ?? failureMessage(jobs) }, "Starting…");
    drawTestAccuracy(ensureElement(content, "div", "test"), node, state, () => act.measureTest(node.id, "export"));
    drawFooter(content, { node, format, existingExport, isExporting: dialog.isSending || jobs.some(isActiveJob) }, act);
  },
};

function drawExportFormat(form: Box, format: Format, act: Actions): void {
  drawSelect(form, { name: "format", label: "Format", choices: FORMAT_CHOICES }, () =>
    act.chooseFormat(readText(form, "format") as Format),
  );
  form.select<HTMLSelectElement>("select.format").property("value", format);
  ensureElement(form, "span", "help").text(FORMATS[format].help);
}

/** Returns the error message of the newest export job; null if that job has not failed. */
const failureMessage = (jobs: readonly Job[]): string | null =>
  jobs[0]?.state === "failed" ? (jobs[0].error?.message ?? null) : null;

/** Describes how far the exported file's predictions agree with the network's, as found when the file was read back. */
function describeExportCheck({ check, size_bytes, made_at }: Export, node: Node): string {
  const isOutdated = node.test_measured_at !== null && node.test_measured_at > made_at;
  return [
    `Checked with ${check.runtime} on ${formatCount(check.images)} selection images: logits differ by at most ${formatTinyNumber(check.max_difference)} (largest logit ${formatValue(check.largest_logit)}), and ${formatPercent(check.same_top1)} of predictions are the same. Size of the archive: ${formatBytes(size_bytes)}.`,
    isOutdated ? "Created before the test accuracy was measured: export again to include it." : "",
  ]
    .join(" ")
    .trim();
}

/** Formats a very small number: "5.7e-6". */
const formatTinyNumber = (value: number): string => (value === 0 ? "0" : value.toExponential(1));

interface FooterData {
  readonly node: Node;
  readonly format: Format;
  readonly existingExport: Export | undefined;
  readonly isExporting: boolean;
}

function drawFooter(content: Box, { node, format, existingExport, isExporting }: FooterData, act: Actions): void {
  const exportButton = {
    text: existingExport ? "Export again" : "Export and check",
    isPrimary: !existingExport,
    isDisabled: isExporting,
    run: () => act.makeExport(node.id, format),
  };
  drawButtons(content, [{ text: "Close", run: () => act.openDialog(null) }, exportButton]);
  const link = ensureElement(content.select<HTMLElement>(".buttons"), "a", "download").attr(
    "class",
    "download btn pri",
  );
  link
    .attr("hidden", existingExport ? null : "")
    .attr("download", existingExport?.file ?? "")
    .attr("title", existingExport?.file ?? "");
  link
    .attr("href", buildUrl("/api/nodes/{node_id}/export", { node_id: node.id }, { format }))
    .text("Download")
    .raise();
}
