/** The plan: drafts, what it removes and leaves, preview, reason, apply. */
import { icon } from "../../../marks/icons";
import { type Box, part } from "../../../marks/part";
import { drawActions } from "./actions";
import { drawDraftTable } from "./draftTable";
import { drawHandmade } from "./handmade";
import type { PlanCallbacks, PlanData } from "./planData";
import { drawPreview } from "./preview";
import { drawRadar } from "./radar";
import { drawSummary } from "./summary";
import { drawTabs, showChosen } from "./tabs";

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
  drawTabs(part(head, "div", "tabs"), data, callbacks);
  const add = part(head, "button", "icon add").attr("type", "button").attr("aria-label", "New draft");
  add.attr("title", "New draft, a copy of this one (Shift D)").attr("disabled", data.canAdd ? null : "");
  iconOnce(add, "plus").on("click", () => callbacks.onNewDraft());
  const drop = part(head, "button", "icon drop").attr("type", "button").attr("aria-label", "Throw this draft away");
  drop.attr("title", "Throw this draft away").attr("hidden", data.isClosed || data.tabs.length < 2 ? "" : null);
  iconOnce(drop, "trash").on("click", () => callbacks.onDelete());
  part(head, "span", "grow");
  const rule = part(head, "button", "pick bare rule").attr("type", "button").attr("title", data.ruleTitle);
  part(rule.attr("disabled", data.isClosed ? "" : null), "span", "words").text(data.rule);
  rule.on("click", () => callbacks.onRule());
  const set = part(head, "button", "pick bare set").attr("type", "button");
  part(set, "span", "words").text(data.training);
  set
    .attr("title", `Fine-tuning settings for the node that this plan makes: ${data.training}`)
    .on("click", () => callbacks.onTraining());
  showChosen(head.select<HTMLElement>("div.tabs"), data); // after all that shares the row has its place
}

function iconOnce(button: Box, name: "plus" | "trash"): Box {
  if (!button.node()!.firstElementChild) button.html(icon(name));
  return button;
}
