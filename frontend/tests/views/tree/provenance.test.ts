/** How a node was trained: as the page shows it, and what it shows where 0.1.0 recorded nothing. */
import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import type { Node } from "../../../src/api/values";
import type { Actions } from "../../../src/state/actions";
import { withScreen } from "../../../src/state/changes/patches";
import { compareWithForecast, describeForecast, listProperties } from "../../../src/views/nodes/provenance";
import { provenanceDialog } from "../../../src/views/tree/dialogs/provenance";
import { describeHint } from "../../../src/views/tree/hint";
import { listRows } from "../../../src/views/tree/rows";
import { makeExperiment, makeNode, stateWith, training } from "../../fixtures/values";

const root = makeNode(0, null, { training });
const record = {
  start: "cut",
  start_accuracies: null,
  reconstruction: null,
  seed: 3,
  images_per_epoch: 64,
  images_seen: 960,
  seconds: 75,
  step_seconds_per_image: null,
  device: "NVIDIA H200",
  bfloat16: true,
  teacher_number: null,
} as const;
const forecast = { nodes: 5, filters: 432, accuracy: 0.96, low: 0.94, high: 0.98 };
const child = makeNode(1, 0, {
  training: { ...training, images: 64, learning_rate: 0.003 },
  training_record: record,
  forecast,
  accuracy: 0.925,
});

const valuesOf = (node: Node): Record<string, string> =>
  Object.fromEntries(
    listProperties({ node, parent: root, nodeById: { 10: root }, plan: null, rule: null }).map(({ name, value }) => [
      name,
      value,
    ]),
  );

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

test("a node shows its settings, images, duration, device, plan, start weights, and forecast beside the result", () => {
  const values = valuesOf(child);
  expect(values["Made by"]).toBe("a plan of node 0: 144 filters removed");
  expect(values["Start weights"]).toBe("weights of node 0 without the removed filters");
  expect(values.Settings).toContain(
    "SGD, learning rate 0.003, cosine schedule · 15 epochs of 64 training images · batch size 32",
  );
  expect(values["Images seen"]).toBe("960 (15 epochs × 64); the weights are those of epoch 12");
  expect(values.Device).toBe("NVIDIA H200, bfloat16");
  expect(values["Forecast when applied"]).toBe("96.00%, 80% interval 94.00%–98.00%, based on 5 nodes");
  expect(values["Result"]).toMatch(/^92\.50%.*; below the forecast interval$/);
});

test("a node shows its teacher and the other settings that are in use", () => {
  const extras = { teacher: 10, ema: 0.99, warmup_epochs: 1, label_smoothing: 0.1, gradient_clip: 2 };
  const taught = { ...child, training: { ...training, ...extras }, training_record: null };
  const rest = "averaged weights, decay 0.99 · warm-up 1 epoch · label smoothing 0.1 · gradient norm clipped at 2";
  expect(valuesOf(taught).Settings).toContain(`teacher node 0 (weight 0.9, temperature 4) · ${rest}`);
  expect(valuesOf(child).Settings).not.toContain("teacher");
  const unknown = { ...taught, training: { ...taught.training, teacher: 99 } };
  expect(valuesOf(unknown).Settings).toContain("teacher a deleted node");
  const recorded = { ...unknown, training_record: { ...record, teacher_number: 7 } };
  expect(valuesOf(recorded).Settings).toContain("teacher node 7");
});

test("what an older version did not record is said not to be recorded", () => {
  const old = valuesOf({ ...child, training_record: null, forecast: null });
  for (const name of ["Start weights", "Images seen", "Duration", "Device", "Forecast when applied"])
    expect(old[name]).toBe("not recorded");
  expect(old.Settings).toContain("learning rate 0.003");
});

test("roots and controls have no forecast, and a missing forecast has its reason", () => {
  const control = { kind: "random", seed: 1, reference_id: 11 } as const;
  expect(valuesOf(root)).not.toHaveProperty("Forecast when applied");
  expect(valuesOf({ ...child, control })).not.toHaveProperty("Forecast when applied");
  const reason = "A forecast needs at least 4 finished nodes; this tree has 1.";
  expect(describeForecast({ ...child, forecast: null, forecast_reason: reason })).toBe(`no forecast: ${reason}`);
});

test.each([
  [0.939, "below"],
  [0.94, "within"],
  [0.98, "within"],
  [0.981, "above"],
])("an accuracy of %d is %s the interval", (accuracy, relation) => {
  expect(compareWithForecast(accuracy, forecast)).toBe(`${relation} the forecast interval`);
});

test("the dialog shows notices and properties, and closes", () => {
  const notice = "Training did not improve node 0.";
  const dialog = { kind: "provenance", node: 10, error: null, isSending: false } as const;
  const state = withScreen(stateWith([{ ...root, notices: [notice] }, child]), { dialog });
  const act = { openDialog: vi.fn() };
  provenanceDialog.draw(select(box), state, act as unknown as Actions);
  expect(box.querySelector(".problem")!.textContent).toBe(notice);
  expect(box.querySelector("table")!.textContent).toContain("Made bytraining the root");
  box.querySelector("button")!.click();
  expect(act.openDialog).toHaveBeenCalledWith(null);
});

test("the CSV file of the tree has a column for everything that was recorded", () => {
  const [head, ...rows] = listRows(stateWith([root, child]));
  const cell = (row: number, name: string) => rows[row]![head!.indexOf(name)];
  expect(cell(1, "learning_rate")).toBe(0.003);
  expect([cell(1, "images_seen"), cell(1, "seconds"), cell(1, "device"), cell(1, "start")]).toEqual([
    960,
    75,
    "NVIDIA H200",
    "cut",
  ]);
  expect([cell(1, "forecast"), cell(1, "forecast_low"), cell(1, "forecast_high")]).toEqual([0.96, 0.94, 0.98]);
  expect(cell(0, "images_seen")).toBeNull();
  expect(rows.every((row) => row.length === head!.length)).toBe(true);
});

test("below a root that learned nothing, the tree says so instead of asking for a plan", () => {
  const hint = (node: Node): string => describeHint(stateWith([node], { experiments: { 1: makeExperiment() } }));
  expect(hint({ ...root, learned: false, notices: ["It learned nothing."] })).toMatch(
    /^The root learned nothing, .* press J\.$/,
  );
  expect(hint(root)).toContain("Draft a plan");
});

test("the start of a training says what was done to the cut network, and what it was chosen from", () => {
  const accuracy = (value: number) => ({
    accuracy: value,
    correct: Math.round(100 * value),
    images: 100,
    interval: { low: value, high: value },
  });
  const started = (changes: object): string =>
    valuesOf({ ...child, training_record: { ...record, ...changes } })["Start weights"]!;
  expect(started({ start: "recalibrated" })).toBe(
    "weights of node 0 without the removed filters, batch norm re-estimated",
  );
  const reconstruction = { fitted: 4, layers: 5, unfitted: [], images: 512, places: 24 };
  const start_accuracies = { cut: accuracy(0.1), recalibrated: accuracy(0.4), reconstructed: accuracy(0.8) };
  expect(started({ start: "reconstructed", reconstruction, start_accuracies })).toBe(
    "weights of node 0 without the removed filters, reconstructed (4 of 5 layers fitted); chosen as the best of: as cut 10.00%, re-estimated 40.00%, reconstructed 80.00%",
  );
  expect(started({ start_accuracies: { ...start_accuracies, recalibrated: null } })).toContain(
    "weights of node 0 without the removed filters; chosen as the best of: as cut 10.00%, reconstructed",
  );
});
