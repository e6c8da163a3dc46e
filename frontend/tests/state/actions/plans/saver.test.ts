import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Plan } from "../../../../src/api/values";
import { type Rule } from "../../../../src/planning/rules";
import { applyEvent } from "../../../../src/state/actions/live";
import { createPlanActions } from "../../../../src/state/actions/plans/plans";
import {
  currentPlan,
  currentRule,
  planModel,
  planResult,
  redoCount,
  undoCount,
} from "../../../../src/state/selectors/plan";
import { createStore, type Store } from "../../../../src/state/store";
import { networkState } from "../../../fixtures/network";
import { paperRule } from "../../../fixtures/rules";

let sent: { method: string; url: string; body: Record<string, unknown> }[];
let store: Store;
let answer: (body: Record<string, unknown>) => Response;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  store = createStore(
    networkState("vgg"),
    () => undefined,
    () => undefined,
    () => undefined,
  );
  answer = (body) => Response.json(planFor(body));
  vi.stubGlobal("fetch", (url: string, init: { method: string; body: string }) => {
    const body = JSON.parse(init.body) as Record<string, unknown>;
    sent.push({ method: init.method, url, body });
    return Promise.resolve(answer(body));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The plan that the server returns: the page's own result. */
function planFor(body: Record<string, unknown>): Plan {
  const state = store.state();
  const [model, result] = [planModel(state)!, planResult(state)!];
  const units = model.structure.source.units.filter((_, u) => result.removed[u]).map(({ id }) => id);
  const rule = ruleOf(body);
  const { cost, shares, removedFilterCount: reached, budget } = result;
  return {
    id: 5,
    version: 1,
    node_id: 10,
    name: "A",
    state: "draft",
    child_id: null,
    revision: 1,
    created_at: "",
    updated_at: "",
    rule,
    filters: {},
    units,
    budget,
    reached,
    notes: [],
    now: model.currentCost,
    cost,
    shares,
    preview: null,
    note: "",
    training: null,
  };
}

/** A new draft is sent as its rule; a change contains the rule in a field. */
const ruleOf = (body: Record<string, unknown>): Rule =>
  (body.rule && typeof body.rule === "object" ? body.rule : body) as Rule;

const act = () => createPlanActions({ store, notify: () => undefined });

test("the first edit creates a draft after 300 ms, later ones change it", async () => {
  const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const { removePercent } = act();
  removePercent(10);
  removePercent(20);
  expect(sent).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(300);
  expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual(["POST /api/nodes/10/plans"]);
  expect(sent[0]!.body).toMatchObject({ rule: "percent", percent: 20 });
  expect(store.state().choice.plan).toBe(5);
  removePercent(30);
  await vi.advanceTimersByTimeAsync(300);
  expect(sent[1]).toMatchObject({ method: "PATCH", url: "/api/plans/5", body: { rule: { percent: 30 } } });
  expect(currentPlan(store.state())?.rule).toMatchObject({ percent: 30 });
  expect(errors).not.toHaveBeenCalled();
});

test("a response that differs from the page's result is logged as an error", async () => {
  const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
  answer = (body) => Response.json({ ...planFor(body), units: [0] });
  act().removePercent(50);
  await vi.advanceTimersByTimeAsync(300);
  expect(errors).toHaveBeenCalledOnce();
});

test("an error shows the server's message, and the edit stays", async () => {
  answer = () =>
    Response.json({ error: { code: "invalid", message: "Layer x is gone.", details: {} } }, { status: 422 });
  act().removePercent(50);
  await vi.advanceTimersByTimeAsync(300);
  expect(store.state().draft.request).toMatchObject({ kind: "save", error: "Layer x is gone." });
  expect(planResult(store.state())!.removedFilterCount).toBe(20);
});

test("dragging the line sends nothing until the drag ends", async () => {
  const { dragLine, endLine } = act();
  for (const value of [0.1, 0.2, 0.3]) dragLine(value);
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toHaveLength(0);
  endLine();
  await vi.advanceTimersByTimeAsync(300);
  expect(sent).toHaveLength(1);
  expect(sent[0]!.body).toMatchObject({ rule: "threshold", value: 0.3 });
});

test("a draft that the stream reports before its response loses no edit, undo or redo", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const { removePercent, undo, redo } = act();
  let arrive = (): void => undefined;
  removePercent(25);
  const created = planFor({ rule: currentRule(store.state()) });
  vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => (arrive = () => resolve(Response.json(created)))));
  await vi.advanceTimersByTimeAsync(300);
  store.dispatch(applyEvent({ kind: "plan", plan: created }));
  removePercent(30);
  undo();
  expect([shownPercent(), undoCount(store.state()), redoCount(store.state())]).toEqual([25, 1, 1]);
  arrive();
  await vi.advanceTimersByTimeAsync(0);
  expect([shownPercent(), undoCount(store.state()), redoCount(store.state())]).toEqual([25, 1, 1]);
  redo();
  expect(shownPercent()).toBe(30);
});

test("edits made while the draft is created are sent afterwards", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const { removePercent } = act();
  const answers: (() => void)[] = [];
  vi.stubGlobal("fetch", (url: string, init: { method: string; body: string }) => {
    const body = JSON.parse(init.body) as Record<string, unknown>;
    sent.push({ method: init.method, url, body });
    const plan = planFor(body);
    return new Promise((resolve) => answers.push(() => resolve(Response.json(plan))));
  });
  removePercent(25);
  await vi.advanceTimersByTimeAsync(300);
  removePercent(30);
  answers[0]!();
  await vi.advanceTimersByTimeAsync(600);
  expect(sent.map(({ method, body }) => [method, ruleOf(body)])).toMatchObject([
    ["POST", { percent: 25 }],
    ["PATCH", { percent: 30 }],
  ]);
});

test("a draft of somebody else does not replace one being created", () => {
  act().removePercent(25);
  store.dispatch(applyEvent({ kind: "plan", plan: { ...planFor({ rule: { ...paperRule, percent: 70 } }), id: 9 } }));
  expect(currentPlan(store.state())).toBeNull();
  expect(shownPercent()).toBe(25);
});

const shownPercent = (): number => (currentRule(store.state()) as { percent: number }).percent;
