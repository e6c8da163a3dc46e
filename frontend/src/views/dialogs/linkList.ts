/** The links to a tree, each with what it allows, when it was used, and a button to withdraw it. */
import type { Link } from "../../api/values";
import { formatPlural } from "../../marks/format";
import { part, type Box } from "../../marks/part";

export function drawLinks(box: Box, links: readonly Link[], onWithdraw: (id: number) => void): void {
  part(box, "h3", "title").text(
    links.length ? `${formatPlural(links.length, "link")} to this tree` : "No links to this tree yet",
  );
  part(box, "ul", "list")
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
          leave(this);
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
function leave(line: HTMLLIElement): void {
  const next = line.contains(document.activeElement) ? (line.nextElementSibling ?? line.previousElementSibling) : null;
  line.remove();
  next?.querySelector("button")?.focus();
}

export function describeLink(link: Link): string {
  const until =
    link.expires_at && (new Date(link.expires_at) < new Date() ? "over" : `until ${formatDay(link.expires_at)}`);
  const parts = [link.mode === "read" ? "look" : "edit", link.may_export ? "with weights" : "", until ?? ""];
  return [...parts, link.used_at ? `used ${formatDay(link.used_at)}` : "not used yet"].filter(Boolean).join(" · ");
}

/** 2026-11-22 09:30, in the reader's time. */
function formatDay(at: string): string {
  const day = new Date(at);
  const pad = (part: number): string => String(part).padStart(2, "0");
  return `${day.getFullYear()}-${pad(day.getMonth() + 1)}-${pad(day.getDate())} ${pad(day.getHours())}:${pad(day.getMinutes())}`;
}
