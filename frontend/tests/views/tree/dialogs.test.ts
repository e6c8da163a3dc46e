import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import type { Actions } from "../../../src/state/actions";
import { withScreen, withTreeDisplay } from "../../../src/state/changes/patches";
import type { Dialog } from "../../../src/state/dialog";
import type { State } from "../../../src/state/state";
import type { PanelDialog } from "../../../src/views/panel";
import { describeAdvice, listEstimateLines } from "../../../src/views/tree/dialogs/answer";
import { deleteBranchDialog } from "../../../src/views/tree/dialogs/branch";
import { controlNodesDialog } from "../../../src/views/tree/dialogs/controls";
import { defaultTarget, estimateDialog } from "../../../src/views/tree/dialogs/estimate";
import { findDialog, findNodes } from "../../../src/views/tree/dialogs/find";
import { describeRow } from "../../../src/views/tree/dialogs/history";
import { describeAutopilot, autopilotDialog } from "../../../src/views/tree/dialogs/autopilot";
import { chosenOrder, currentRule } from "../../../src/state/selectors/plan";
import { drawAutopilot } from "../../../src/views/top/autopilot";
import { makeEstimate, makeAutopilot } from "../../fixtures/treeValues";
import { makeEpoch, makeExperiment, makeNode, stateWith, training } from "../../fixtures/values";

const nodes = [
  makeNode(0, null, { accuracy: 0.975 }),
  makeNode(1, 0, { accuracy: 0.97, filters: 320 }),
  makeNode(2, 1, { accuracy: 0.91, filters: 120, note: "too much" }),
  makeNode(3, 0, { origin: "control", control: { kind: "l1", seed: 2, reference_id: 11 }, starred: true }),
];
const start = stateWith(nodes, { estimates: { 7: makeEstimate() } });
const idle = { error: null, isSending: false };
const opened = (dialog: Dialog, state: State = start): State => withScreen(state, { dialog });

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

const field = (name: string) => box.querySelector<HTMLInputElement>(`[name="${name}"]`)!;
const button = (text: string) => [...box.querySelectorAll("button")].find((element) => element.textContent === text)!;

function draw(dialog: PanelDialog, state: State) {
  const act = {
    openDialog: vi.fn(),
    estimate: vi.fn(),
    draftPlanFromEstimate: vi.fn(),
    chooseEstimate: vi.fn(),
    startAutopilot: vi.fn(),
    createControlNodes: vi.fn(),
    deleteBranch: vi.fn(),
    setFindText: vi.fn(),
    chooseNode: vi.fn(),
  };
  dialog.draw(select(box), state, act as unknown as Actions);
  return act;
}

test("the default target is the experiment's, else the root's accuracy minus the tolerance", () => {
  expect(defaultTarget(start)).toBeCloseTo(0.97);
  expect(
    defaultTarget({
      ...start,
      server: { ...start.server, experiments: { 1: makeExperiment({ target_accuracy: 0.9 }) } },
    }),
  ).toBe(0.9);
});

test("empty fields use defaults, filled ones their values; controls cannot be in the pair", () => {
  const act = draw(estimateDialog, opened({ kind: "estimate", node: 11, ...idle }));
  expect(field("target").placeholder).toBe("97.00");
  expect([...box.querySelectorAll("[name=good] option")].map((option) => option.getAttribute("value"))).toEqual([
    "",
    "10",
    "11",
    "12",
  ]);
  button("Estimate").click();
  expect(act.estimate).toHaveBeenLastCalledWith(11, { target_accuracy: null, good_id: null, bad_id: null });
  field("target").value = "93";
  field("bad").value = "12";
  box.querySelector("form")!.dispatchEvent(new Event("submit", { cancelable: true }));
  expect(act.estimate).toHaveBeenLastCalledWith(11, { target_accuracy: 0.93, good_id: null, bad_id: 12 });
});

