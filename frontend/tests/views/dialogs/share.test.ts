import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import type { Link, Visitor } from "../../../src/api/values";
import type { Actions } from "../../../src/state/actions";
import { receiveVisitor } from "../../../src/state/actions/experiments/visitors";
import { withChoice, withScreen, withServer } from "../../../src/state/changes/patches";
import type { State } from "../../../src/state/state";
import { extractToken } from "../../../src/views/dialogs/enter";
import { describeLink, drawLinks, shareDialog } from "../../../src/views/dialogs/share";
import { drawVisitor } from "../../../src/views/top/visitor";
import { makeNode, stateWith } from "../../fixtures/values";

const link = (changes: Partial<Link> = {}): Link => ({
  id: 3,
  experiment_id: 1,
  name: "Ada",
  mode: "read",
  may_export: false,
  view: "",
  created_at: "2026-01-02T03:04:05Z",
  expires_at: null,
  used_at: null,
  ...changes,
});
const owner: Visitor = {
  kind: "owner",
  mode: "edit",
  may_export: true,
  experiment_id: null,
  link_id: null,
  name: "",
  is_open: true,
};
const visitor: Visitor = {
  ...owner,
  kind: "link",
  mode: "read",
  experiment_id: 1,
  link_id: 3,
  may_export: false,
  is_open: false,
};

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

function stateFor(viewer: Visitor, url: string | null = null): State {
  const state = withServer(stateWith([makeNode(0, null)]), {
    visitor: viewer,
    links: { 3: link(), 4: link({ id: 4, experiment_id: 2 }) },
  });
  return withScreen(withChoice(state, { experiment: 1, node: 10, panel: "tree" }), {
    dialog: { kind: "share", newLink: url, error: null, isSending: false },
  });
}

test("a link opens this exact view and allows what was chosen", () => {
  const act = { createLink: vi.fn(), revokeLink: vi.fn() };
  shareDialog.draw(select(box), stateFor(owner), act as unknown as Actions);
  box.querySelector<HTMLSelectElement>("[name=mode]")!.value = "edit";
  box.querySelector<HTMLInputElement>("[name=for]")!.value = "Ben";
  box.querySelector<HTMLSelectElement>("[name=days]")!.value = "7";
  box.querySelector<HTMLInputElement>("[name=export]")!.checked = true;
  box.querySelector<HTMLButtonElement>(".buttons .pri")!.click();
  expect(act.createLink).toHaveBeenCalledWith({
    mode: "edit",
    name: "Ben",
    days: 7,
    may_export: true,
    view: "experiment=1&node=10&panel=tree",
  });
});

test("only links to this tree are listed, and each can be revoked", () => {
  const act = { createLink: vi.fn(), revokeLink: vi.fn() };
  shareDialog.draw(select(box), stateFor(owner), act as unknown as Actions);
  expect(box.querySelectorAll(".links li")).toHaveLength(1);
  box.querySelector<HTMLButtonElement>(".links li button")!.click();
  expect(act.revokeLink).toHaveBeenCalledWith(3);
});

test("after revoking by keyboard the next link has the focus", () => {
  const [first, second] = [link(), link({ id: 5, name: "Bo" })];
  drawLinks(select(box), [first, second], () => undefined);
  box.querySelector<HTMLElement>("[aria-label='Revoke Ada']")!.focus();
  drawLinks(select(box), [second], () => undefined);
  expect(document.activeElement?.ariaLabel).toBe("Revoke Bo");
});

test("the new link is shown while the dialog is open, and a local server says how to let others in", () => {
  shareDialog.draw(select(box), stateFor(owner, "http://here/#token=x"), {} as Actions);
  expect(box.querySelector<HTMLInputElement>(".new-link input")!.value).toBe("http://here/#token=x");
  expect(box.textContent).toContain("--host 0.0.0.0");
});

test("a visitor with a link cannot create links", () => {
  shareDialog.draw(select(box), stateFor(visitor), {} as Actions);
  expect(box.querySelector("form")).toBeNull();
  expect(box.textContent).toContain("Only the owner can create links");
});

test("a link is described by what it allows and when it was used", () => {
  expect(describeLink(link())).toBe("view · not used yet");
  expect(describeLink(link({ mode: "edit", may_export: true, expires_at: "2020-01-01T00:00:00Z" }))).toBe(
    "edit · can export weights · expired · not used yet",
  );
});

test("a visitor with a link sees what it allows and can leave; the owner sees nothing", () => {
  const onLeave = vi.fn();
  drawVisitor(select(box), owner, onLeave);
  expect(box.hidden).toBe(true);
  drawVisitor(select(box), visitor, onLeave);
  expect(box.textContent).toContain("Can view");
  box.querySelector("button")!.click();
  expect(onLeave).toHaveBeenCalledOnce();
});

test("anyone without access is asked for a link, and told why if their token is no longer valid", () => {
  const nobody: Visitor = { ...visitor, kind: "nobody", link_id: null };
  expect(receiveVisitor(stateWith([]), nobody).screen.dialog).toMatchObject({ kind: "signIn", error: null });
  expect(receiveVisitor(stateWith([]), { error: "It was revoked." }).screen.dialog).toMatchObject({
    kind: "signIn",
    error: "It was revoked.",
  });
  expect(receiveVisitor(stateWith([]), visitor).screen.dialog).toBeNull();
});

test("a link can be entered in place of its token", () => {
  expect(extractToken("http://here/?node=1#token=abc")).toBe("abc");
  expect(extractToken("abc")).toBe("abc");
});
