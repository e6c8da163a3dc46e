/**
 * Draws the plan area: drafts as tabs, the cost now and after the plan, preview, overrides, reason, and the Preview and
 * Apply buttons.
 */
import type { Cost } from "../../../api/values";
import { removedShareOfFreeFilters } from "../../../planning/shares";
import { icon } from "../../../marks/icons";
import { type Box, ensureElement } from "../../../marks/elements";
import { drawPlanActions } from "./actions";
import { drawDraftTable } from "./draftTable";
import { drawOverrides } from "./overrides";
import type { PlanCallbacks, PlanData, Tab } from "./planData";
import { drawPreview } from "./preview";
import { drawRadar } from "./radar";
import { formatRelativeChange, formatCount } from "../../../marks/format";

export function drawPlan(box: Box, data: PlanData, callbacks: PlanCallbacks): void {
  drawHeader(ensureElement(box, "div", "planhead"), data, callbacks);
  const radar = ensureElement(box, "div", "radarbox");
  const table = ensureElement(box, "div", "plantab");
  const sizes = radarAndTableSizes(data);
  drawRadar(radar, { shares: data.shares, otherPlan: data.otherPlan, ...sizes.radar });
  drawSummary(table, data);
  drawPreview(table, { ...data.preview, width: sizes.table }, (samples) =>
    callbacks.onChooseNewlyMisclassified(samples),
  );
  drawOverrides(table, data, callbacks);
  drawDraftTable(table, data.isEnlarged ? data.drafts : [], (key) => callbacks.onChooseDraft(key));
  drawPlanActions(ensureElement(box, "div", "actions"), data, callbacks);
}

/**
 * Returns the sizes of the radar and the table of costs, in pixels, as in `plan.css`. The radar is next to the table
 * or, in the enlarged panel, above it.
 */
function radarAndTableSizes({ width, isEnlarged }: PlanData): {
  radar: { width: number; height: number };
  table: number;
} {
  if (isEnlarged) return { radar: { width, height: 236 }, table: width - 24 };
  return { radar: { width: 224, height: 193 }, table: Math.max(240, width - 224 - 12) };
}

function drawHeader(head: Box, data: PlanData, callbacks: PlanCallbacks): void {
  ensureElement(head, "h2", "name").text("Plan");
  drawTabs(ensureElement(head, "div", "tabs"), data, callbacks);
  const addButton = ensureElement(head, "button", "icon add").attr("type", "button").attr("aria-label", "New draft");
  addButton.attr("title", "New draft, copied from this one (Shift+D)").attr("disabled", data.canAddDraft ? null : "");
  setButtonIcon(addButton, "plus").on("click", () => callbacks.onCreateDraft());
  const remove = ensureElement(head, "button", "icon delete")
    .attr("type", "button")
    .attr("aria-label", "Delete this draft");
  remove.attr("title", "Delete this draft").attr("hidden", data.isApplied || data.tabs.length < 2 ? "" : null);
  setButtonIcon(remove, "trash").on("click", () => callbacks.onDelete());
  ensureElement(head, "span", "grow");
  const rule = ensureElement(head, "button", "pick bare rule").attr("type", "button").attr("title", data.ruleTitle);
  ensureElement(rule.attr("disabled", data.isApplied ? "" : null), "span", "words").text(data.rule);
  rule.on("click", () => callbacks.onOpenRule());
  const training = ensureElement(head, "button", "pick bare training").attr("type", "button");
  ensureElement(training, "span", "words").text(data.training);
  training
    .attr("title", data.trainingTitle)
    .attr("disabled", data.isApplied && !data.child ? "" : null)
    .on("click", () => {
      if (!data.isApplied) callbacks.onOpenTraining();
      else if (data.child) callbacks.onOpenProvenance(data.child.id);
    });
  scrollToChosenTab(head.select<HTMLElement>("div.tabs"), data); // last: the width of the tabs depends on the rest of the row
}

function setButtonIcon(button: Box, name: "plus" | "trash"): Box {
  if (!button.node()!.firstElementChild) button.html(icon(name));
  return button;
}

interface SummaryRow {
  readonly name: string;
  readonly now: number;
  readonly after: number;
  /** Relative change of the value; −0.5 means that it is halved. */
  readonly change: number;
  /** Words after the percentage that say what 100% refers to; empty if 100% is the value before the plan. */
  readonly suffix: string;
  /** The quantity that the percentage refers to, for the tooltip. */
  readonly percentageBase: string;
}

/**
 * Returns the name and the tooltip text of the row with the MACs. If some operations are not counted, the name says
 * "incomplete", and the tooltip lists these operations.
 */
function macsRowTexts(uncounted: readonly string[]): Pick<SummaryRow, "name" | "percentageBase"> {
  const macsDescription = "the multiply-accumulate operations per image";
  if (uncounted.length === 0) return { name: "MACs", percentageBase: macsDescription };
  return { name: "MACs, incomplete", percentageBase: `${macsDescription}, not counting ${uncounted.join(", ")}` };
}