test("the answer says how many filters to keep and why, and a click drafts the plan", () => {
  const act = draw(
    estimateDialog,
    opened({ kind: "estimate", node: 11, ...idle }, withTreeDisplay(start, { estimate: 7 })),
  );
  expect(box.querySelector(".headline")!.textContent).toBe(
    "Keep 144 of 320 filters of node 1 (remove 55.0% of its free filters).",
  );
  expect(box.textContent).toContain(
    "144 filters, interpolated between node 1 (97.00%, 320 filters) and node 2 (91.00%, 120 filters)",
  );
  expect(box.textContent).toContain(
    "92.6% expected with 144 filters (80% interval 91.8–93.3%), based on 6 nodes; the target needs 150 filters (120–190)",
  );
  expect(box.querySelector("svg.forecast .interval path")!.getAttribute("d")).toMatch(/^M/);
  button("Create a draft").click();
  expect(act.draftPlanFromEstimate).toHaveBeenCalledWith(7);
});

test("without interpolation or forecast the reason is shown, and a small change advises to stop", () => {
  const none = makeEstimate({
    change: 0.03,
    interpolated: null,
    interpolation_reason: "No bad node yet.",
    forecast: null,
    forecast_reason: "Only 3 nodes.",
  });
  expect(listEstimateLines(none, start).map(({ text }) => text)).toEqual([
    "93.00%",
    "No bad node yet.",
    "Only 3 nodes.",
  ]);
  expect(describeAdvice(none, start)).toContain("further pruning is not worthwhile");
  draw(
    estimateDialog,
    opened(
      { kind: "estimate", node: 11, ...idle },
      withTreeDisplay(stateWith(nodes, { estimates: { 7: none } }), { estimate: 7 }),
    ),
  );
  expect(box.querySelector("svg.forecast")!.hasAttribute("hidden")).toBe(true);
});

test("the history lists each estimate with its outcome, and a click shows it again", () => {
  const outcome = { node_id: 12, number: 2, filters: 144, accuracy: 0.928, is_met: false, in_interval: true };
  expect(describeRow(makeEstimate({ outcome }), start)).toEqual([
    "node 1",
    "93.00%",
    "144",
    "92.6 (91.8–93.3)",
    "node 2: 92.80%, target not met, within the interval",
  ]);
  const edited = { ...outcome, filters: 17, is_met: null, in_interval: null };
  expect(describeRow(makeEstimate({ outcome: edited }), start).at(-1)).toBe(
    "node 2: 92.80% with 17 filters instead of the estimated number",
  );
  const act = draw(estimateDialog, opened({ kind: "estimate", node: 11, ...idle }));
  button("node 1").click();
  expect(act.chooseEstimate).toHaveBeenCalledWith(7);
});

test("an error is shown in the dialog, and nothing is sent twice", () => {
  const act = draw(
    estimateDialog,
    opened({ kind: "estimate", node: 11, error: "The target lies outside.", isSending: false }),
  );
  expect(box.querySelector(".problem")!.textContent).toBe("The target lies outside.");
  draw(estimateDialog, opened({ kind: "estimate", node: 11, error: null, isSending: true }));
  box.querySelector("form")!.dispatchEvent(new Event("submit", { cancelable: true }));
  expect(act.estimate).not.toHaveBeenCalled();
});

/** Chooses an option as a person does. */
function choose(name: string, value: string): void {
  const select = box.querySelector<HTMLSelectElement>(`select[name=${name}]`)!;
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
}
const isShown = (name: string): boolean => !box.querySelector<HTMLInputElement>(`[name=${name}]`)!.hidden;

