import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import type { Export, Job } from "../../../src/api/values";
import type { Actions } from "../../../src/state/actions";
import { withScreen } from "../../../src/state/changes/patches";
import type { Dialog } from "../../../src/state/dialog";
import type { State } from "../../../src/state/state";
import type { PanelDialog } from "../../../src/views/panel";
import { exportDialog } from "../../../src/views/tree/dialogs/export";
import { measureLatencyDialog } from "../../../src/views/tree/dialogs/measure";
import { describeSelectionLeak, describeTestAccuracy } from "../../../src/views/tree/dialogs/testAccuracy";
import { drawFacts } from "../../../src/views/tree/facts";
import { statusData } from "../../../src/views/status/status";
import {
  makeExperiment,
  makeJob,
  makeLatency,
  makeNode,
  makeUnpairedLatency,
  makeUnreliableLatency,
  stateWith,
} from "../../fixtures/values";

const AT = "2026-01-02T03:04:05Z";
const root = makeNode(0, null);
const onnxExport: Export = {
  node_id: 10,
  format: "onnx",
  file: "digits-node-0-onnx.zip",
  size_bytes: 1_240_000,
  made_at: AT,
  check: {
    runtime: "ONNX Runtime 1.31 on the CPU",
    images: 256,
    max_difference: 2.4e-7,
    largest_logit: 12.5,
    same_top1: 1,
  },
};
const idle = { error: null, isSending: false };
const exporting: Dialog = { kind: "export", node: 10, format: "onnx", ...idle };
const measuring: Dialog = { kind: "measure", node: 10, ...idle };
const opened = (dialog: Dialog, server: Partial<State["server"]> = {}): State =>
  withScreen(stateWith([root], server), { dialog });
const job = (changes: Partial<Job>): Job => makeJob({ id: 5, node_id: 10, ...changes });

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

const button = (text: string) => [...box.querySelectorAll("button")].find((element) => element.textContent === text)!;
const link = () => box.querySelector<HTMLAnchorElement>("a.download")!;

function draw(dialog: PanelDialog, state: State) {
  const act = {
    openDialog: vi.fn(),
    chooseFormat: vi.fn(),
    makeExport: vi.fn(),
    measureLatency: vi.fn(),
    measureTest: vi.fn(),
  };
  dialog.draw(select(box), state, act as unknown as Actions);
  return act;
}

test("before an export nothing can be downloaded; exporting uses the chosen format", () => {
  const act = draw(exportDialog, opened(exporting));
  expect(link().hasAttribute("hidden")).toBe(true);
  expect(box.querySelector<HTMLSelectElement>("select.format")!.value).toBe("onnx");
  button("Export and check").click();
  expect(act.makeExport).toHaveBeenCalledWith(10, "onnx");
  const choice = box.querySelector<HTMLSelectElement>("select.format")!;
  choice.value = "torch_export";
  choice.dispatchEvent(new Event("change"));
  expect(act.chooseFormat).toHaveBeenCalledWith("torch_export");
});

test("a running export shows its progress, a failed one its error", () => {
  draw(
    exportDialog,
    opened(exporting, {
      jobs: { 5: job({ kind: "export", state: "running", progress: 0.4, message: "checking onnx" }) },
    }),
  );
  expect(box.querySelector(".progress")!.textContent).toContain("checking onnx");
  expect(box.querySelector("[role=progressbar]")!.getAttribute("aria-valuenow")).toBe("40");
  expect(button("Export and check").ariaDisabled).toBe("true");
  const error = { code: "export_failed", message: "This network cannot be written as ONNX.", details: {} };
  draw(exportDialog, opened(exporting, { jobs: { 5: job({ kind: "export", state: "failed", error }) } }));
  expect(box.querySelector(".state")!.textContent).toBe("This network cannot be written as ONNX.");
  expect(button("Export and check").ariaDisabled).toBeNull();
});

test("an exported format shows its check and can be downloaded; another format cannot", () => {
  draw(exportDialog, opened(exporting, { exports: { 10: [onnxExport] } }));
  expect(box.querySelector(".checked")!.textContent).toBe(
    "Checked with ONNX Runtime 1.31 on the CPU on 256 selection images: logits differ by at most 2.4e-7 (largest logit 12.5), and 100.0% of predictions are the same. Size of the archive: 1.24 MB.",
  );
  expect([link().getAttribute("href"), link().getAttribute("download")]).toEqual([
    "/api/nodes/10/export?format=onnx",
    "digits-node-0-onnx.zip",
  ]);
  expect(link().hasAttribute("hidden")).toBe(false);
  draw(exportDialog, opened({ ...exporting, format: "safetensors" }, { exports: { 10: [onnxExport] } }));
  expect(link().hasAttribute("hidden")).toBe(true);
});

test("test accuracy can be measured once, and the dialog says how many nodes were measured", () => {
  const act = draw(exportDialog, opened(exporting));
  button("Measure test accuracy").click();
  expect(act.measureTest).toHaveBeenCalled();
  const tested = makeNode(0, null, { test_accuracy: 0.96, test_measured_at: AT });
  expect(describeTestAccuracy(tested, makeExperiment({ tests: 2, tested_at: AT }))).toMatch(
    /^96\.00% on 359 test images, measured .*Nodes of this tree measured on the test split so far: 2, most recently 2026-01-0/,
  );
  draw(exportDialog, withScreen(stateWith([tested]), { dialog: exporting }));
  expect(button("Measure test accuracy").hasAttribute("hidden")).toBe(true);
});

