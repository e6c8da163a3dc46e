import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loadNeeded } from "../../../src/state/actions/load";
import { withChoice } from "../../../src/state/changes/patches";
import { createStore } from "../../../src/state/store";
import { makeNode, stateWith } from "../../fixtures/values";

let asked: string[];

beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url);
    return new Promise(() => undefined);
  });
});
afterEach(() => vi.unstubAllGlobals());

/** What is asked for about the chosen node alone. */
function askedAbout(node: number): string[] {
  const nodes = [makeNode(0, null, { state: "running" }), makeNode(1, 0, { state: "running" }), makeNode(2, 0)];
  const state = withChoice(stateWith(nodes), { experiment: 1, node });
  const store = createStore(
    state,
    () => undefined,
    () => undefined,
    () => undefined,
  );
  loadNeeded({ store, notify: () => undefined });
  return asked.filter((url) => url.startsWith(`/api/nodes/${node}/`) && !url.endsWith("/epochs"));
}

test("of a node in the making only a root has a structure that can be asked for", () => {
  expect(askedAbout(10)).toEqual(["/api/nodes/10/layers"]);
  expect(askedAbout(11)).toEqual([]);
  expect(askedAbout(12)).toContain("/api/nodes/12/layers");
  expect(askedAbout(12).length).toBeGreaterThan(1);
});
