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
const newLink: NewLink = { name: "Ada", mode: "read", may_export: false, view: "", days: null };

let store: Store;
let requests: { method: string; answer: (value: unknown) => void }[];

beforeEach(() => {
  requests = [];
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
        requests.push({
          method: method.toUpperCase(),
          answer: (value) => resolve(value === null ? new Response(null, { status: 204 }) : Response.json(value)),
        }),
      ),
  );
});
afterEach(() => vi.unstubAllGlobals());

const act = () => createLinkActions({ store, notify: () => undefined });
const flushPromises = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));
const linkNames = (): string[] => Object.values(store.state().server.links).map(({ name }) => name);

test("a list requested before a link was created does not hide the link", async () => {
  act().openShareDialog();
  act().createLink(newLink);
  requests[1]!.answer({ link: ada, path: "/#token=x", token: "x" });
  await flushPromises();
  requests[0]!.answer([]);
  await flushPromises();
  expect(requests.map(({ method }) => method)).toEqual(["GET", "POST", "GET"]);
  expect(linkNames()).toEqual(["Ada"]);
  requests[2]!.answer([{ ...ada, name: "Ada, as the server has it" }]);
  await flushPromises();
  expect(linkNames()).toEqual(["Ada, as the server has it"]);
});

test("a list requested before a link was revoked does not restore the link", async () => {
  act().openShareDialog();
  requests[0]!.answer([ada]);
  await flushPromises();
  act().openShareDialog();
  act().revokeLink(ada.id);
  requests[2]!.answer(null);
  await flushPromises();
  requests[1]!.answer([ada]);
  await flushPromises();
  expect(linkNames()).toEqual([]);
});
