import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loadMissingData } from "../../../src/state/actions/load";
import { withChoice } from "../../../src/state/changes/patches";
import { createStore } from "../../../src/state/store";
import { makeNode, stateWith } from "../../fixtures/values";

let requests: string[];

beforeEach(() => {
  requests = [];
  vi.stubGlobal("fetch", (url: string) => {
    requests.push(url);
    return new Promise(() => undefined);
  });
});
afterEach(() => vi.unstubAllGlobals());

/** The requests about the chosen node only. */
function requestsFor(node: number): string[] {
  const nodes = [makeNode(0, null, { state: "running" }), makeNode(1, 0, { state: "running" }), makeNode(2, 0)];
  const state = withChoice(stateWith(nodes), { experiment: 1, node });
  const store = createStore(
    state,
    () => undefined,
    () => undefined,
    () => undefined,
  );
  loadMissingData({ store, notify: () => undefined });
  return requests.filter((url) => url.startsWith(`/api/nodes/${node}/`) && !url.endsWith("/epochs"));
}

test("loads the layers of an unfinished node only if it is a root", () => {
  expect(requestsFor(10)).toEqual(["/api/nodes/10/layers"]);
  expect(requestsFor(11)).toEqual([]);
  expect(requestsFor(12)).toContain("/api/nodes/12/layers");
  expect(requestsFor(12).length).toBeGreaterThan(1);
});
