/** The plan: drafts, what it removes and leaves, preview, reason, apply. */
import { icon } from "../../marks/icons";
import { type Box, part } from "../../marks/part";
import { drawActions } from "./actions";
import { drawDraftTable } from "./draftTable";
import { drawHandmade } from "./handmade";
import type { PlanCallbacks, PlanData, Tab } from "./planData";
import { drawPreview } from "./preview";
import { drawRadar } from "./radar";
import { drawSummary } from "./summary";

export function drawPlan(box: Box, data: PlanData, callbacks: PlanCallbacks): void {
  drawHead(part(box, "div", "planhead"), data, callbacks);
  const radar = part(box, "div", "radarbox");
  const table = part(box, "div", "plantab");
  const sizes = layoutArea(data);
  drawRadar(radar, { shares: data.shares, other: data.other, ...sizes.radar });
  drawSummary(table, data);
  drawPreview(table, { ...data.preview, width: sizes.table }, (samples) => callbacks.onFlipped(samples));
  drawHandmade(table, data, callbacks);
  drawDraftTable(table, data.enlarged ? data.drafts : [], (key) => callbacks.onTab(key));
  drawActions(part(box, "div", "actions"), data, callbacks);
}

/** Radar beside the numbers, or above them where the panel is enlarged; as `plan.css` has it. */
function layoutArea({ width, enlarged }: PlanData): { radar: { width: number; height: number }; table: number } {
  if (enlarged) return { radar: { width, height: 236 }, table: width - 24 };
  return { radar: { width: 224, height: 193 }, table: Math.max(240, width - 224 - 12) };
}

function drawHead(head: Box, data: PlanData, callbacks: PlanCallbacks): void {
  part(head, "h2", "name").text("Plan");
  drawTabs(part(head, "div", "tabs"), data.tabs, callbacks);
  const add = part(head, "button", "icon add").attr("type", "button").attr("aria-label", "New draft");
  add.attr("title", "New draft, a copy of this one (Shift D)").attr("disabled", data.canAdd ? null : "");
  iconOnce(add, "plus").on("click", () => callbacks.onNewDraft());
  const drop = part(head, "button", "icon drop").attr("type", "button").attr("aria-label", "Throw this draft away");
  drop.attr("title", "Throw this draft away").attr("hidden", data.isClosed || data.tabs.length < 2 ? "" : null);
  iconOnce(drop, "trash").on("click", () => callbacks.onDelete());
  part(head, "span", "grow");
  part(head, "button", "pick bare rule")
    .attr("type", "button")
    .attr("title", "Rule and limits of this plan (R)")
    .attr("disabled", data.isClosed ? "" : null)
    .text(data.rule)
    .on("click", () => callbacks.onRule());
  part(head, "button", "pick bare set")
    .attr("type", "button")
    .attr("title", "Fine-tuning settings for the node that this plan makes")
    .text(data.training)
    .on("click", () => callbacks.onTraining());
}

function iconOnce(button: Box, name: "plus" | "trash"): Box {
  if (!button.node()!.firstElementChild) button.html(icon(name));
  return button;
}

/** Scrolls once after another draft is chosen; a person's own scrolling stays. */
function showChosen(box: Box, tabs: readonly Tab[]): void {
  const node = box.node()!;
  const chosen = String(tabs.find((tab) => tab.isChosen)?.key);
  if (node.dataset.chosen === chosen) return;
  node.dataset.chosen = chosen;
  const { offsetLeft = 0 } = box.select<HTMLElement>("[aria-selected=true]").node() ?? {};
  node.scrollLeft = offsetLeft - node.offsetLeft - node.clientWidth / 2;
}

/** One tab stop; arrow keys go through the drafts. */
function drawTabs(box: Box, tabs: readonly Tab[], callbacks: PlanCallbacks): void {
  const buttons = box
    .attr("role", "tablist")
    .attr("aria-label", "Drafts")
    .selectAll<HTMLButtonElement, Tab>("button")
    .data(tabs, (tab) => tab.key)
    .join("button")
    .attr("type", "button")
    .attr("role", "tab")
    .attr("aria-selected", (tab) => tab.isChosen)
    .attr("tabindex", (tab) => (tab.isChosen ? 0 : -1))
    .attr("title", (tab) => tab.title)
    .text((tab) => tab.text)
    .on("click", (_, tab) => callbacks.onTab(tab.key));
  showChosen(box, tabs);
  buttons.on("keydown", (event: KeyboardEvent, tab) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = step && tabs[tabs.indexOf(tab) + step];
    if (!next) return;
    event.preventDefault();
    callbacks.onTab(next.key);
    buttons.filter((one) => one.key === next.key).node()?.focus();
  });
}
