import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createNodeActions } from "../../../../src/state/actions/tree/nodes";
import { withValue } from "../../../../src/state/changes/patches";
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
const settled = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));
const refused = (code: string, details: object) =>
  Response.json({ error: { code, message: "No.", details } }, { status: 409 });

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
  expect(bodies).toEqual([
    { note: "mine", note_before: "old" },
    { note: "mine", note_before: "theirs" },
  ]);
  expect(store.state().server.nodes[node.id]!.note).toBe("mine");
});

test("a second press while the star is under way takes it back, a third gives it again", async () => {
  const answers: (() => void)[] = [];
  vi.stubGlobal("fetch", (_: string, { body }: { body: string }) => {
    const changes = JSON.parse(body) as { starred: boolean };
    bodies.push(changes);
    return new Promise((resolve) => void answers.push(() => resolve(Response.json({ ...node, ...changes }))));
  });
  const { toggleStar } = act();
  toggleStar(node.id);
  toggleStar(node.id);
  expect(bodies).toEqual([{ starred: true }]); // the other waits, or it might overtake
  answers.shift()!();
  await settled();
  answers.shift()!();
  await settled();
  expect(bodies).toEqual([{ starred: true }, { starred: false }]);
  expect(store.state().server.nodes[node.id]!.starred).toBe(false);
  for (let press = 0; press < 3; press++) toggleStar(node.id);
  answers.shift()!();
  await settled();
  expect(bodies.slice(2)).toEqual([{ starred: true }]);
  expect(store.state().server.nodes[node.id]!.starred).toBe(true);
});

test("a star that was refused can be wanted again", async () => {
  answer = refused("conflict", {});
  const { toggleStar } = act();
  toggleStar(node.id);
  await settled();
  answer = Response.json({ ...node, starred: true });
  toggleStar(node.id);
  await settled();
  expect(bodies).toEqual([{ starred: true }, { starred: true }]);
  expect(store.state().server.nodes[node.id]!.starred).toBe(true);
});