test("an Autopilot of the paper uses its order and starts as cut", () => {
  const act = draw(autopilotDialog, opened({ kind: "autopilot", node: 10, ...idle }));
  choose("kind", "automatic_estimator");
  field("percent").value = "30";
  field("epochs").value = "3";
  button("Start Autopilot").click();
  const training = { epochs: 3, learning_rate: null }; // without `images`, as null would mean all images
  expect(act.startAutopilot).toHaveBeenCalledWith(10, {
    kind: "automatic_estimator",
    percent: 30,
    goal: null,
    target_accuracy: null,
    steps: null,
    order: { criterion: "taylor", scope: "network", within: null, floor: 0 },
    start: "cut",
    recipe: false,
    max_steps: 20,
    training,
  });
});

test("Autopilot proposes to halve the steps, with the order and the start of the plan", () => {
  const act = draw(autopilotDialog, opened({ kind: "autopilot", node: 10, ...idle }));
  button("Start Autopilot").click();
  expect(act.startAutopilot).toHaveBeenCalledWith(
    10,
    expect.objectContaining({
      kind: "halving",
      goal: null,
      order: { ...chosenOrder(start), floor: currentRule(start).floor },
      start: "best",
    }),
  );
});

test("a schedule asks for steps and a cost, which is a share of the starting node’s", () => {
  const act = draw(autopilotDialog, opened({ kind: "autopilot", node: 10, ...idle }));
  expect([isShown("percent"), isShown("steps"), isShown("goal_percent")]).toEqual([true, false, false]);
  choose("kind", "schedule");
  expect([isShown("percent"), isShown("steps"), isShown("goal_percent")]).toEqual([false, true, true]);
  choose("goal", "filters");
  field("goal_percent").value = "41";
  button("Start Autopilot").click();
  const filters = start.server.nodes[10]!.filters!;
  expect(act.startAutopilot).toHaveBeenCalledWith(
    10,
    expect.objectContaining({
      kind: "schedule",
      steps: 5,
      goal: { metric: "filters", value: Math.floor(0.41 * filters) },
    }),
  );
});

test("an ended Autopilot says what its steps were, when it was to end, and why it ended", () => {
  const autopilot = makeAutopilot({ state: "done", reason: "Accuracy fell below the target." });
  expect(describeAutopilot(autopilot, start)).toBe(
    "Autopilot from node 0, each step removes 25% of the free filters; ends below 97.00% accuracy. State: done, 2 nodes created. Accuracy fell below the target.",
  );
  const goal = { metric: "macs", value: 16_800_000 } as const;
  const scheduled = makeAutopilot({ kind: "schedule", steps: 5, goal, target_accuracy: null });
  expect(describeAutopilot(scheduled, start)).toBe(
    "Autopilot with schedule from node 0, 5 steps to the goal; ends at 16,800,000 MACs. State: running, 2 nodes created.",
  );
});

test("the top bar shows the Autopilot with buttons to stop it and take it over, or nothing", () => {
  const callbacks = { stopAutopilot: vi.fn(), takeOverAutopilot: vi.fn() };
  drawAutopilot(select(box), { autopilots: [makeAutopilot()], nodes: start.server.nodes }, callbacks);
  expect(box.querySelector(".progress-text")!.textContent).toBe("Autopilot −25% · 2 nodes");
  box.querySelector<HTMLButtonElement>("[data-testid=stop-autopilot]")!.click();
  box.querySelector<HTMLButtonElement>("[data-testid=take-over]")!.click();
  expect(callbacks.stopAutopilot).toHaveBeenCalledWith(3);
  expect(callbacks.takeOverAutopilot).toHaveBeenCalledWith(3);
  drawAutopilot(select(box), { autopilots: [], nodes: {} }, callbacks);
  expect(box.hidden).toBe(true);
});

