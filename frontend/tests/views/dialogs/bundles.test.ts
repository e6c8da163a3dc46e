import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import type { Visitor } from "../../../src/api/values";
import type { Actions } from "../../../src/state/actions";
import { whyRefused } from "../../../src/state/actions/permissions";
import { withScreen } from "../../../src/state/changes/patches";
import type { State } from "../../../src/state/state";
import { bundleDialog } from "../../../src/views/dialogs/experiment/bundle";
import { unbundleDialog } from "../../../src/views/dialogs/experiment/unbundle";
import { previewButton } from "../../../src/views/model/plan/buttonData";
import { drawExperiments } from "../../../src/views/top/experiments";
import { makeExperiment, makeNode, stateWith } from "../../fixtures/values";

const holder: Visitor = {
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
const act = () => ({ openDialog: vi.fn(), chooseBundleContents: vi.fn(), unbundle: vi.fn() });
const href = () => box.querySelector("[data-testid=save-bundle]")!.getAttribute("href");
const check = (name: string) => box.querySelector<HTMLInputElement>(`[name=${name}]`)!;

test("the link saves what is ticked", () => {
  const called = act();
  const state = stateWith([makeNode(0, null, { size_bytes: 2_000_000 })]);
  bundleDialog.draw(select(box), withBundle(state), called as unknown as Actions);
  expect(href()).toBe("/api/experiments/1/bundle?weights=true&pictures=false");
  expect(box.textContent).toContain("2.00 MB");
  check("weights").click();
  expect(called.chooseBundleContents).toHaveBeenCalledWith({ weights: false, pictures: false });
  bundleDialog.draw(select(box), withBundle(state, false), called as unknown as Actions);
  expect(href()).toContain("weights=false");
  expect(check("weights").checked).toBe(false);
});

test("who may not take weights away is told so and saves without", () => {
  const state = stateWith([makeNode(0, null)], { visitor: holder });
  bundleDialog.draw(select(box), withBundle(state), act() as unknown as Actions);
  expect(check("weights").disabled).toBe(true);
  expect(href()).toContain("weights=false");
  expect(box.textContent).toContain("This link may not take weights away.");
  expect(whyRefused(state, "unbundle")).toContain("Only the owner");
});

test("opening sends the chosen file; without one the field takes the focus", () => {
  const called = act();
  const state = withScreen(stateWith([]), {
    dialog: { kind: "unbundle", error: "This is no whole bundle.", sending: false },
  });
  unbundleDialog.draw(select(box), state, called as unknown as Actions);
  const open = [...box.querySelectorAll("button")].find((button) => button.textContent === "Open it")!;
  open.click();
  expect(document.activeElement).toBe(check("file"));
  const file = new File(["x"], "bundle.zip");
  Object.defineProperty(check("file"), "files", { value: [file] });
  open.click();
  expect(called.unbundle).toHaveBeenCalledWith(file);
  expect(box.textContent).toContain("This is no whole bundle.");
});

test("the menu offers bundle and report of the chosen experiment, and to open a bundle always", () => {
  const callbacks = {
    chooseExperiment: vi.fn(),
    openNewExperiment: vi.fn(),
    openDeleteExperiment: vi.fn(),
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

test("an experiment without weights says why nothing can be pruned", () => {
  const state = stateWith([makeNode(0, null)], { experiments: { 1: makeExperiment({ has_weights: false }) } });
  const button = previewButton(state, { result: { reached: 3 } } as Parameters<typeof previewButton>[1]);
  expect(button.isEnabled).toBe(false);
  expect(button.title).toContain("imported from a bundle without weights");
});
