/** Makes a link to exactly this view, and lists and withdraws those there are. */
import type { Link, NewLink } from "../../api/values";
import { type Box, ensureElement } from "../../marks/part";
import type { Actions } from "../../state/actions";
import { writeChoice } from "../../state/url/url";
import { withSight } from "../../state/url/sight";
import type { State } from "../../state/state";
import type { PanelDialog } from "../panel";
import { drawButtons, drawStatusLine } from "./buttons";
import { drawChoice, drawField, onSubmit, readNumber, readText } from "./fields";
import { formatPlural } from "../../marks/format";

const MODES = [
  { value: "read", text: "look: nothing can be changed or started" },
  { value: "edit", text: "edit: draft, apply, note and cancel, too" },
];
const DAYS = [
  { value: "", text: "until it is withdrawn" },
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
    ensureElement(content, "p", "paragraph").attr("class", "paragraph dim small").text(describeReach(state));
    const form = ensureElement(content, "form", "form");
    drawForm(form);
    const make = (): void => {
      if (!dialog.sending) act.makeLink(readForm(form, state));
    };
    onSubmit(form, make);
    drawNewLink(ensureElement(content, "div", "made"), dialog.made, act);
    drawStatusLine(content, dialog, "Making it…");
    drawButtons(content, [
      { text: "Copy address without token", run: () => act.copy(location.href, "The address") },
      { text: "Make link", isMain: true, disabled: dialog.sending, run: make },
    ]);
    drawLinks(ensureElement(content, "div", "links"), listLinks(state), act.withdrawLink);
  },
};

const listLinks = ({ server, choice }: State): readonly Link[] =>
  Object.values(server.links)
    .filter((link) => link.experiment_id === choice.experiment)
    .sort((a, b) => b.id - a.id);

function describeReach({ server }: State): string {
  if (!server.visitor?.is_open)
    return "Whoever has the link comes in without an account, sees this tree alone, and opens it as you see it now.";
  return (
    "This server answers its own machine alone, so a link works here or through an SSH tunnel. " +
    "Start it with `cnnpruner serve --host 0.0.0.0` to let others in by link."
  );
}

function drawForm(form: Box): void {
  drawChoice(form, { name: "mode", label: "Its holder may", choices: MODES }, () => undefined);
  drawField(form, { name: "for", label: "For", type: "text", placeholder: "name or purpose, to know it again" });
  drawChoice(form, { name: "days", label: "Good", choices: DAYS }, () => undefined);
  const label = ensureElement(form, "label", "check weights").attr("for", "new-export");
  ensureElement(label, "input", "export").attr("type", "checkbox").attr("id", "new-export").attr("name", "export");
  ensureElement(label, "span", "text").text("may take weights away");
}

function readForm(form: Box, { choice, screen }: State): NewLink {
  return {
    name: readText(form, "for"),
    mode: readText(form, "mode") as NewLink["mode"],
    may_export: form.select<HTMLInputElement>("[name=export]").property("checked") as boolean,
    view: withSight(writeChoice(choice), screen).slice(1),
    days: readNumber(form, "days"),
  };
}

/** The token stands here and nowhere else: closing the dialog forgets it. */
function drawNewLink(box: Box, url: string | null, act: Actions): void {
  box.attr("hidden", url ? null : "").attr("role", "status");
  if (!url) return;
  ensureElement(box, "p", "paragraph")
    .attr("class", "paragraph small")
    .text("Copy it now: it is shown this once, and only its fingerprint is kept.");
  const field = ensureElement(box, "input", "field")
    .attr("readonly", "")
    .attr("aria-label", "The new link")
    .attr("data-testid", "made-link")
    .property("value", url);
  field.on("focus", () => field.node()!.select());
  ensureElement(box, "button", "btn")
    .attr("type", "button")
    .text("Copy link")
    .on("click", () => act.copy(url, "The link"));
}

function drawVisitorNotice(content: Box, act: Actions): void {
  ensureElement(content, "p", "paragraph").text(
    "You are here by a link. Links are made by the owner of the tree; who has one of their own opens this view by its address.",
  );
  drawButtons(content, [{ text: "Copy address", isMain: true, run: () => act.copy(location.href, "The address") }]);
}

/** The links to a tree, each with what it allows, when it was used, and a button to withdraw it. */
export function drawLinks(box: Box, links: readonly Link[], onWithdraw: (id: number) => void): void {
  ensureElement(box, "h3", "title").text(
    links.length ? `${formatPlural(links.length, "link")} to this tree` : "No links to this tree yet",
  );
  ensureElement(box, "ul", "list")
    .selectAll<HTMLLIElement, Link>(":scope > li")
    .data(links, ({ id }) => id)
    .join(
      (enter) => {
        const line = enter.append("li");
        line.append("b");
        line.append("span");
        line.append("button").attr("type", "button").attr("class", "btn").text("Withdraw");
        return line;
      },
      (update) => update,
      (exit) =>
        exit.each(function () {
          removeLine(this);
        }),
    )
    .each(function (link) {
      const name = link.name || `Link ${link.id}`;
      this.querySelector("b")!.textContent = name;
      this.querySelector("span")!.textContent = describeLink(link);
      const button = this.querySelector("button")!;
      button.ariaLabel = `Withdraw ${name}`;
      button.onclick = () => onWithdraw(link.id);
    });
}

/** Who works by keys goes on at the next link. */
function removeLine(line: HTMLLIElement): void {
  const next = line.contains(document.activeElement) ? (line.nextElementSibling ?? line.previousElementSibling) : null;
  line.remove();
  next?.querySelector("button")?.focus();
}

export function describeLink(link: Link): string {
  const until =
    link.expires_at && (new Date(link.expires_at) < new Date() ? "over" : `until ${formatTime(link.expires_at)}`);
  const parts = [link.mode === "read" ? "look" : "edit", link.may_export ? "with weights" : "", until ?? ""];
  return [...parts, link.used_at ? `used ${formatTime(link.used_at)}` : "not used yet"].filter(Boolean).join(" · ");
}

/** 2026-11-22 09:30, in the reader's time. */
function formatTime(at: string): string {
  const day = new Date(at);
  const pad = (part: number): string => String(part).padStart(2, "0");
  return `${day.getFullYear()}-${pad(day.getMonth() + 1)}-${pad(day.getDate())} ${pad(day.getHours())}:${pad(day.getMinutes())}`;
}
