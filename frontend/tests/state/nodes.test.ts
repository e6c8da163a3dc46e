import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createNodeActions } from "../../src/state/actions/nodes";
import { withValue } from "../../src/state/patches";
import { createStore, type Store } from "../../src/state/store";
import { makeNode, stateWith } from "../fixtures/values";

const node = makeNode(0, null, { note: "old" });
let store: Store;
let bodies: unknown[];
let answer: Response;

beforeEach(() => {
  bodies = [];
  store = createStore(stateWith([node]), () => undefined, () => undefined, () => undefined);
  vi.stubGlobal("fetch", (_: string, { body }: { body: string }) => {
    bodies.push(JSON.parse(body));
    return Promise.resolve(answer);
  });
});
afterEach(() => vi.unstubAllGlobals());

const act = () => createNodeActions({ store, notify: () => undefined });
const settled = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));
const refused = (code: string, details: object) => Response.json({ error: { code, message: "No.", details } }, { status: 409 });

test("a note is gone from the dialog only when the server has it", async () => {
  act().openNote(node);
  answer = refused("conflict", {});
  act().writeNote("new");
  await settled();
  expect(store.state().screen.dialog).toMatchObject({ kind: "note", error: "No.", sending: false });
  answer = Response.json({ ...node, note: "new" });
  act().writeNote("new");
  await settled();
  expect(store.state().screen.dialog).toBeNull();
  expect(store.state().server.nodes[node.id]!.note).toBe("new");
});

test("what somebody else wrote while one typed is told, and replaced only by saving again", async () => {
  act().openNote(node);
  store.dispatch((state) => withValue(state, "nodes", node.id, { ...node, note: "theirs" })); // by the stream, unseen
  answer = refused("stale_note", { node: { ...node, note: "theirs" } });
  act().writeNote("mine");
  await settled();
  expect(store.state().screen.dialog).toMatchObject({ kind: "note", before: "theirs", error: "No." });
  answer = Response.json({ ...node, note: "mine" });
  act().writeNote("mine");
  await settled();
  expect(bodies).toEqual([{ note: "mine", note_before: "old" }, { note: "mine", note_before: "theirs" }]);
  expect(store.state().server.nodes[node.id]!.note).toBe("mine");
});
