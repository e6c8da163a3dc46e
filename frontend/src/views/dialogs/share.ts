/** Creates a link to the current view, and lists and revokes existing links. */
import type { Link, NewLink } from "../../api/values";
import { type Box, ensureElement } from "../../marks/elements";
import type { Actions } from "../../state/actions";
import { writeChoice } from "../../state/url/url";
import { appendViewport } from "../../state/url/viewport";
import type { State } from "../../state/state";
import type { PanelDialog } from "../panel";
import { drawButtons, drawStatusLine } from "./buttons";
import { drawSelect, drawField, listenToSubmit, readNumber, readText } from "./fields";
import { formatPlural } from "../../marks/format";

const LINK_MODES = [
  { value: "read", text: "view: cannot change or start anything" },
  { value: "edit", text: "edit: can also draft and apply plans, write notes and cancel jobs" },
];
const EXPIRY_CHOICES = [
  { value: "", text: "until revoked" },
  { value: "1", text: "for a day" },
  { value: "7", text: "for a week" },
  { value: "30", text: "for 30 days" },
];

export const shareDialog: PanelDialog = {
  label: "Share this view",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    if (dialog?.kind !== "share") return;
    if (state.server.visitor?.kind === "link") {
      drawVisitorNotice(content, act);
      return;
    }
    ensureElement(content, "p", "paragraph").attr("class", "paragraph dim small").text(describeReachability(state));
    const form = ensureElement(content, "form", "form");
    drawLinkForm(form);
    const createLink = (): void => {
      if (!dialog.isSending) act.createLink(readForm(form, state));
    };
    listenToSubmit(form, createLink);
    drawNewLink(ensureElement(content, "div", "new-link"), dialog.newLink, act);
    drawStatusLine(content, dialog, "Creating the link…");
    drawButtons(content, [
      { text: "Copy address without token", run: () => act.copy(location.href, "The address of this view") },
      { text: "Create link", isPrimary: true, isDisabled: dialog.isSending, run: createLink },
    ]);
    drawLinks(ensureElement(content, "div", "links"), listLinks(state), act.revokeLink);
  },
};

const listLinks = ({ server, choice }: State): readonly Link[] =>
  Object.values(server.links)
    .filter((link) => link.experiment_id === choice.experiment)
    .sort((a, b) => b.id - a.id);

function describeReachability({ server }: State): string {
  if (!server.visitor?.is_open)
    return "Anyone with the link can open this tree (and no other) without an account. The tree opens exactly as you see it now.";
  return (
    "This server only accepts connections from its own machine, so links work only on that machine or through an SSH tunnel. " +
    "Start the server with `cnnpruner serve --host 0.0.0.0` to let others use links."
  );
}

function drawLinkForm(form: Box): void {
  drawSelect(form, { name: "mode", label: "Access", choices: LINK_MODES }, () => undefined);
  drawField(form, {
    name: "for",
    label: "Link is for",
    type: "text",
    placeholder: "name or purpose, to recognize the link later",
  });
  drawSelect(form, { name: "days", label: "Link is valid", choices: EXPIRY_CHOICES }, () => undefined);
  const label = ensureElement(form, "label", "check weights").attr("for", "new-export");
  ensureElement(label, "input", "export").attr("type", "checkbox").attr("id", "new-export").attr("name", "export");
  ensureElement(label, "span", "text").text("visitors can export weights");
}

function readForm(form: Box, { choice, screen }: State): NewLink {
  return {
    name: readText(form, "for"),
    mode: readText(form, "mode") as NewLink["mode"],
    may_export: form.select<HTMLInputElement>("[name=export]").property("checked") as boolean,
    view: appendViewport(writeChoice(choice), screen).slice(1),
    days: readNumber(form, "days"),
  };
}

/** Shows the link with its token, which the page forgets when the dialog closes. */
function drawNewLink(box: Box, url: string | null, act: Actions): void {
  box.attr("hidden", url ? null : "").attr("role", "status");
  if (!url) return;
  ensureElement(box, "p", "paragraph")
    .attr("class", "paragraph small")
    .text("Copy the link now: it is shown only once, and only its hash is stored.");
  const field = ensureElement(box, "input", "field")
    .attr("readonly", "")
    .attr("aria-label", "The new link")
    .attr("data-testid", "new-link")
    .property("value", url);
  field.on("focus", () => field.node()!.select());
  ensureElement(box, "button", "btn")
    .attr("type", "button")
    .text("Copy link")
    .on("click", () => act.copy(url, "The new link"));
}

function drawVisitorNotice(content: Box, act: Actions): void {
  ensureElement(content, "p", "paragraph").text(
    "You opened this tree through a shared link. Only the owner can create links. Anyone who already has a link to this tree can open this view at the address below.",
  );
  drawButtons(content, [
    { text: "Copy address", isPrimary: true, run: () => act.copy(location.href, "The address of this view") },
  ]);
}

/** Lists the links to a tree: what each allows, when it was last used, and a button to revoke it. */
export function drawLinks(box: Box, links: readonly Link[], onRevoke: (id: number) => void): void {
  ensureElement(box, "h3", "title").text(
    links.length ? `${formatPlural(links.length, "link")} to this tree` : "No links to this tree yet",
  );
  ensureElement(box, "ul", "list")
    .selectAll<HTMLLIElement, Link>(":scope > li")
    .data(links, ({ id }) => id)
    .join(
      (newItems) => {
        const line = newItems.append("li");
        line.append("b");
        line.append("span");
        line.append("button").attr("type", "button").attr("class", "btn").text("Revoke");
        return line;
      },
      (update) => update,
      (revokedItems) =>
        revokedItems.each(function () {
          removeLinkItem(this);
        }),
    )
    .each(function (link) {
      const name = link.name || `Link ${link.id}`;
      this.querySelector("b")!.textContent = name;
      this.querySelector("span")!.textContent = describeLink(link);
      const button = this.querySelector("button")!;
      button.ariaLabel = `Revoke ${name}`;
      button.onclick = () => onRevoke(link.id);
    });
}

/** Removes a revoked link from the list. If its line had the focus, the next line gets the focus. */
function removeLinkItem(line: HTMLLIElement): void {
  const next = line.contains(document.activeElement) ? (line.nextElementSibling ?? line.previousElementSibling) : null;
  line.remove();
  next?.querySelector("button")?.focus();
}

export function describeLink(link: Link): string {
  const expiryText =
    link.expires_at && (new Date(link.expires_at) < new Date() ? "expired" : `until ${formatTime(link.expires_at)}`);
  const parts = [link.mode === "read" ? "view" : "edit", link.may_export ? "can export weights" : "", expiryText ?? ""];
  return [...parts, link.used_at ? `used ${formatTime(link.used_at)}` : "not used yet"].filter(Boolean).join(" · ");
}

/** Formats a date and time in the time zone of the browser: "2026-11-22 09:30". */
function formatTime(at: string): string {
  const date = new Date(at);
  const pad = (value: number): string => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
}
