import { select } from "d3-selection";
import { afterEach, expect, test, vi } from "vitest";
import type { Plan, Recipe } from "../../../../src/api/values";
import { createPlanActions } from "../../../../src/state/actions/plans/plans";
import { createStore } from "../../../../src/state/store";
import type { State } from "../../../../src/state/state";
import { drawTrainingForm } from "../../../../src/views/model/dialogs/training";
import {
  estimateApplySeconds,
  chosenTrainingSettings,
  estimateFineTuningSeconds,
} from "../../../../src/state/selectors/training";
import { trainingText } from "../../../../src/views/model/plan/trainingText";
import { makeEpoch, makeExperiment, makeNode, stateWith, training } from "../../../fixtures/values";

afterEach(() => vi.unstubAllGlobals());

const epochs = { 10: [makeEpoch(0, 0.1), makeEpoch(1, 0.5), makeEpoch(2, 0.6)] };
const root = makeNode(0, null, { macs: 2_000_000, training });

test("the time of fine-tuning grows with epochs, images and MACs", () => {
  const state = stateWith([root], { epochs });
  expect(estimateFineTuningSeconds(state, 2_000_000)).toBeCloseTo(15);
  expect(estimateFineTuningSeconds(state, 1_000_000)).toBeCloseTo(7.5);
  const half = makeExperiment({ training: { ...training, epochs: 3, images: 539 } });
  // The evaluation of the 360 selection images takes as long as training on 120.
  expect(
    estimateFineTuningSeconds({ ...state, server: { ...state.server, experiments: { 1: half } } }, 2_000_000),
  ).toBeCloseTo((3 * (539 + 120)) / (1078 + 120));
});

test("epochs of another experiment do not predict the time", () => {
  const other = makeNode(0, null, { id: 77, experiment_id: 2, macs: 1000, training });
  expect(
    estimateFineTuningSeconds(
      stateWith([makeNode(0, null, { training: null }), other], { epochs: { 77: epochs[10] } }),
      2_000_000,
    ),
  ).toBeNull();
});

const imported = makeNode(0, null, {
  macs: 2_000_000,
  training: null,
  training_record: {
    start: "checkpoint",
    start_accuracies: null,
    reconstruction: null,
    seed: 0,
    images_per_epoch: 0,
    images_seen: 0,
    seconds: 2,
    step_seconds_per_image: 0.001,
    device: "a test",
    bfloat16: false,
    teacher_number: null,
  },
});

test("before the first training, the step timed at the import of the root predicts the time", () => {
  const state = stateWith([imported], { epochs: { 10: [makeEpoch(0, 0.1)] } });
  const perEpoch = 1078 * 0.001 + 2; // the images of an epoch, and the evaluation after it
  expect(estimateFineTuningSeconds(state, 2_000_000)).toBeCloseTo(15 * perEpoch);
  expect(estimateFineTuningSeconds(state, 500_000)).toBeCloseTo((15 * perEpoch) / 4);
});

test("Apply also takes the time of its start, which is about that of a preview, unless it starts as cut", () => {
  const plan = { id: 4, node_id: root.id, preview: { seconds: 8 } } as unknown as Plan;
  const withStart = (start: "cut" | "best"): number => {
    const experiment = makeExperiment({ training: { ...training, start } });
    const state = stateWith([root], { epochs, plans: { [plan.id]: plan } });
    return estimateApplySeconds({ ...state, server: { ...state.server, experiments: { 1: experiment } } }, 2_000_000)!;
  };
  expect(withStart("cut")).toBeCloseTo(15);
  expect(withStart("best")).toBeCloseTo(23);
});

test("a teacher takes a third of a training step more, unless its answers are computed once", () => {
  const withTeacher = (augmentation: "none" | "crop"): number => {
    const taught = makeExperiment({ training: { ...training, teacher: "root", augmentation } });
    const state = stateWith([root], { epochs });
    return estimateFineTuningSeconds({ ...state, server: { ...state.server, experiments: { 1: taught } } }, 2_000_000)!;
  };
  expect(withTeacher("none")).toBeCloseTo(15);
  expect(withTeacher("crop")).toBeCloseTo(20);
});

const quick = { ...training, epochs: 3 };

function choose(state: State) {
  const store = createStore(
    state,
    () => undefined,
    undefined,
    () => undefined,
  );
  const fetchMock = vi
    .fn<typeof fetch>()
    .mockResolvedValue(new Response(JSON.stringify(makeExperiment({ training: quick }))));
  vi.stubGlobal("fetch", fetchMock);
  createPlanActions({ store, notify: vi.fn() }).chooseTrainingSettings(quick);
  return { store, fetchMock };
}

test("settings are saved with the experiment, so that a reload finds them", async () => {
  const { store, fetchMock } = choose(stateWith([root]));
  await vi.waitFor(() => expect(chosenTrainingSettings(store.state())?.epochs).toBe(3));
  expect(fetchMock.mock.calls[0]?.[0]).toBe("/api/experiments/1");
  expect(fetchMock.mock.calls[0]?.[1]).toMatchObject({ method: "PATCH", body: JSON.stringify({ training: quick }) });
  expect(store.state().server.experiments[1]?.training.epochs).toBe(3);
});

