import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Plan } from "../../../../src/api/values";
import { createActions } from "../../../../src/state/actions";
import { applyEvent } from "../../../../src/state/actions/live";

import { withChoice, withScreen, withServerValue } from "../../../../src/state/changes/patches";
import {
  chosenRanking,
  currentPlan,
  currentReason,
  currentRule,
  planModel,
  planResult,
} from "../../../../src/state/selectors/plan";
import { filtersOfUnits } from "../../../../src/planning/structure";
import { createStore, type Store } from "../../../../src/state/store";
import { networkState } from "../../../fixtures/network";
import { makeNode } from "../../../fixtures/values";
import { paperRule } from "../../../fixtures/rules";

interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly body: Record<string, unknown>;
  answer(value: unknown, status?: number): Promise<void>;
}

const [NODE, OTHER_NODE] = [10, 11];
let store: Store;
let sent: SentRequest[];

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  sent = [];
  vi.stubGlobal(
    "fetch",
    (url: string, init: { method: string; body?: string }) =>
      new Promise<Response>((resolve) => {
        const answer = async (value: unknown, status = 200): Promise<void> => {
          resolve(Response.json(value, { status }));
          await vi.advanceTimersByTimeAsync(0);
        };
        sent.push({ method: init.method, url, body: JSON.parse(init.body ?? "{}") as SentRequest["body"], answer });
      }),
  );
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function draft(id: number, node = NODE, changes: Partial<Plan> = {}): Plan {
  const state = networkState("vgg");
  const [{ currentCost: now }, { shares }] = [planModel(state)!, planResult(state)!];
  return {
    id,
    version: 1,
    node_id: node,
    name: "A",
    state: "draft",
    child_id: null,
    revision: 1,
    created_at: "",
    updated_at: "",
    rule: paperRule,
    filters: {},
    units: [],
    budget: null,
    reached: 0,
    notes: [],
    now,
    cost: now,
    shares,
    preview: null,
    note: "",
    training: null,
    ...changes,
  };
}
const requests = (): string[] => sent.map(({ method, url }) => `${method} ${url}`);

/** A page with two nodes whose plans are loaded. */
function open(...plans: readonly Plan[]): ReturnType<typeof createActions> {
  const loaded = {
    [`plans:${NODE}`]: { state: "answered", error: null },
    [`plans:${OTHER_NODE}`]: { state: "answered", error: null },
  } as const;
  const state = withScreen(withServerValue(networkState("vgg", plans), "nodes", OTHER_NODE, makeNode(1, 0)), {
    requests: loaded,
  });
  store = createStore(
    state,
    () => undefined,
    () => undefined,
    () => undefined,
  );
  return createActions({ store, notify: () => undefined });
}

test.each([
  ["previewPlan", "preview"],
  ["applyPlan", "apply"],
] as const)(
  "%s applies to the draft that was current, even if another node is chosen in the meantime",
  async (request, word) => {
    const act = open(draft(5), draft(7, OTHER_NODE));
    act.removePercent(25);
    act[request]();
    await vi.advanceTimersByTimeAsync(0);
    act.chooseNode(OTHER_NODE);
    await sent[0]!.answer(draft(5, NODE, { revision: 2 }));
    expect(requests()).toEqual(["PATCH /api/plans/5", `POST /api/plans/5/${word}`]);
    expect(currentPlan(store.state())?.id).toBe(7);
  },
);

test("a new draft exists at once, and edits before its response belong to it", async () => {
  const act = open(draft(5));
  act.newDraft();
  await vi.advanceTimersByTimeAsync(0);
  act.removePercent(40);
  expect(currentPlan(store.state())).toBeNull();
  await sent[0]!.answer(draft(6));
  await vi.advanceTimersByTimeAsync(300);
  expect(requests()).toEqual(["POST /api/nodes/10/plans", "PATCH /api/plans/6"]);
  expect(currentPlan(store.state())?.id).toBe(6);
  expect(currentRule(store.state())).toMatchObject({ percent: 40 });
});

