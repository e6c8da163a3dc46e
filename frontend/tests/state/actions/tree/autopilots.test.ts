import { afterEach, expect, test, vi } from "vitest";
import { createAutopilotActions } from "../../../../src/state/actions/tree/autopilots";
import { createStore } from "../../../../src/state/store";
import { makeAutopilot } from "../../../fixtures/treeValues";
import { makeNode, stateWith } from "../../../fixtures/values";

afterEach(() => vi.unstubAllGlobals());

test("taking over an Autopilot stops it after the current node and chooses that node", async () => {
  const state = stateWith([makeNode(0, null), makeNode(3, 0, { state: "running" })], {
    autopilots: { 3: makeAutopilot() },
  });
  const store = createStore(
    state,
    () => undefined,
    undefined,
    () => undefined,
  );
  const fetchMock = vi
    .fn<typeof fetch>()
    .mockResolvedValue(new Response(JSON.stringify(makeAutopilot({ state: "stopped", current_id: null }))));
  vi.stubGlobal("fetch", fetchMock);
  createAutopilotActions({ store, notify: vi.fn() }).takeOverAutopilot(3);
  await vi.waitFor(() => expect(store.state().choice.node).toBe(13));
  expect(fetchMock.mock.calls[0]?.[0]).toBe("/api/autopilots/3/stop");
  expect(fetchMock.mock.calls[0]?.[1]?.body).toBe('{"finish_node":true}');
  expect(store.state().server.autopilots[3]?.state).toBe("stopped");
});

test("an error is shown, and nothing changes", async () => {
  const store = createStore(
    stateWith([makeNode(0, null)], { autopilots: { 3: makeAutopilot() } }),
    () => undefined,
    undefined,
    () => undefined,
  );
  const answer = { error: { code: "not_found", message: "There is no autopilot 3.", details: {} } };
  vi.stubGlobal(
    "fetch",
    vi.fn<typeof fetch>().mockResolvedValue(new Response(JSON.stringify(answer), { status: 404 })),
  );
  const notify = vi.fn();
  createAutopilotActions({ store, notify }).stopAutopilot(3);
  await vi.waitFor(() => expect(notify).toHaveBeenCalledWith("There is no autopilot 3.", "danger"));
  expect(store.state().server.autopilots[3]?.state).toBe("running");
});
