import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Plan } from "../../src/api/values";
import { createPlanActions } from "../../src/state/actions/plans";
import { currentPlan } from "../../src/state/currentPlan";
import { planModel, planResult } from "../../src/state/plan";
import { createStore, type Store } from "../../src/state/store";
import { networkState } from "../fixtures/network";

let sent: { method: string; url: string; body: Record<string, unknown> }[];
let store: Store;
let answer: (body: Record<string, unknown>) => Response;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  store = createStore(networkState("vgg"), () => undefined, () => undefined, () => undefined);
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

/** What an honest server says: here, what the page has. */
function planFor(body: Record<string, unknown>): Plan {
  const state = store.state();
  const [model, result] = [planModel(state)!, planResult(state)!];
  const units = model.structure.source.units.filter((_, u) => result.removed[u]).map(({ id }) => id);
  const rule = (body.rule && typeof body.rule === "object" ? body.rule : body) as Plan["rule"];
  const { cost, shares, reached, budget } = result;
  return {
    id: 5, version: 1, node_id: 10, name: "A", state: "draft", child_id: null, revision: 1, created_at: "", updated_at: "",
    rule, filters: {}, units, budget, reached, notes: [], now: model.now, cost, shares, preview: null, note: "",
  };
}

const act = () => createPlanActions({ store, notify: () => undefined });

test("the first edit makes a draft 300 ms later, the next ones change it", async () => {
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

test("an answer that differs from the page is told loudly", async () => {
  const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
  answer = (body) => Response.json({ ...planFor(body), units: [0] });
  act().removePercent(50);
  await vi.advanceTimersByTimeAsync(300);
  expect(errors).toHaveBeenCalledOnce();
});

test("a refusal stands as the server's sentence, and the edit stays", async () => {
  answer = () => Response.json({ error: { code: "invalid", message: "Layer x is gone.", details: {} } }, { status: 422 });
  act().removePercent(50);
  await vi.advanceTimersByTimeAsync(300);
  expect(store.state().draft.wish).toMatchObject({ kind: "save", error: "Layer x is gone." });
  expect(planResult(store.state())!.reached).toBe(20);
});

test("while the line is dragged nothing is sent, at the end once", async () => {
  const { dragLine, endLine } = act();
  for (const value of [0.1, 0.2, 0.3]) dragLine(value);
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toHaveLength(0);
  endLine();
  await vi.advanceTimersByTimeAsync(300);
  expect(sent).toHaveLength(1);
  expect(sent[0]!.body).toMatchObject({ rule: "threshold", value: 0.3 });
});
