import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import type { Candidate, NodeLayers, Suggestion } from "../../../src/api/values";
import type { Actions } from "../../../src/state/actions";
import { withScreen } from "../../../src/state/changes/patches";
import type { State } from "../../../src/state/state";
import { candidateKey } from "../../../src/state/selectors/suggestion";
import { layoutAccuracyChart } from "../../../src/views/tree/dialogs/suggestion/accuracyChart";
import { candidateCells, describeSearch } from "../../../src/views/tree/dialogs/suggestion/candidateTable";
import { suggestionDialog } from "../../../src/views/tree/dialogs/suggestion/suggestion";
import { layoutWidthChart } from "../../../src/views/tree/dialogs/suggestion/widthChart";
import { makeNode, stateWith } from "../../fixtures/values";

const accuracyOf = (accuracy: number, images: number) => ({
  accuracy,
  correct: accuracy * images,
  images,
  interval: { low: accuracy - 0.05, high: accuracy + 0.05 },
});
const best = {
  rule: { rule: "target", criterion: "l1", scope: "network", within: null, floor: 0.1, metric: "macs", value: 48_000 },
  origin: "order",
  cost: { filters: 20, parameters: 1000, macs: 47_000, size_bytes: 9000 },
  widths: { conv1: 20 },
  loss: 0.3,
  images: 180,
  raw: null,
  recalibrated: null,
  reconstructed: accuracyOf(0.9, 180),
  unseen: accuracyOf(0.85, 180),
  state: "best",
} as unknown as Candidate;
const other = {
  ...best,
  rule: { rule: "filters", filters: { conv1: [0, 1, 2, 3] } },
  origin: "exchange",
  widths: { conv1: 16 },
  cost: { ...best.cost, macs: 24_000 },
  reconstructed: accuracyOf(0.8, 90),
  unseen: null,
  state: "measured",
} as unknown as Candidate;
const layers = { layers: [{ name: "conv1", filters: 40 }] } as unknown as NodeLayers;
const suggestion = {
  id: 4,
  experiment_id: 1,
  node_id: 10,
  job_id: 9,
  goal: { metric: "macs", value: 48_000 },
  candidates: [best, other],
  exchanges: 0,
  gains: 0,
  elapsed_s: 12,
  seconds: 60,
  apply_state: null,
  apply_error: null,
  version: 1,
} as unknown as Suggestion;

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

const nodes = [makeNode(0, null, { macs: 96_000 })];
const opened = (server: Partial<State["server"]>, candidate: string | null = null): State =>
  withScreen(stateWith(nodes, server), {
    dialog: { kind: "suggestion", node: 10, suggestion: null, candidate, error: null, isSending: false },
  });
const field = (name: string) => box.querySelector<HTMLInputElement>(`[name="${name}"]`)!;
const button = (text: string) => [...box.querySelectorAll("button")].find((element) => element.textContent === text)!;

const candidateActions = () => ({ chooseSuggestion: vi.fn(), chooseCandidate: vi.fn(), draftCandidate: vi.fn() });

function draw(state: State) {
  const act = {
    openDialog: vi.fn(),
    suggestPlan: vi.fn(),
    cancelJob: vi.fn(),
    choosePlan: vi.fn(),
    ...candidateActions(),
  };
  suggestionDialog.draw(select(box), state, act as unknown as Actions);
  return act;
}

test("the typed share of the MACs is sent as a number of MACs", () => {
  const act = draw(opened({}));
  field("value").value = "41";
  field("seconds").value = "300";
  button("Search").click();
  expect(act.suggestPlan).toHaveBeenCalledWith(10, {
    goal: { metric: "macs", value: 39_360 },
    seconds: 300,
    seed: 0,
    apply: false,
    training_seconds: null,
  });
});

test("an accuracy is sent as a share", () => {
  const act = draw(opened({}));
  field("goal").value = "accuracy";
  field("value").value = "90";
  button("Search").click();
  expect(act.suggestPlan).toHaveBeenCalledWith(10, {
    goal: { accuracy: 0.9 },
    seconds: 60,
    seed: 0,
    apply: false,
    training_seconds: null,
  });
});

