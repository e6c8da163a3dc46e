import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import type { Link, Visitor } from "../../../src/api/values";
import type { Actions } from "../../../src/state/actions";
import { receiveVisitor } from "../../../src/state/actions/experiments/visitors";
import { withChoice, withScreen, withServer } from "../../../src/state/changes/patches";
import type { State } from "../../../src/state/state";
import { tokenOf } from "../../../src/views/dialogs/enter";
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
const holder: Visitor = {
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

function shown(visitor: Visitor, made: string | null = null): State {
  const state = withServer(stateWith([makeNode(0, null)]), {
    visitor,
    links: { 3: link(), 4: link({ id: 4, experiment_id: 2 }) },
  });
  return withScreen(withChoice(state, { experiment: 1, node: 10, panel: "tree" }), {
    dialog: { kind: "share", newLink: made, error: null, sending: false },
  });
}

test("a link opens exactly this view, and what it allows is what was chosen", () => {
  const act = { makeLink: vi.fn(), withdrawLink: vi.fn() };
  shareDialog.draw(select(box), shown(owner), act as unknown as Actions);
  box.querySelector<HTMLSelectElement>("[name=mode]")!.value = "edit";
  box.querySelector<HTMLInputElement>("[name=for]")!.value = "Ben";
  box.querySelector<HTMLSelectElement>("[name=days]")!.value = "7";
  box.querySelector<HTMLInputElement>("[name=export]")!.checked = true;
  box.querySelector<HTMLButtonElement>(".buttons .pri")!.click();
  expect(act.makeLink).toHaveBeenCalledWith({
    mode: "edit",
    name: "Ben",
    days: 7,
    may_export: true,
    view: "experiment=1&node=10&panel=tree",
  });
});

test("links to this tree alone are listed, and each can be withdrawn", () => {
  const act = { makeLink: vi.fn(), withdrawLink: vi.fn() };
  shareDialog.draw(select(box), shown(owner), act as unknown as Actions);
  expect(box.querySelectorAll(".links li")).toHaveLength(1);
  box.querySelector<HTMLButtonElement>(".links li button")!.click();
  expect(act.withdrawLink).toHaveBeenCalledWith(3);
});

test("who withdraws by keys goes on at the next link", () => {
  const [first, second] = [link(), link({ id: 5, name: "Bo" })];
  drawLinks(select(box), [first, second], () => undefined);
  box.querySelector<HTMLElement>("[aria-label='Withdraw Ada']")!.focus();
  drawLinks(select(box), [second], () => undefined);
  expect(document.activeElement?.ariaLabel).toBe("Withdraw Bo");
});

test("the new link stands there while the dialog is open; on an open server it says how others get in", () => {
  shareDialog.draw(select(box), shown(owner, "http://here/#token=x"), {} as Actions);
  expect(box.querySelector<HTMLInputElement>(".made input")!.value).toBe("http://here/#token=x");
  expect(box.textContent).toContain("--host 0.0.0.0");
});

test("who is here by a link makes none", () => {
  shareDialog.draw(select(box), shown(holder), {} as Actions);
  expect(box.querySelector("form")).toBeNull();
  expect(box.textContent).toContain("made by the owner");
});

test("what a link allows and when it was used is told in a line", () => {
  expect(describeLink(link())).toBe("look · not used yet");
  expect(describeLink(link({ mode: "edit", may_export: true, expires_at: "2020-01-01T00:00:00Z" }))).toBe(
    "edit · with weights · over · not used yet",
  );
});

test("a visitor by link is told so and can leave; the owner sees nothing of it", () => {
  const leave = vi.fn();
  drawVisitor(select(box), owner, leave);
  expect(box.hidden).toBe(true);
  drawVisitor(select(box), holder, leave);
  expect(box.textContent).toContain("Looking only");
  box.querySelector("button")!.click();
  expect(leave).toHaveBeenCalledOnce();
});

test("whoever may not come in is asked for a link, with the reason where the token is no longer good", () => {
  const nobody: Visitor = { ...holder, kind: "nobody", link_id: null };
  expect(receiveVisitor(stateWith([]), nobody).screen.dialog).toMatchObject({ kind: "enter", error: null });
  expect(receiveVisitor(stateWith([]), { refusal: "It was withdrawn." }).screen.dialog).toMatchObject({
    kind: "enter",
    error: "It was withdrawn.",
  });
  expect(receiveVisitor(stateWith([]), holder).screen.dialog).toBeNull();
});

test("a whole link counts as its token", () => {
  expect(tokenOf("http://here/?node=1#token=abc")).toBe("abc");
  expect(tokenOf("abc")).toBe("abc");
});
