import { afterEach, expect, test, vi } from "vitest";
import type { NewExperiment } from "../../../../src/api/values";
import { createExperimentActions } from "../../../../src/state/actions/experiments/experiments";
import { withScreen } from "../../../../src/state/changes/patches";
import { createStore } from "../../../../src/state/store";
import { makeNode, stateWith } from "../../../fixtures/values";

afterEach(() => vi.unstubAllGlobals());

const inspection = { job: null, report: null, error: "cancelled" };
const checkpoint = { path: "w.pth", sets: [] };

/** A store with the dialog open, and a server that refuses to create the experiment with this error. */
function open(error: { code: string; message: string; details: Record<string, unknown> }) {
  const dialog = {
    kind: "experiment",
    error: null,
    isSending: false,
    inspection,
    dataReport: null,
    warnings: [],
    checkpoint,
  } as const;
  const store = createStore(
    withScreen(stateWith([makeNode(0, null)], {}), { dialog }),
    () => undefined,
    undefined,
    () => undefined,
  );
  vi.stubGlobal(
    "fetch",
    vi
      .fn<typeof fetch>()
      .mockImplementation(() => Promise.resolve(new Response(JSON.stringify({ error }), { status: 409 }))),
  );
  createExperimentActions({ store, notify: vi.fn() }).createExperiment({} as NewExperiment);
  return store;
}

test("warnings on which the server stopped are kept in the dialog, with the inspection", async () => {
  const warnings = ["40 of 40 selection images are training images, too."];
  const store = open({ code: "needs_confirmation", message: "Nothing was created.", details: { warnings } });
  expect(store.state().screen.dialog).toMatchObject({ isSending: true });
  await vi.waitFor(() =>
    expect(store.state().screen.dialog).toMatchObject({
      isSending: false,
      error: null,
      warnings,
      inspection,
      checkpoint,
    }),
  );
});

test("another error is shown as such", async () => {
  const store = open({ code: "conflict", message: "The server is busy.", details: {} });
  await vi.waitFor(() =>
    expect(store.state().screen.dialog).toMatchObject({ isSending: false, error: "The server is busy.", warnings: [] }),
  );
});
