/** Takes a node away: a format, how it was checked, the file; and the offer to measure it on the test split first. */
import type { Export, Job, Node } from "../../../api/values";
import { buildUrl } from "../../../api/url";
import { formatBytes, formatCount, formatPercent, formatValue } from "../../../marks/format";
import { type Box, ensureElement } from "../../../marks/part";
import { isActive, jobsOf } from "../../../state/selectors/select";
import type { Actions } from "../../../state/actions";
import { drawButtons, drawStatusLine } from "../../dialogs/buttons";
import { drawChoice, readText } from "../../dialogs/fields";
import type { PanelDialog } from "../../panel";
import { drawProgress } from "./progress";
import { drawTestAccuracy } from "./testAccuracy";

type Format = Export["format"];

const FORMATS: Record<Format, { readonly text: string; readonly help: string }> = {
  safetensors: {
    text: "safetensors",
    help: "Weights, and a JSON of all that is known of them; cnnpruner.load rebuilds the network without a server and without pickle.",
  },
  onnx: {
    text: "ONNX",
    help: "For ONNX Runtime and other engines; takes any number of images. Checked in ONNX Runtime.",
  },
  torch_export: {
    text: "torch.export (.pt2)",
    help: "A graph that torch runs without the network’s Python code; takes any number of images.",
  },
};
const CHOICES = Object.entries(FORMATS).map(([value, { text }]) => ({ value, text }));

export const exportDialog: PanelDialog = {
  label: "Export",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    const node = dialog?.kind === "export" ? state.server.nodes[dialog.node] : undefined;
    if (dialog?.kind !== "export" || !node) return;
    const { format } = dialog;
    ensureElement(content, "p", "paragraph").text(
      `Node ${node.number} as an archive with a README; it is read again and checked on selection images before it is offered.`,
    );
    drawFormat(ensureElement(content, "div", "form"), format, act);
    const jobs = jobsOf(state, node.id, "export");
    const existingExport = (state.server.exports[node.id] ?? []).find((one) => one.format === format);
    ensureElement(content, "p", "checked")
      .attr("class", "checked paragraph")
      .attr("hidden", existingExport ? null : "")
      .text(existingExport ? describeCheck(existingExport, node) : "");
    drawProgress(content, jobs.find(isActive));
    drawStatusLine(content, { ...dialog, error: dialog.error ?? failureMessage(jobs) }, "Asking…");
    drawTestAccuracy(ensureElement(content, "div", "test"), node, state, () => act.measureTest(node.id, "export"));
    drawFooter(content, { node, format, made: existingExport, isBusy: dialog.sending || jobs.some(isActive) }, act);
  },
};

function drawFormat(form: Box, format: Format, act: Actions): void {
  drawChoice(form, { name: "format", label: "Format", choices: CHOICES }, () =>
    act.chooseFormat(readText(form, "format") as Format),
  );
  form.select<HTMLSelectElement>("select.format").property("value", format);
  ensureElement(form, "span", "help").text(FORMATS[format].help);
}

/** Of the newest job alone: what failed before it is past. */
const failureMessage = (jobs: readonly Job[]): string | null =>
  jobs[0]?.state === "failed" ? (jobs[0].error?.message ?? null) : null;

/** What was found when the file was read again. */
function describeCheck({ check, size_bytes, made_at }: Export, node: Node): string {
  const isOlder = node.test_measured_at !== null && node.test_measured_at > made_at;
  return [
    `Checked by ${check.runtime} on ${formatCount(check.images)} selection images: logits differ by at most ${formatTiny(check.max_difference)}`,
    `(largest ${formatValue(check.largest_logit)}), same class on ${formatPercent(check.same_top1)}. Archive of ${formatBytes(size_bytes)}.`,
    isOlder ? "Made before the test accuracy was known: make it anew to write that into it." : "",
  ]
    .join(" ")
    .trim();
}

/** 5.7e-6 */
const formatTiny = (value: number): string => (value === 0 ? "0" : value.toExponential(1));

interface Footer {
  readonly node: Node;
  readonly format: Format;
  readonly made: Export | undefined;
  readonly isBusy: boolean;
}

function drawFooter(content: Box, { node, format, made, isBusy }: Footer, act: Actions): void {
  const make = {
    text: made ? "Make it anew" : "Make and check",
    isMain: !made,
    disabled: isBusy,
    run: () => act.makeExport(node.id, format),
  };
  drawButtons(content, [{ text: "Close", run: () => act.openDialog(null) }, make]);
  const link = ensureElement(content.select<HTMLElement>(".buttons"), "a", "download").attr(
    "class",
    "download btn pri",
  );
  link
    .attr("hidden", made ? null : "")
    .attr("download", made?.file ?? "")
    .attr("title", made?.file ?? "");
  link
    .attr("href", buildUrl("/api/nodes/{node_id}/export", { node_id: node.id }, { format }))
    .text("Download")
    .raise();
}