/** Draws the table of costs: each cost now and after the plan, as numbers and bars. */
function drawSummary(box: Box, data: PlanData): void {
  const { nodeNumber, notes, shortfall, brokenLimits } = data;
  const table = ensureElement(box, "table", "summary");
  const head = ensureElement(table, "thead", "columns");
  ensureElement(head, "tr", "names")
    .selectAll("th")
    .data(["", `node ${nodeNumber}`, "after", "change", ""])
    .join("th")
    .attr("scope", "col")
    .text((text) => text);
  drawRows(ensureElement(table, "tbody", "values"), [filtersRow(data), ...costRows(data)]);
  const sentences = [...brokenLimits, ...(shortfall === null ? [] : [shortfall]), ...notes];
  const paragraph = ensureElement(box, "p", "notes")
    .attr("hidden", sentences.length ? null : "")
    .attr("title", sentences.join("\n"));
  ensureElement(paragraph, "span", "broken")
    .attr("role", "alert")
    .text(brokenLimits.map((sentence) => `⚠\u00a0${sentence} `).join(""));
  ensureElement(paragraph, "span", "reach").text(shortfall === null ? "" : `${shortfall} `);
  ensureElement(paragraph, "span", "other").text(notes.join(" "));
}

function filtersRow({ cost: now, costAfter, removedFilters, freeFilters }: PlanData): SummaryRow {
  return {
    name: "Filters",
    now: now.filters,
    after: costAfter.filters,
    change: -(removedShareOfFreeFilters(removedFilters, freeFilters) ?? 0),
    suffix: " of free",
    percentageBase: `the ${formatCount(freeFilters)} free filters; the other ${formatCount(now.filters - freeFilters)} cannot be removed`,
  };
}

function costRows({ cost: now, costAfter, uncounted }: PlanData): SummaryRow[] {
  const macs = macsRowTexts(uncounted);
  const row = (name: string, key: keyof Cost, percentageBase: string): SummaryRow => ({
    name,
    now: now[key],
    after: costAfter[key],
    change: now[key] ? costAfter[key] / now[key] - 1 : 0,
    suffix: "",
    percentageBase,
  });
  return [
    row("Parameters", "parameters", "all parameters"),
    row(macs.name, "macs", macs.percentageBase),
    row("Size, bytes", "size_bytes", "the size of the safetensors file"),
  ];
}

function drawRows(body: Box, data: readonly SummaryRow[]): void {
  const rows = body
    .selectAll<HTMLTableRowElement, SummaryRow>("tr")
    .data(data, (row) => row.name)
    .join((enter) => {
      const row = enter.append("tr");
      row.append("th").attr("scope", "row");
      for (const name of ["now", "after", "change", "bar"]) row.append("td").attr("class", name);
      row.select("td.bar").append("i").append("u");
      return row;
    });
  rows
    .select("th")
    .attr("title", ({ percentageBase }) => percentageBase)
    .text((row) => row.name);
  rows.select("td.now").text((row) => formatCount(row.now));
  rows
    .select("td.after")
    .attr("data-value", (row) => row.after)
    .text((row) => formatCount(row.after));
  rows
    .select("td.change")
    .attr("title", ({ percentageBase }) => `of ${percentageBase}`)
    .text(({ change, suffix }) => `${formatRelativeChange(change)}${suffix}`);
  rows.select<HTMLElement>("td.bar i u").style("width", ({ change }) => `${Math.max(0, -100 * change)}%`);
}

/** Draws the tabs of the drafts. The Tab key reaches only the chosen tab; arrow keys move from tab to tab. */
function drawTabs(box: Box, { tabs, isApplied }: Pick<PlanData, "tabs" | "isApplied">, callbacks: PlanCallbacks): void {
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
    .on("click", (_, tab) => callbacks.onChooseDraft(tab.key))
    .on("dblclick", () => {
      if (!isApplied) callbacks.onRenameDraft(); // the first click of the two has already chosen the draft
    });
  buttons.on("keydown", (event: KeyboardEvent, tab) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = step && tabs[tabs.indexOf(tab) + step];
    if (!next) return;
    event.preventDefault();
    callbacks.onChooseDraft(next.key);
    buttons
      .filter((other) => other.key === next.key)
      .node()
      ?.focus();
  });
}

/**
 * Scrolls to the tab of the chosen draft if another draft was chosen, or if the number of tabs or the width has
 * changed.
 */
function scrollToChosenTab(
  box: Box,
  { tabs, width, isEnlarged }: Pick<PlanData, "tabs" | "width" | "isEnlarged">,
): void {
  const node = box.node()!;
  const shown = [tabs.find((tab) => tab.isChosen)?.key, tabs.length, width, isEnlarged].join(" ");
  if (node.dataset.shown === shown) return;
  node.dataset.shown = shown;
  const { offsetLeft = 0, offsetWidth = 0 } = box.select<HTMLElement>("[aria-selected=true]").node() ?? {};
  node.scrollLeft = offsetLeft - node.offsetLeft - (node.clientWidth - offsetWidth) / 2;
  fadeTabEnds(node);
  box.on("scroll", () => fadeTabEnds(node));
}

/** Fades each end of the row of tabs beyond which there are more tabs. */
function fadeTabEnds(node: HTMLElement): void {
  node.classList.toggle("more-before", node.scrollLeft > 1);
  node.classList.toggle("more-after", node.scrollLeft + node.clientWidth < node.scrollWidth - 1);
}
