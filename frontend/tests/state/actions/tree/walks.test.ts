import { afterEach, expect, test, vi } from "vitest";
import { createWalkActions } from "../../../../src/state/actions/tree/walks";
import { createStore } from "../../../../src/state/store";
import { makeWalk } from "../../../fixtures/growth";
import { makeNode, stateWith } from "../../../fixtures/values";

afterEach(() => vi.unstubAllGlobals());

test("taking a walk over stops it after the node in the making and chooses that node", async () => {
  const state = stateWith([makeNode(0, null), makeNode(3, 0, { state: "running" })], { walks: { 3: makeWalk() } });
  const store = createStore(
    state,
    () => undefined,
    undefined,
    () => undefined,
  );
  const ask = vi
    .fn<typeof fetch>()
    .mockResolvedValue(new Response(JSON.stringify(makeWalk({ state: "stopped", current_id: null }))));
  vi.stubGlobal("fetch", ask);
  createWalkActions({ store, notify: vi.fn() }).takeOverWalk(3);
  await vi.waitFor(() => expect(store.state().choice.node).toBe(13));
  expect(ask.mock.calls[0]?.[0]).toBe("/api/walks/3/stop");
  expect(ask.mock.calls[0]?.[1]?.body).toBe('{"finish_node":true}');
  expect(store.state().server.walks[3]?.state).toBe("stopped");
});

test("a refusal is told, and nothing changes", async () => {
  const store = createStore(
    stateWith([makeNode(0, null)], { walks: { 3: makeWalk() } }),
    () => undefined,
    undefined,
    () => undefined,
  );
  const answer = { error: { code: "not_found", message: "There is no walk 3.", details: {} } };
  vi.stubGlobal(
    "fetch",
    vi.fn<typeof fetch>().mockResolvedValue(new Response(JSON.stringify(answer), { status: 404 })),
  );
  const notify = vi.fn();
  createWalkActions({ store, notify }).stopWalk(3);
  await vi.waitFor(() => expect(notify).toHaveBeenCalledWith("There is no walk 3.", "danger"));
  expect(store.state().server.walks[3]?.state).toBe("running");
});