test("the current draft stays chosen when another one is created", () => {
  const act = open(draft(5), draft(6));
  act.chooseNode(OTHER_NODE);
  act.chooseNode(NODE);
  expect(store.state().choice.plan).toBe(6);
  store.dispatch(applyEvent({ kind: "plan", plan: draft(8) }));
  expect(currentPlan(store.state())?.id).toBe(6);
  store.dispatch(applyEvent({ kind: "removed", node_ids: [], plan_ids: [6] }));
  expect(store.state().choice.plan).toBe(8);
});

test("a draft named by a link is not replaced by one that the stream reports first", () => {
  open();
  store.dispatch((state) => withScreen(withChoice(state, { plan: 4 }), { requests: {} }));
  store.dispatch(applyEvent({ kind: "plan", plan: draft(8) }));
  expect(store.state().choice.plan).toBe(4);
});

test("writing a reason without a draft creates the draft", async () => {
  const act = open();
  act.writeReason("a try");
  expect(currentReason(store.state())).toBe("a try");
  await vi.advanceTimersByTimeAsync(0);
  await sent[0]!.answer(draft(6));
  expect(sent[1]).toMatchObject({ method: "PATCH", url: "/api/plans/6", body: { note: "a try", note_before: "" } });
  await sent[1]!.answer(draft(6, NODE, { note: "a try" }));
  expect([currentReason(store.state()), store.state().draft.edits[6]?.reason]).toEqual(["a try", null]);
});

test("a rejected reason stays, blocks Apply, and overwrites another's only when saved again", async () => {
  const act = open(draft(5));
  store.dispatch((state) => withChoice(state, { plan: 5 }));
  const theirs = draft(5, NODE, { version: 9, note: "theirs" });
  act.writeReason("mine");
  act.applyPlan();
  await vi.advanceTimersByTimeAsync(0);
  await sent[0]!.answer({ error: { code: "stale_plan", message: "No.", details: { plan: theirs } } }, 409);
  expect([currentReason(store.state()), sent.length]).toEqual(["mine", 1]);
  expect(store.state().draft.request).toMatchObject({
    kind: "apply",
    error: expect.stringContaining("“theirs”") as string,
  });
  act.applyPlan();
  await vi.advanceTimersByTimeAsync(0);
  expect(sent[1]).toMatchObject({ method: "PATCH", body: { note: "mine", note_before: "theirs" } });
  await sent[1]!.answer({ error: { code: "internal", message: "Disk full.", details: {} } }, 507);
  expect(store.state().draft.request).toMatchObject({ kind: "apply", error: "Disk full." });
  act.dropReason();
  expect(currentReason(store.state())).toBe("theirs");
  expect(requests().some((request) => request.endsWith("/apply"))).toBe(false);
});

test("Apply right after an edit and a reason of a new draft waits for both", async () => {
  const act = open();
  act.removePercent(25);
  await vi.advanceTimersByTimeAsync(300);
  act.writeReason("because");
  act.applyPlan();
  await vi.advanceTimersByTimeAsync(0);
  await sent[0]!.answer(draft(6));
  expect(requests()).toEqual(["POST /api/nodes/10/plans", "PATCH /api/plans/6"]);
  await sent[1]!.answer(draft(6, NODE, { note: "because" }));
  expect(requests()[2]).toBe("POST /api/plans/6/apply");
});

test("a preview requested during a drag shows the draft before the drag", async () => {
  const act = open(draft(5));
  act.dragLine(0.2);
  act.previewPlan();
  await vi.advanceTimersByTimeAsync(0);
  expect(requests()).toEqual(["POST /api/plans/5/preview"]);
});

test("a step of the line removes one more unit although the next ones are kept by hand", () => {
  const act = open(draft(5));
  act.removePercent(25);
  act.stepLine(1); // from now on a threshold
  const before = planResult(store.state())!;
  const { structure } = planModel(store.state())!;
  const next = chosenRanking(store.state())!
    .rankedUnits.filter((u) => !before.removed[u])
    .slice(0, 3);
  act.setRule({ ...currentRule(store.state()), kept: filtersOfUnits(structure, next) });
  act.stepLine(1);
  const after = planResult(store.state())!;
  const count = ({ removed }: { removed: Uint8Array }): number =>
    removed.reduce((sum, isRemoved) => sum + isRemoved, 0);
  expect(count(after)).toBe(count(before) + 1);
  expect([...next].some((u) => after.removed[u])).toBe(false);
});