test("a read-only visitor's settings stay on the page", () => {
  const visitor = {
    kind: "link",
    mode: "read",
    may_export: false,
    experiment_id: 1,
  } as unknown as State["server"]["visitor"];
  const { store, fetchMock } = choose(stateWith([root], { visitor }));
  expect([fetchMock.mock.calls.length, chosenTrainingSettings(store.state())?.epochs]).toEqual([0, 3]);
});

test("the dialog says where settings are saved, and returns all of them", () => {
  const box: HTMLElement = document.createElement("div");
  const onChoose = vi.fn();
  drawTrainingForm(
    select(box),
    { current: training, savedTraining: training, canSave: true, recipe: undefined, recipeStatus: null, teachers: [] },
    { onChoose, onClose: vi.fn() },
  );
  expect(box.textContent).toContain("Saved with the experiment");
  box.querySelector<HTMLInputElement>("[name=epochs]")!.value = "3";
  [...box.querySelectorAll("button")].find((button) => button.textContent === "Use these settings")!.click();
  expect(onChoose).toHaveBeenCalledWith(quick);
});

test("a teacher is chosen from the ready nodes, and its fields appear", () => {
  const box: HTMLElement = document.createElement("div");
  const onChoose = vi.fn();
  const teachers = [makeNode(3, 10, { id: 30 })];
  drawTrainingForm(
    select(box),
    { current: training, savedTraining: training, canSave: true, recipe: undefined, recipeStatus: null, teachers },
    { onChoose, onClose: vi.fn() },
  );
  const field = (name: string): HTMLInputElement => box.querySelector<HTMLInputElement>(`[name=${name}]`)!;
  const texts = [...box.querySelectorAll("[name=teacher] option")].map((option) => option.textContent);
  expect(texts).toEqual(["none", "the root", "the parent of the new node", "node 3"]);
  expect([field("temperature").hidden, field("teacher_weight").hidden]).toEqual([true, true]);
  field("teacher").value = "30";
  field("teacher").dispatchEvent(new Event("change"));
  expect(field("temperature").hidden).toBe(false);
  field("temperature").value = "2";
  field("ema").value = "0.99";
  const press = (text: string) => [...box.querySelectorAll("button")].find((b) => b.textContent === text)!.click();
  press("Use these settings");
  expect(onChoose).toHaveBeenCalledWith({ ...training, teacher: 30, temperature: 2, ema: 0.99 });
  press("Reset to saved settings");
  expect([field("teacher").value, field("ema").value, field("temperature").hidden]).toEqual(["", "", true]);
});

test("the recommended settings are shown with their reasons, and one click uses them", () => {
  const box: HTMLElement = document.createElement("div");
  const onChoose = vi.fn();
  const recipe: Recipe = {
    node_id: 10,
    plan_id: 4,
    training: { ...training, learning_rate: 0.005, epochs: 6, teacher: "parent" },
    images_seen: 6468,
    seconds: 95,
    reasons: ["Start from the best of the three starts."],
  };
  const data = { current: training, savedTraining: training, canSave: true, recipeStatus: "Loading…", teachers: [] };
  const press = (text: string) => [...box.querySelectorAll("button")].find((b) => b.textContent === text)!.click();
  drawTrainingForm(select(box), { ...data, recipe: undefined }, { onChoose, onClose: vi.fn() });
  press("Use recommended settings");
  expect(onChoose).not.toHaveBeenCalled();
  expect(box.querySelector(".recipe p")!.textContent).toBe("Loading…");
  drawTrainingForm(select(box), { ...data, recipe }, { onChoose, onClose: vi.fn() });
  expect(box.querySelector(".recipe p")!.textContent).toBe(
    "SGD 0.005 cosine · 6 epochs · with teacher · 6,468 images seen · about 2 min",
  );
  expect([...box.querySelectorAll(".recipe li")].map((item) => item.textContent)).toEqual(recipe.reasons);
  press("Use recommended settings");
  expect(onChoose).toHaveBeenCalledExactlyOnceWith(recipe.training);
});

test("Enter in a field submits the settings", () => {
  const box: HTMLElement = document.createElement("div");
  const onChoose = vi.fn();
  drawTrainingForm(
    select(box),
    { current: training, savedTraining: training, canSave: true, recipe: undefined, recipeStatus: null, teachers: [] },
    { onChoose, onClose: vi.fn() },
  );
  const epochs = box.querySelector<HTMLInputElement>("[name=epochs]")!;
  epochs.value = "3";
  epochs.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  expect(onChoose).toHaveBeenCalledExactlyOnceWith(quick);
});

test("the plan's header uses singular and plural of epoch", () => {
  const experiment = stateWith([root]).server.experiments[root.experiment_id]!;
  expect(trainingText({ ...training, epochs: 1, early_stop: false }, experiment)).toContain("· 1 epoch ·");
  expect(trainingText({ ...training, epochs: 3, early_stop: true }, experiment)).toContain("· ≤ 3 epochs ·");
});
