import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import type { Visitor } from "../../../src/api/values";
import type { Actions } from "../../../src/state/actions";
import { explainRefusal } from "../../../src/state/actions/permissions";
import { withScreen } from "../../../src/state/changes/patches";
import type { State } from "../../../src/state/state";
import { bundleDialog } from "../../../src/views/dialogs/experiment/bundle";
import { importBundleDialog } from "../../../src/views/dialogs/experiment/unbundle";
import { previewButton } from "../../../src/views/model/plan/buttonData";
import { drawExperiments } from "../../../src/views/top/experiments";
import { makeExperiment, makeNode, stateWith } from "../../fixtures/values";

const visitor: Visitor = {
  kind: "link",
  mode: "read",
  may_export: false,
  experiment_id: 1,
  link_id: 3,
  name: "",
  is_open: false,
};

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

const withBundle = (state: State, weights = true): State =>
  withScreen(state, { dialog: { kind: "bundle", experiment: 1, weights, pictures: false } });
const mockActions = () => ({ openDialog: vi.fn(), chooseBundleContents: vi.fn(), unbundle: vi.fn() });
const href = () => box.querySelector("[data-testid=save-bundle]")!.getAttribute("href");
const checkbox = (name: string) => box.querySelector<HTMLInputElement>(`[name=${name}]`)!;

test("the download link contains what is checked", () => {
  const actions = mockActions();
  const state = stateWith([makeNode(0, null, { size_bytes: 2_000_000 })]);
  bundleDialog.draw(select(box), withBundle(state), actions as unknown as Actions);
  expect(href()).toBe("/api/experiments/1/bundle?weights=true&pictures=false");
  expect(box.textContent).toContain("2.00 MB");
  checkbox("weights").click();
  expect(actions.chooseBundleContents).toHaveBeenCalledWith({ weights: false, pictures: false });
  bundleDialog.draw(select(box), withBundle(state, false), actions as unknown as Actions);
  expect(href()).toContain("weights=false");
  expect(checkbox("weights").checked).toBe(false);
});

test("a visitor who may not export weights saves without them and learns why", () => {
  const state = stateWith([makeNode(0, null)], { visitor });
  bundleDialog.draw(select(box), withBundle(state), mockActions() as unknown as Actions);
  expect(checkbox("weights").disabled).toBe(true);
  expect(href()).toContain("weights=false");
  expect(box.textContent).toContain("The link that you opened does not allow exporting weights.");
  expect(explainRefusal(state, "unbundle")).toContain("Only the owner");
});

test("opening sends the chosen file; without one the file field is focused", () => {
  const actions = mockActions();
  const state = withScreen(stateWith([]), {
    dialog: { kind: "unbundle", error: "This bundle is incomplete.", isSending: false },
  });
  importBundleDialog.draw(select(box), state, actions as unknown as Actions);
  const open = [...box.querySelectorAll("button")].find((button) => button.textContent === "Open bundle")!;
  open.click();
  expect(document.activeElement).toBe(checkbox("file"));
  const file = new File(["x"], "bundle.zip");
  Object.defineProperty(checkbox("file"), "files", { value: [file] });
  open.click();
  expect(actions.unbundle).toHaveBeenCalledWith(file);
  expect(box.textContent).toContain("This bundle is incomplete.");
});

test("the menu offers bundle and report of the chosen experiment, and always to open a bundle", () => {
  const callbacks = {
    chooseExperiment: vi.fn(),
    openNewExperimentDialog: vi.fn(),
    openDeleteExperimentDialog: vi.fn(),
    openBundleDialog: vi.fn(),
    openUnbundleDialog: vi.fn(),
    saveReport: vi.fn(),
  };
  const experiment = makeExperiment();
  drawExperiments(select(box), { experiments: [experiment], experiment }, callbacks);
  const choose = (value: string) =>
    box.querySelector("wa-dropdown")!.dispatchEvent(new CustomEvent("wa-select", { detail: { item: { value } } }));
  for (const value of ["bundle", "report", "unbundle"]) choose(value);
  expect(callbacks.openBundleDialog).toHaveBeenCalledWith(experiment.id);
  expect(callbacks.saveReport).toHaveBeenCalledWith(experiment.id);
  expect(callbacks.openUnbundleDialog).toHaveBeenCalled();
  drawExperiments(select(box), { experiments: [], experiment: null }, callbacks);
  expect([...box.querySelectorAll("wa-dropdown-item")].map((item) => item.getAttribute("value"))).toEqual([
    "new",
    "unbundle",
  ]);
});

test("an experiment without weights says why it cannot be pruned", () => {
  const state = stateWith([makeNode(0, null)], { experiments: { 1: makeExperiment({ has_weights: false }) } });
  const button = previewButton(state, { result: { removedFilterCount: 3 } } as Parameters<typeof previewButton>[1]);
  expect(button.isEnabled).toBe(false);
  expect(button.title).toContain("imported from a bundle without weights");
});
