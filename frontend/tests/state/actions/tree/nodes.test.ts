import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createNodeActions } from "../../../../src/state/actions/tree/nodes";
import { withServerValue } from "../../../../src/state/changes/patches";
import { createStore, type Store } from "../../../../src/state/store";
import { makeNode, stateWith } from "../../../fixtures/values";

const node = makeNode(0, null, { note: "old" });
let store: Store;
let bodies: unknown[];
let answer: Response;

beforeEach(() => {
  bodies = [];
  store = createStore(
    stateWith([node]),
    () => undefined,
    () => undefined,
    () => undefined,
  );
  vi.stubGlobal("fetch", (_: string, { body }: { body: string }) => {
    bodies.push(JSON.parse(body));
    return Promise.resolve(answer);
  });
});
afterEach(() => vi.unstubAllGlobals());

const act = () => createNodeActions({ store, notify: () => undefined });
const flushPromises = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));
const refused = (code: string, details: object) =>
  Response.json({ error: { code, message: "No.", details } }, { status: 409 });

test("the note dialog closes only when the server has saved the note", async () => {
  act().openNote(node);
  answer = refused("conflict", {});
  act().writeNote("new");
  await flushPromises();
  expect(store.state().screen.dialog).toMatchObject({ kind: "note", error: "No.", isSending: false });
  answer = Response.json({ ...node, note: "new" });
  act().writeNote("new");
  await flushPromises();
  expect(store.state().screen.dialog).toBeNull();
  expect(store.state().server.nodes[node.id]!.note).toBe("new");
});

test("a concurrent note is shown, and overwritten only by saving again", async () => {
  act().openNote(node);
  store.dispatch((state) => withServerValue(state, "nodes", node.id, { ...node, note: "theirs" })); // by the stream, unseen
  answer = refused("stale_note", { node: { ...node, note: "theirs" } });
  act().writeNote("mine");
  await flushPromises();
  expect(store.state().screen.dialog).toMatchObject({ kind: "note", before: "theirs", error: "No." });
  answer = Response.json({ ...node, note: "mine" });
  act().writeNote("mine");
  await flushPromises();
  expect(bodies).toEqual([
    { note: "mine", note_before: "old" },
    { note: "mine", note_before: "theirs" },
  ]);
  expect(store.state().server.nodes[node.id]!.note).toBe("mine");
});

test("toggling the star while a change is pending sends only the final state", async () => {
  const answers: (() => void)[] = [];
  vi.stubGlobal("fetch", (_: string, { body }: { body: string }) => {
    const changes = JSON.parse(body) as { starred: boolean };
    bodies.push(changes);
    return new Promise((resolve) => void answers.push(() => resolve(Response.json({ ...node, ...changes }))));
  });
  const { toggleStar } = act();
  toggleStar(node.id);
  toggleStar(node.id);
  expect(bodies).toEqual([{ starred: true }]); // the other waits, so that it cannot overtake
  answers.shift()!();
  await flushPromises();
  answers.shift()!();
  await flushPromises();
  expect(bodies).toEqual([{ starred: true }, { starred: false }]);
  expect(store.state().server.nodes[node.id]!.starred).toBe(false);
  for (let press = 0; press < 3; press++) toggleStar(node.id);
  answers.shift()!();
  await flushPromises();
  expect(bodies.slice(2)).toEqual([{ starred: true }]);
  expect(store.state().server.nodes[node.id]!.starred).toBe(true);
});

test("a rejected star can be set again", async () => {
  answer = refused("conflict", {});
  const { toggleStar } = act();
  toggleStar(node.id);
  await flushPromises();
  answer = Response.json({ ...node, starred: true });
  toggleStar(node.id);
  await flushPromises();
  expect(bodies).toEqual([{ starred: true }, { starred: true }]);
  expect(store.state().server.nodes[node.id]!.starred).toBe(true);
});