test("an imported root that is over 3 points better on selection images gets a warning", () => {
  expect(
    describeSelectionLeak(makeNode(0, null, { origin: "imported", accuracy: 0.98, test_accuracy: 0.94 })),
  ).toContain("too optimistic");
  expect(
    describeSelectionLeak(makeNode(0, null, { origin: "imported", accuracy: 0.96, test_accuracy: 0.94 })),
  ).toBeNull();
  expect(describeSelectionLeak(makeNode(0, null, { accuracy: 0.98, test_accuracy: 0.9 }))).toBeNull();
});

test("latency is measured at the typed batch size; rows name runtime and device, notes what was skipped", () => {
  const latency = [
    makeLatency({ device: "CPU X", median_ms: 0.5, iqr_ms: 0.01, root_median_ms: 1, measured_number: 1 }),
    makeLatency({ device: "CPU X", batch: 8, runtime: "onnxruntime", median_ms: 2, iqr_ms: 0.1, measured_number: 1 }),
  ];
  const node = { ...makeNode(1, 0, { latency }), id: 10 };
  const jobs = { 5: job({ kind: "latency", state: "done", result: { notes: ["ONNX needs a package."] } }) };
  const act = draw(measureLatencyDialog, withScreen(stateWith([node], { jobs }), { dialog: measuring }));
  const rows = [...box.querySelectorAll("table tr")].map((row) =>
    [...row.children].map((cell) => cell.textContent).join("|"),
  );
  expect(rows).toEqual([
    "Measured with|Batch size|Median (IQR), ms|Root, ms|Ratio (95%)|Images/s",
    "torch, CPU X, 2 threads|1|0.50 (0.01)|1.00|0.50× (0.49–0.52)|2,000",
    "ONNX Runtime, CPU X, 2 threads|8|2.00 (0.10)|1.22|0.50× (0.49–0.52)|4,000",
  ]);
  expect(box.querySelector<HTMLElement>(".sharing")!.hidden).toBe(true);
  expect(box.querySelector(".notes")!.textContent).toBe("ONNX needs a package.");
  box.querySelector<HTMLInputElement>("[name=batch]")!.value = "8";
  box.querySelector("form")!.dispatchEvent(new Event("submit", { cancelable: true }));
  expect(act.measureLatency).toHaveBeenCalledWith(10, 8);
});

test("the dialog says what is unreliable, unpaired or measured at another node, and shows no ratio for it", () => {
  const latency = [
    makeUnreliableLatency({ median_ms: 5.2, measured_number: 3 }),
    makeUnpairedLatency({ batch: 8, median_ms: 2.6 }),
  ];
  draw(measureLatencyDialog, withScreen(stateWith([makeNode(0, null, { latency })]), { dialog: measuring }));
  const rows = [...box.querySelectorAll("table tr")].map((row) =>
    [...row.children].map((cell) => cell.textContent).join("|"),
  );
  expect(rows.slice(1)).toEqual([
    "torch, cpu, 2 threads|1|5.20 (0.05)|1.22|unreliable|–",
    "torch, cpu|8|2.60 (0.05)|–|not compared|3,077",
  ]);
  const explanation = box.querySelector<HTMLElement>(".sharing")!;
  expect(explanation.hidden).toBe(false);
  expect(explanation.textContent).toMatch(
    /^Measured at node 3, which has the same structure\. Unreliable: .* Not compared:/,
  );
});

test("the facts include the latency and its ratio to the root, and a click measures it", () => {
  const latency = [
    makeLatency({ device: "CPU X", median_ms: 0.5, root_median_ms: 1 }),
    makeLatency({ device: "CPU X", runtime: "onnxruntime", median_ms: 0.2, root_median_ms: 0.4, measured_number: 4 }),
  ];
  const onOpen = vi.fn();
  const node = makeNode(0, null, { latency, test_accuracy: 0.961 });
  drawFacts(select(box), node, onOpen);
  expect(box.textContent).toContain("Latency0.50 ms · 0.50×");
  const [provenance, measure] = box.querySelectorAll("button");
  expect(measure!.title).toBe(
    "Latency at batch size 1. torch on CPU X, 2 threads: 0.50 ms, 0.50× (0.49–0.52) the root’s latency of 1.00 ms in the same run (95% interval from 20 pairs of timing blocks). ONNX Runtime on CPU X, 2 threads: 0.20 ms, 0.50× (0.49–0.52) the root’s latency of 0.40 ms in the same run (95% interval from 20 pairs of timing blocks); measured at node 4, which has the same structure. Click to measure latency or test accuracy (M).",
  );
  expect(provenance!.title).toContain("accuracy on the test images: 96.10%");
  measure!.click();
  expect(onOpen).toHaveBeenLastCalledWith("measure", node);
  provenance!.click();
  expect(onOpen).toHaveBeenLastCalledWith("provenance", node);
});

test("the status bar says that the test split is locked, later for how many nodes it was measured", () => {
  const splits = (tests: number): string =>
    statusData(stateWith([root], { experiments: { 1: makeExperiment({ tests }) } })).splits;
  expect(splits(0)).toContain("test 359 locked");
  expect(splits(2)).toContain("test 359 measured for 2 nodes");
});
