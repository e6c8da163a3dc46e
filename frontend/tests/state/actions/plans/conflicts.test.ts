import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Plan, Visitor } from "../../../../src/api/values";
import { createActions } from "../../../../src/state/actions";
import { applyEvent } from "../../../../src/state/actions/live";
import { withServer } from "../../../../src/state/changes/patches";
import { currentPlan, currentRule, planModel, planResult } from "../../../../src/state/selectors/plan";
import { createStore, type Store } from "../../../../src/state/store";
import { comparePlanVersions } from "../../../../src/views/dialogs/conflict";
import { networkState } from "../../../fixtures/network";

interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly body: { rule?: { percent: number }; revision?: number; percent?: number };
}

let sent: SentRequest[];
let messages: string[];
let store: Store;
/** The server's plans. */
let server: Record<number, Plan>;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  [sent, messages] = [[], []];
  const plan = planOf(5, 10, 1);
  server = { 5: plan };
  store = createStore(
    networkState("vgg", [plan]),
    () => undefined,
    () => undefined,
    () => undefined,
  );
  vi.stubGlobal("fetch", (url: string, init: { method: string; body: string }) => {
    const request = { method: init.method, url, body: JSON.parse(init.body) as SentRequest["body"] };
    sent.push(request);
    return Promise.resolve(answer(request));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function planOf(id: number, percent: number, revision: number): Plan {
  const state = networkState("vgg");
  const [model, result] = [planModel(state)!, planResult(state)!];
  const rule = {
    rule: "percent",
    percent,
    criterion: "taylor",
    round_to: 1,
    max_layer_share: 1,
    max_class_loss: null,
  } as Plan["rule"];
  return {
    id,
    version: revision,
    node_id: 10,
    name: id === 5 ? "A" : "B",
    state: "draft",
    child_id: null,
    revision,
    created_at: "",
    updated_at: "",
    rule,
    filters: {},
    units: [],
    budget: null,
    reached: 0,
    notes: [],
    now: model.currentCost,
    cost: model.currentCost,
    shares: result.shares,
    preview: null,
    note: "",
    training: null,
  };
}

/** As the server responds: a stale revision is rejected with the current version. */
function answer({ method, url, body }: SentRequest): Response {
  const id = Number(/plans\/(\d+)/.exec(url)?.[1]);
  if (method === "POST") return Response.json((server[6] = planOf(6, body.percent!, 1)), { status: 201 });
  const current = server[id];
  if (!current)
    return Response.json(
      { error: { code: "not_found", message: "There is no plan 5.", details: {} } },
      { status: 404 },
    );
  if (body.revision !== current.revision) {
    return Response.json(
      { error: { code: "stale_plan", message: "Somebody else changed it.", details: { plan: current } } },
      { status: 409 },
    );
  }
  return Response.json((server[id] = planOf(id, body.rule!.percent, current.revision + 1)));
}

const act = () => createActions({ store, notify: (message) => messages.push(message) });
const percent = (): unknown => (currentRule(store.state()) as { percent?: number }).percent;
const conflict = () => {
  const { dialog } = store.state().screen;
  return dialog?.kind === "conflict" ? dialog.theirPlan : null;
};

/**
 * They change plan A to 50% while 30% is edited here; with `eventFirst`, their event arrives before our edit is sent.
 */
async function collide(eventFirst: boolean): Promise<ReturnType<typeof act>> {
  const actions = act();
  actions.removePercent(30);
  server[5] = planOf(5, 50, 2);
  if (eventFirst) store.dispatch(applyEvent({ kind: "plan", plan: server[5] }));
  await vi.advanceTimersByTimeAsync(300);
  return actions;
}

test.each([true, false])(
  "an outdated edit overwrites nothing, and both versions are shown (event first: %s)",
  async (eventFirst) => {
    await collide(eventFirst);
    expect(sent[0]).toMatchObject({ method: "PATCH", body: { revision: 1 } });
    expect(server[5]).toMatchObject({ revision: 2, rule: { percent: 50 } });
    expect(conflict()).toMatchObject({ id: 5, revision: 2 });
    expect(percent()).toBe(30);
    expect(comparePlanVersions(store.state()).map(({ name }) => name)).toContain("Filters left");
  },
);

test("continuing an edit after theirs arrived keeps its base revision", async () => {
  const actions = act();
  actions.removePercent(30);
  store.dispatch(applyEvent({ kind: "plan", plan: (server[5] = planOf(5, 50, 2)) }));
  actions.removePercent(40);
  await vi.advanceTimersByTimeAsync(300);
  expect(sent.map(({ body }) => body.revision)).toEqual([1]);
  expect(conflict()).not.toBeNull();
});

test("keeping theirs shows theirs, and undo restores mine", async () => {
  const actions = await collide(true);
  actions.keepTheirs(conflict()!);
  expect(conflict()).toBeNull();
  expect(percent()).toBe(50);
  actions.undo();
  expect(percent()).toBe(30);
});

test("overwriting theirs sends mine with their revision", async () => {
  const actions = await collide(false);
  actions.overwriteTheirs(conflict()!);
  await vi.advanceTimersByTimeAsync(300);
  expect(sent[1]).toMatchObject({ method: "PATCH", body: { revision: 2, rule: { percent: 30 } } });
  expect(server[5]).toMatchObject({ revision: 3, rule: { percent: 30 } });
  expect(conflict()).toBeNull();
});

test("mine is saved as a separate draft, and theirs stays unchanged", async () => {
  const actions = await collide(true);
  actions.saveMineSeparately(conflict()!);
  await vi.advanceTimersByTimeAsync(0);
  expect(server[5]).toMatchObject({ revision: 2, rule: { percent: 50 } });
  expect(server[6]).toMatchObject({ rule: { percent: 30 } });
  expect(currentPlan(store.state())?.id).toBe(6);
  expect(conflict()).toBeNull();
});

test("identical edits do not conflict", async () => {
  act().removePercent(50);
  server[5] = planOf(5, 50, 2);
  await vi.advanceTimersByTimeAsync(300);
  expect(conflict()).toBeNull();
  expect(percent()).toBe(50);
});

test("each successive edit is based on the previous revision", async () => {
  const actions = act();
  for (const share of [20, 30, 40]) {
    actions.removePercent(share);
    await vi.advanceTimersByTimeAsync(300);
  }
  expect(sent.map(({ body }) => body.revision)).toEqual([1, 2, 3]);
  expect(conflict()).toBeNull();
});

test("an edit of a draft that somebody else deleted is saved as a new one", async () => {
  act().removePercent(30);
  delete server[5];
  await vi.advanceTimersByTimeAsync(300);
  expect(server[6]).toMatchObject({ rule: { percent: 30 } });
  expect(messages[0]).toContain("Your version is saved");
});

const reader: Visitor = {
  kind: "link",
  mode: "read",
  may_export: false,
  experiment_id: 1,
  link_id: 1,
  name: "",
  is_open: false,
};

test("a read-only visitor can try the line, and nothing is sent", async () => {
  store.dispatch((state) => withServer(state, { visitor: reader }));
  const actions = act();
  actions.removePercent(30);
  actions.applyPlan();
  actions.newDraft();
  actions.openNewExperimentDialog();
  await vi.advanceTimersByTimeAsync(1000);
  expect(percent()).toBe(30);
  expect(sent).toEqual([]);
  expect(messages).toHaveLength(3);
});