test("controls are requested for each checked kind; without a kind, none", () => {
  const act = draw(controlNodesDialog, opened({ kind: "controls", node: 11, ...idle }));
  const check = (kind: string, isOn: boolean): void =>
    void (box.querySelector<HTMLInputElement>(`[name=kind-${kind}]`)!.checked = isOn);
  check("random", false);
  button("Create control nodes").click();
  expect(act.createControlNodes).not.toHaveBeenCalled();
  check("l1", true);
  field("seeds").value = "3";
  button("Create control nodes").click();
  expect(act.createControlNodes).toHaveBeenLastCalledWith(11, [{ kind: "l1", seeds: 3, training: null }]);
  check("random", true);
  field("epochs").value = "4";
  field("images").value = "6000";
  button("Create control nodes").click();
  const training = { epochs: 4, images: 6000 };
  expect(act.createControlNodes).toHaveBeenLastCalledWith(11, [
    { kind: "random", seeds: 3, training },
    { kind: "l1", seeds: 3, training },
  ]);
  field("images").value = "";
  check("random", false);
  button("Create control nodes").click();
  expect(act.createControlNodes).toHaveBeenLastCalledWith(11, [{ kind: "l1", seeds: 3, training: { epochs: 4 } }]);
});

test("deleting a branch names nodes, bytes and jobs, and is disabled until they are loaded", () => {
  const dialog = { kind: "branch", node: 11, ...idle } as const;
  draw(deleteBranchDialog, opened(dialog));
  expect(button("Delete branch").ariaDisabled).toBe("true");
  const deleted = [
    { id: 11, number: 1, state: "ready", accuracy: 0.97, size_bytes: 1_000_000 },
    { id: 12, number: 2, state: "running", accuracy: null, size_bytes: 0 },
  ] as const;
  const branch = { node_id: 11, nodes: [...deleted], size_bytes: 1_500_000, active_jobs: 1 };
  const act = draw(
    deleteBranchDialog,
    opened(dialog, { ...start, server: { ...start.server, branches: { 11: branch } } }),
  );
  expect(box.textContent).toContain(
    "2 nodes with weights, plans and results (1.50 MB on disk) will be deleted. 1 job will be cancelled.",
  );
  expect(box.textContent).toContain("node 2: running");
  button("Delete branch").click();
  expect(act.deleteBranch).toHaveBeenCalledWith(11);
});

test("nodes are found by number first, and by note, star and origin", () => {
  const numbers = (text: string) => findNodes(start, text).map(({ number }) => number);
  expect(numbers("2")[0]).toBe(2);
  expect(numbers("TOO much")).toEqual([2]);
  expect(numbers("★")).toEqual([3]);
  expect(numbers("l1 control")).toEqual([3]);
  expect(numbers("")).toEqual([0, 1, 2, 3]);
  expect(numbers("zebra")).toEqual([]);
});

test("Enter in the search chooses the first", () => {
  const act = draw(findDialog, opened({ kind: "find", text: "much" }));
  box.querySelector("input")!.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
  expect(act.chooseNode).toHaveBeenCalledWith(12);
  expect(act.openDialog).toHaveBeenCalledWith(null);
});

test("controls and Autopilot say how long their trainings take", () => {
  const trained = makeNode(1, 0, { macs: 2_000_000, training });
  const timed = stateWith([nodes[0]!, trained], { epochs: { 11: [makeEpoch(0, 0.1), makeEpoch(1, 0.5)] } });
  const textOf = (): string => box.querySelector(".help.duration")?.textContent ?? "";
  draw(controlNodesDialog, opened({ kind: "controls", node: 11, ...idle }, timed));
  expect(textOf()).toBe("Training takes about 15 s.");
  field("seeds").value = "4";
  field("seeds").dispatchEvent(new Event("input", { bubbles: true }));
  expect(textOf()).toBe("Training takes about 60 s.");
  box.replaceChildren();
  draw(autopilotDialog, opened({ kind: "autopilot", node: 11, ...idle }, timed));
  expect(textOf()).toContain("Training takes up to 15 s per step");
  box.replaceChildren();
  draw(autopilotDialog, opened({ kind: "autopilot", node: 10, ...idle }));
  expect(textOf()).toBe("");
});