test("the best plan can be applied at the end, trained within a given time", () => {
  const act = draw(opened({}));
  expect(field("training_seconds").hidden).toBe(true);
  field("apply").value = "apply";
  field("apply").dispatchEvent(new Event("change"));
  expect(field("training_seconds").hidden).toBe(false);
  field("training_seconds").value = "120";
  button("Search").click();
  expect(act.suggestPlan.mock.calls[0]![1]).toMatchObject({ apply: true, training_seconds: 120 });
});

test("while a search runs, it can be stopped and no other one started", () => {
  const job = { id: 9, state: "running", progress: 0.5, message: "12 plans compared", version: 1 };
  const act = draw(opened({ suggestions: { 4: suggestion }, jobs: { 9: job } as unknown as State["server"]["jobs"] }));
  expect(box.textContent).toContain("12 plans compared");
  button("Search").click();
  expect(act.suggestPlan).not.toHaveBeenCalled();
  button("Stop the search").click();
  expect(act.cancelJob).toHaveBeenCalledWith(9);
});

test("the candidates are listed with accuracy, interval and accuracy on other images", () => {
  const state = opened({ suggestions: { 4: suggestion } });
  draw(state);
  draw(state);
  expect(box.querySelectorAll("tbody tr")).toHaveLength(2);
  expect(box.querySelectorAll("tbody tr.best")).toHaveLength(1);
  expect(candidateCells(best, state).slice(1)).toEqual(["47,000", "0.300", "90.0% (85.0%–95.0%)", "180", "85.0%"]);
  expect(candidateCells(other, state)[0]).toBe("filters moved between layers");
});

test("a search says how many exchanges gained", () => {
  expect(describeSearch(suggestion)).toBe("2 plans compared in 12 s");
  expect(describeSearch({ ...suggestion, exchanges: 20, gains: 3 })).toBe(
    "2 plans compared in 12 s; 3 of 20 exchanges of filters between layers reduced the loss",
  );
});

test("the draft of the best plan is opened from the dialog", () => {
  const plans = { 21: { id: 21, name: "B", node_id: 10, version: 1 } } as unknown as State["server"]["plans"];
  const act = draw(opened({ suggestions: { 4: { ...suggestion, plan_id: 21 } }, plans }));
  button("Open draft B").click();
  expect(act.openDialog).toHaveBeenCalledWith(null);
  expect(act.choosePlan).toHaveBeenCalledWith(21);
});

test("any plan that was tried can be chosen in the table and in the chart", () => {
  const act = draw(opened({ suggestions: { 4: suggestion } }));
  box.querySelectorAll<HTMLButtonElement>("tbody button")[1]!.click();
  // The chosen plan, which is the best one at first, is painted last.
  box.querySelectorAll(".candidates-marks > g")[0]!.dispatchEvent(new MouseEvent("click"));
  expect(act.chooseCandidate.mock.calls).toEqual([[candidateKey(other)], [candidateKey(other)]]);
});

test("the chosen plan becomes a draft, also if the best one is a draft already", () => {
  const plans = { 21: { id: 21, name: "B", node_id: 10, version: 1 } } as unknown as State["server"]["plans"];
  const server = { suggestions: { 4: { ...suggestion, plan_id: 21 } }, plans };
  const act = draw(opened(server, candidateKey(other)));
  expect(box.querySelector("tr.chosen button")!.getAttribute("aria-pressed")).toBe("true");
  button("Draft the chosen plan").click();
  expect(act.draftCandidate).toHaveBeenCalledWith(server.suggestions[4], other);
  expect(act.choosePlan).not.toHaveBeenCalled();
});

test("a search that found nothing says so, and earlier searches can still be chosen", () => {
  const empty = { ...suggestion, id: 5, candidates: [], plan_id: null, job_id: null };
  draw(opened({ suggestions: { 4: suggestion, 5: empty } }));
  expect(box.textContent).toContain("No plan was found");
  expect((field("search") as unknown as HTMLSelectElement).options).toHaveLength(2);
  expect(box.querySelector(".candidates .details")!.hasAttribute("hidden")).toBe(true);
});

