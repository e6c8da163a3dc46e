import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Link, NewLink } from "../../../../src/api/values";
import { createLinkActions } from "../../../../src/state/actions/experiments/links";
import { withChoice } from "../../../../src/state/changes/patches";
import { createStore, type Store } from "../../../../src/state/store";
import { makeNode, stateWith } from "../../../fixtures/values";

const ada: Link = {
  id: 3,
  experiment_id: 1,
  name: "Ada",
  mode: "read",
  may_export: false,
  view: "",
  created_at: "",
  expires_at: null,
  used_at: null,
};
const request: NewLink = { name: "Ada", mode: "read", may_export: false, view: "", days: null };

let store: Store;
let asked: { method: string; answer: (value: unknown) => void }[];

beforeEach(() => {
  asked = [];
  store = createStore(
    withChoice(stateWith([makeNode(0, null)]), { experiment: 1, node: 10 }),
    () => undefined,
    () => undefined,
    () => undefined,
  );
  vi.stubGlobal(
    "fetch",
    (_: string, { method = "GET" }: { method?: string } = {}) =>
      new Promise<Response>((resolve) =>
        asked.push({
          method: method.toUpperCase(),
          answer: (value) => resolve(value === null ? new Response(null, { status: 204 }) : Response.json(value)),
        }),
      ),
  );
});
afterEach(() => vi.unstubAllGlobals());

const act = () => createLinkActions({ store, notify: () => undefined });
const settled = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));
const listed = (): string[] => Object.values(store.state().server.links).map(({ name }) => name);

test("a list that was asked for before a link was made does not hide it", async () => {
  act().openShare();
  act().makeLink(request);
  asked[1]!.answer({ link: ada, path: "/#token=x", token: "x" });
  await settled();
  asked[0]!.answer([]);
  await settled();
  expect(asked.map(({ method }) => method)).toEqual(["GET", "POST", "GET"]);
  expect(listed()).toEqual(["Ada"]);
  asked[2]!.answer([{ ...ada, name: "Ada, as the server has it" }]);
  await settled();
  expect(listed()).toEqual(["Ada, as the server has it"]);
});

test("a list that was asked for before a link was withdrawn does not bring it back", async () => {
  act().openShare();
  asked[0]!.answer([ada]);
  await settled();
  act().openShare();
  act().withdrawLink(ada.id);
  asked[2]!.answer(null);
  await settled();
  asked[1]!.answer([ada]);
  await settled();
  expect(listed()).toEqual([]);
});
