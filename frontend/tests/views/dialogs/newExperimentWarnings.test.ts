import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import type { DataListing, NetworkReport } from "../../../src/api/values";
import { readForm } from "../../../src/views/dialogs/experiment/form";
import { drawNewExperimentDialog, type NewExperimentData } from "../../../src/views/dialogs/experiment/newExperiment";

const data: DataListing = {
  folders: 1,
  entries: [
    { path: "", kind: "digits", size_bytes: null, classes: 10 },
    { path: "checkpoints/resnet20.th", kind: "checkpoint", size_bytes: 1_100_000, classes: null },
  ],
  networks: [
    { name: "small_vgg", title: "Small VGG", family: "ours", pretrained: false, options: {}, image_sizes: "8×8" },
  ],
  timm: false,
  timm_networks: [],
};

const report: NetworkReport = {
  network: "small_vgg",
  image: [3, 32, 32],
  classes: 10,
  filters: 74,
  free_filters: 64,
  parameters: 1000,
  macs: 2_000_000,
  size_bytes: 4000,
  trace_s: 0.1,
  layers: [],
  coupled: [],
  frozen: [],
  notes: [],
  warnings: [],
  weights: [],
  proof: { units: 19, filters: 19, difference: 1e-7, spread: 1e-2, equal: true, result: "equal" },
  sentences: ["It is small.", "Proof: equal."],
};

const props: NewExperimentData = {
  data,
  error: null,
  isSending: false,
  inspection: null,
  dataReport: null,
  warnings: [],
  checkpoint: null,
};

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
  Element.prototype.scrollIntoView = vi.fn();
});

const field = (name: string) => box.querySelector<HTMLSelectElement>(`[name="${name}"]`)!;

function set(name: string, value: string): void {
  field(name).value = value;
  field(name).dispatchEvent(new Event("change", { bubbles: true }));
}

const callbacks = () => ({
  onCreate: vi.fn(),
  onInspectNetwork: vi.fn(),
  onInspectData: vi.fn(),
  onChange: vi.fn(),
  onClose: vi.fn(),
});

test("warnings of an inspected network stand out in words", () => {
  const warning = "The network outputs probabilities.";
  const warned = { ...report, warnings: [warning], sentences: [warning, ...report.sentences] };
  drawNewExperimentDialog(
    select(box),
    { ...props, inspection: { job: null, report: warned, error: null } },
    callbacks(),
  );
  const lines = [...box.querySelectorAll(".network .sentences li")];
  expect(lines.map((line) => line.textContent).slice(0, 2)).toEqual([`Warning: ${warning}`, "It is small."]);
  expect(lines.map((line) => line.className).slice(0, 2)).toEqual(["problem", ""]);
  expect(box.querySelector(".inspection.network .state")!.textContent).toContain("would give misleading results");
});

test("an inspected checkpoint offers its sets of weights, also after the form has changed", () => {
  const path = "checkpoints/resnet20.th";
  const sets = [
    { key: "", tensors: 10, averaged: false, used: false },
    { key: "state_dict_ema", tensors: 1200, averaged: true, used: true },
  ];
  drawNewExperimentDialog(select(box), { ...props, checkpoint: { path, sets } }, callbacks());
  const key = () => readForm(box.querySelector("form")!, data).weights?.key;
  const offered = () => [...box.querySelectorAll("[name=weights_key] option")].map((option) => option.textContent);
  expect(field("weights_key").hidden).toBe(true);
  set("weights", path);
  expect(field("weights_key").hidden).toBe(false);
  expect(offered()).toEqual([
    "automatic: averaged weights if there are any",
    "top level, 10 tensors",
    "state_dict_ema, averaged, 1,200 tensors",
  ]);
  expect(key()).toBeNull();
  set("weights_key", "key:state_dict_ema");
  expect(key()).toBe("state_dict_ema");
  set("weights_key", "key:");
  expect(key()).toBe("");
  drawNewExperimentDialog(select(box), { ...props, checkpoint: { path: "other.th", sets } }, callbacks());
  expect(offered()).toEqual(["automatic: averaged weights if there are any"]);
  expect(box.textContent).toContain("“Inspect network” lists the sets of weights in the file.");
});

test("after warnings nothing is created until the person creates it anyway", () => {
  const handlers = callbacks();
  const button = () => box.querySelector<HTMLButtonElement>(".buttons .pri")!;
  drawNewExperimentDialog(select(box), props, handlers);
  expect(box.querySelector<HTMLElement>(".warnings")!.hidden).toBe(true);
  button().click();
  expect(handlers.onCreate).toHaveBeenLastCalledWith(expect.objectContaining({ stop_on_warnings: true }));
  const warnings = ["40 of 40 selection images are training images, too.", "No image has class 0."];
  drawNewExperimentDialog(select(box), { ...props, warnings }, handlers);
  expect([...box.querySelectorAll(".warnings li")].map((line) => line.textContent)).toEqual(warnings);
  expect(box.querySelector(".warnings")!.textContent).toContain("The experiment has not been created yet");
  expect(button().textContent).toBe("Create anyway");
  button().click();
  expect(handlers.onCreate).toHaveBeenLastCalledWith(expect.objectContaining({ stop_on_warnings: false }));
  box.querySelector("form")!.dispatchEvent(new Event("input"));
  expect(handlers.onChange).toHaveBeenCalledOnce();
});
