import { afterEach, expect, test, vi } from "vitest";
import type { Job } from "../../../../src/api/values";
import { createExportActions, loadExports } from "../../../../src/state/actions/tree/exports";
import { withScreen, withServerValue } from "../../../../src/state/changes/patches";
import { createStore } from "../../../../src/state/store";
import { makeJob, makeNode, stateWith } from "../../../fixtures/values";

afterEach(() => vi.unstubAllGlobals());

function setUp(...answers: readonly Response[]) {
  const store = createStore(
    stateWith([makeNode(0, null)]),
    () => undefined,
    undefined,
    () => undefined,
  );
  const fetchMock = vi.fn<typeof fetch>();
  for (const answer of answers) fetchMock.mockResolvedValueOnce(answer);
  vi.stubGlobal("fetch", fetchMock);
  const context = { store, notify: vi.fn() };
  return { store, fetchMock, context, act: createExportActions(context) };
}

const reply = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });
const job = (state: Job["state"]): Job => makeJob({ id: 5, kind: "export", node_id: 10, state });

test("exports are loaded when the dialog opens, and again when an export is done", async () => {
  const { store, fetchMock, context, act } = setUp(reply([]), reply([{ node_id: 10, format: "onnx" }]));
  loadExports(context);
  expect(fetchMock).not.toHaveBeenCalled();
  act.openExportDialog(10);
  loadExports(context);
  loadExports(context);
  await vi.waitFor(() => expect(store.state().server.exports[10]).toEqual([]));
  expect(fetchMock).toHaveBeenCalledTimes(1);
  store.dispatch((state) => withServerValue(state, "jobs", 5, job("running")));
  loadExports(context);
  expect(fetchMock).toHaveBeenCalledTimes(1);
  store.dispatch((state) => withServerValue(state, "jobs", 5, job("done")));
  loadExports(context);
  await vi.waitFor(() => expect(store.state().server.exports[10]).toHaveLength(1));
});

test("an export adds its job; an error stays in the dialog until another format is chosen", async () => {
  const refusal = {
    error: { code: "unavailable", message: "ONNX needs the packages onnx and onnxruntime.", details: {} },
  };
  const { store, fetchMock, act } = setUp(reply(job("waiting"), 202), reply(refusal, 503));
  act.openExportDialog(10);
  act.makeExport(10, "safetensors");
  await vi.waitFor(() => expect(store.state().server.jobs[5]?.state).toBe("waiting"));
  expect(fetchMock.mock.calls[0]?.[0]).toBe("/api/nodes/10/export?format=safetensors");
  act.makeExport(10, "onnx");
  await vi.waitFor(() =>
    expect(store.state().screen.dialog).toMatchObject({ error: refusal.error.message, isSending: false }),
  );
  act.chooseFormat("torch_export");
  expect(store.state().screen.dialog).toMatchObject({ kind: "export", format: "torch_export", error: null });
});

test("latency is measured at the chosen batch size, the test split from the open dialog", async () => {
  const { store, fetchMock, act } = setUp(reply(job("waiting"), 202), reply(job("waiting"), 202));
  store.dispatch((state) =>
    withScreen(state, { dialog: { kind: "measure", node: 10, error: null, isSending: false } }),
  );
  act.measureLatency(10, 8);
  act.measureTest(10, "measure");
  await vi.waitFor(() => expect(store.state().screen.dialog).toMatchObject({ isSending: false }));
  expect(fetchMock.mock.calls.map(([url]) => url)).toEqual(["/api/nodes/10/latencies?batch=8", "/api/nodes/10/test"]);
});