test("a search goes on while an earlier one is shown", () => {
  const job = { id: 9, state: "running", progress: 0.5, message: "12 plans compared", version: 1 };
  const running = { ...suggestion, id: 5, job_id: 9 };
  const state = opened({
    suggestions: { 4: { ...suggestion, job_id: null }, 5: running },
    jobs: { 9: job } as unknown as State["server"]["jobs"],
  });
  const act = draw(withScreen(state, { dialog: { ...state.screen.dialog, suggestion: 4 } as never }));
  button("Search").click();
  expect(act.suggestPlan).not.toHaveBeenCalled();
  button("Stop the search").click();
  expect(act.cancelJob).toHaveBeenCalledWith(9);
});

test("without candidates there is nothing to draft", () => {
  const act = draw(opened({ suggestions: { 4: { ...suggestion, candidates: [], plan_id: null } } }));
  button("Draft the chosen plan").click();
  expect(act.draftCandidate).not.toHaveBeenCalled();
  expect(box.querySelector(".candidates .details")!.hasAttribute("hidden")).toBe(true);
});

test("the chart shows a dearer plan further right and a more accurate one further up", () => {
  const [first, second] = layoutAccuracyChart([best, other], "macs").marks;
  expect(first!.x).toBeGreaterThan(second!.x);
  expect(first!.y).toBeLessThan(second!.y);
  expect(first!.high).toBeLessThan(first!.y);
  expect(first!.low).toBeGreaterThan(first!.y);
});

test("plans of nearly equal cost are drawn close together", () => {
  const near = { ...other, cost: { ...best.cost, macs: 46_950 } };
  const [first, second] = layoutAccuracyChart([best, near], "macs").marks;
  expect(first!.x - second!.x).toBeLessThan(10);
});

test("the widths of the chosen plan are drawn against those of the best", () => {
  const [bar] = layoutWidthChart(other, best, layers);
  const [bestBar] = layoutWidthChart(best, best, layers);
  expect(bar!.height / bestBar!.height).toBeCloseTo(16 / 20);
  expect(bar!.best).toBeCloseTo(bestBar!.top);
  expect(bar!.title).toBe("conv1: 16 of 40 (40%), best plan 20");
  draw(opened({ suggestions: { 4: suggestion }, layers: { 10: layers } }, candidateKey(other)));
  expect(box.querySelectorAll(".widths .remaining")).toHaveLength(1);
});

test("an earlier search at the node can be shown again", () => {
  const later = { ...suggestion, id: 5, goal: { accuracy: 0.9 }, candidates: [other] } as unknown as Suggestion;
  const act = draw(opened({ suggestions: { 4: suggestion, 5: later } }));
  const choice = field("search") as unknown as HTMLSelectElement;
  expect([...choice.options].map(({ text }) => text)).toEqual([
    "5: at least 90.0%, 80.0%",
    "4: at most 48,000 MACs, 90.0%",
  ]);
  expect([choice.value, choice.hidden]).toEqual(["5", false]);
  choice.value = "4";
  choice.dispatchEvent(new Event("change"));
  expect(act.chooseSuggestion).toHaveBeenCalledWith(4);
});

test("a single search needs no choice", () => {
  draw(opened({ suggestions: { 4: suggestion } }));
  expect(field("search").hidden).toBe(true);
});

test("the dialog says which node the best plan makes", () => {
  const plans = { 21: { id: 21, name: "B", node_id: 10, state: "applied", child_id: 11, version: 1 } };
  const child = makeNode(1, 10, { id: 11 });
  const state = opened({
    suggestions: { 4: { ...suggestion, plan_id: 21 } },
    plans: plans as unknown as State["server"]["plans"],
  });
  draw({ ...state, server: { ...state.server, nodes: { ...state.server.nodes, 11: child } } });
  expect(box.textContent).toContain("plan B was applied, creating node 1");
  expect(button("Show plan B")).toBeDefined();
});

test("the dialog says why the best plan was not applied", () => {
  const failed = { ...suggestion, apply_state: "failed", apply_error: "The disk is full." } as unknown as Suggestion;
  draw(opened({ suggestions: { 4: failed } }));
  expect(box.textContent).toContain("the best plan was not applied: The disk is full.");
});
