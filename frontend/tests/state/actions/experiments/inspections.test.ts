import { afterEach, expect, test, vi } from "vitest";
import { createInspectionActions } from "../../../../src/state/actions/experiments/inspections";
import { withScreen } from "../../../../src/state/changes/patches";
import type { Inspection } from "../../../../src/state/dialog";
import type { State } from "../../../../src/state/state";
import { createStore } from "../../../../src/state/store";
import { makeJob, makeNode, stateWith } from "../../../fixtures/values";

afterEach(() => vi.unstubAllGlobals());

const dialog = {
  kind: "experiment",
  error: null,
  isSending: false,
  inspection: null,
  dataReport: null,
  warnings: [],
  checkpoint: null,
} as const;
const body = { data: { kind: "digits" }, network: { name: "own" } } as Parameters<
  ReturnType<typeof createInspectionActions>["inspectNetwork"]
>[0];
const inspectionOf = ({ screen }: State): Inspection | null =>
  screen.dialog?.kind === "experiment" ? screen.dialog.inspection : null;

/** A store with the dialog open, and a server that answers successive calls with `answers`. */
function open(answers: readonly unknown[]) {
  const store = createStore(
    withScreen(stateWith([makeNode(0, null)], {}), { dialog }),
    () => undefined,
    undefined,
    () => undefined,
  );
  const remaining = [...answers];
  const fetchMock = vi
    .fn<typeof fetch>()
    .mockImplementation(() => Promise.resolve(new Response(JSON.stringify(remaining.shift()))));
  vi.stubGlobal("fetch", fetchMock);
  const requested = (): readonly string[] => fetchMock.mock.calls.map(([url]) => url as string);
  return { store, requested, act: createInspectionActions({ store, notify: vi.fn() }) };
}

test("an inspection is polled until its report is ready", async () => {
  const job = makeJob({ id: 7, kind: "network_report", state: "running", message: "testing which filters can be cut" });
  const { store, requested, act } = open([job, { ...job, state: "done" }, { network: "own" }]);
  act.inspectNetwork(body);
  await vi.waitFor(() => expect(inspectionOf(store.state())?.job?.message).toBe("testing which filters can be cut"));
  await vi.waitFor(() => expect(inspectionOf(store.state())?.report).toEqual({ network: "own" }));
  expect(requested()).toEqual(["/api/inspections", "/api/jobs/7", "/api/inspections/7"]);
});

test("the sets of weights in an inspected checkpoint stay when the form changes", async () => {
  const job = makeJob({ id: 7, kind: "network_report", state: "done" });
  const weights = [{ key: "ema", tensors: 14, averaged: true, used: true }];
  const { store, act } = open([job, { network: "own", weights }]);
  act.inspectNetwork({ ...body, weights: { path: "w.pth", key: null, train: null, pretrained: false } });
  await vi.waitFor(() => expect(inspectionOf(store.state())?.report).not.toBeNull());
  act.forgetInspection();
  expect(store.state().screen.dialog).toMatchObject({
    inspection: null,
    warnings: [],
    checkpoint: { path: "w.pth", sets: weights },
  });
});

test("a failed inspection shows its job's error message", async () => {
  const error = { code: "unusable_network", message: "Factory net.py:make fails.", details: {} };
  const { store, requested, act } = open([makeJob({ id: 7, kind: "network_report", state: "failed", error })]);
  act.inspectNetwork(body);
  await vi.waitFor(() => expect(inspectionOf(store.state())?.error).toBe("Factory net.py:make fails."));
  expect(requested()).toEqual(["/api/inspections"]);
});

test("when the form changes or the dialog closes, the job is cancelled and nothing is shown", async () => {
  const job = makeJob({ id: 7, kind: "network_report", state: "running" });
  const { store, requested, act } = open([job, job, { ...job, state: "cancelled" }]);
  act.inspectNetwork(body);
  await vi.waitFor(() => expect(inspectionOf(store.state())?.job).not.toBeNull());
  act.forgetInspection();
  await vi.waitFor(() => expect(requested().at(-1)).toBe("/api/jobs/7/cancel"));
  expect(inspectionOf(store.state())).toBeNull();
});

test.each(["forgetInspection", "inspectData"] as const)(
  "an error is cleared when the form changes or an inspection starts: %s",
  (name) => {
    const { store, act } = open([makeJob({ id: 7, state: "cancelled" })]);
    store.dispatch((state) => withScreen(state, { dialog: { ...dialog, error: "An empty class." } }));
    act[name](body);
    expect(store.state().screen.dialog).toMatchObject({ kind: "experiment", error: null });
  },
);
