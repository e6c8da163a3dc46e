/** The row above the bubbles: value, percentage, steps, what the axes show, rounding of widths. */
import type { CriterionInfo } from "../../api/values";
import { formatShare } from "../../marks/format";
import { type Box, part } from "../../marks/part";
import { criterionTitle } from "../../state/select";

export interface ToolsData {
  readonly score: number | null;
  /** Low scores go; else the high ones, of a criterion that keeps low. */
  readonly removesBelow: boolean;
  /** Share of the free filters that goes, 0-100. */
  readonly percent: number;
  /** The percentage that the rule itself names; null for other rules. */
  readonly rulePercent: number | null;
  readonly roundTo: number;
  readonly size: "instability" | "none";
  readonly criteria: readonly CriterionInfo[];
  readonly criterion: string;
  /** The x axis may be changed, also where the plan is closed. */
  readonly isChoosable: boolean;
  readonly isEnabled: boolean;
  /** Why it is not, for the title. */
  readonly reason: string;
  readonly width: number;
}

export interface ToolsCallbacks {
  onScore(score: number): void;
  onPercent(percent: number): void;
  onRoundTo(width: number): void;
  onSize(size: "instability" | "none"): void;
  onCriterion(criterion: string): void;
}

const CHIPS = [5, 10, 25, 50, 75];

export function drawTools(box: Box, data: ToolsData, callbacks: ToolsCallbacks): void {
  const row = part(box, "div", "toolrow").attr("title", data.isEnabled ? null : data.reason);
  row.classed("off", !data.isEnabled);
  part(row, "label", "below").text(data.removesBelow ? "Remove below" : "Remove above").attr("for", "line-score");
  drawField(row, "score", data.score === null ? "" : formatScore(data.score), data, (score) => callbacks.onScore(score));
  part(row, "label", "or").text("or").attr("for", "line-percent");
  drawField(row, "percent", formatShare(data.percent / 100), data, (percent) => callbacks.onPercent(percent));
  part(row, "label", "of").text(data.width < 620 ? "%" : "% of filters").attr("for", "line-percent");
  drawChips(part(row, "span", "seg"), data, callbacks);
  part(row, "span", "grow");
  const axis = { ...data, isEnabled: data.isChoosable };
  drawPick(row, { name: "x-axis", options: axes(data), chosen: data.criterion }, axis, (name) => callbacks.onCriterion(name));
  drawPick(row, { name: "size", options: SIZES, chosen: data.size }, data, (value) =>
    callbacks.onSize(value === "none" ? "none" : "instability"),
  );
  drawPick(row, { name: "round", options: ROUNDS, chosen: `${data.roundTo}` }, data, (value) =>
    callbacks.onRoundTo(Number(value)),
  );
}

/** Three significant digits; a plain 0; no exponent for large ones. */
export function formatScore(score: number): string {
  if (Math.abs(score) >= 1000) return score.toFixed(0);
  return Math.abs(score) < 1e-5 ? "0" : score.toPrecision(3);
}

function drawField(row: Box, name: string, text: string, data: ToolsData, onValue: (value: number) => void): void {
  const { isEnabled } = data;
  const field = part(row, "input", `field number ${name}`);
  const title = name === "score" ? `Remove filters that score ${data.removesBelow ? "below" : "above"} this` : "Percent of the free filters to remove";
  field.attr("id", `line-${name}`).attr("inputmode", "decimal").attr("autocomplete", "off").attr("aria-label", title).attr("title", title);
  field.property("disabled", !isEnabled);
  const node = field.node()!;
  if (document.activeElement !== node || node.dataset.shown === node.value) node.value = text;
  node.dataset.shown = text;
  const send = (): void => {
    const value = Number(node.value.replace("%", "").replace(",", "."));
    if (node.value.trim() === "" || !Number.isFinite(value)) node.value = text;
    else if (node.value !== text) onValue(value);
  };
  field.on("change", send).on("keydown", (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      node.value = text;
      node.blur();
      event.stopPropagation();
    }
  });
}

function drawChips(box: Box, { rulePercent, isEnabled }: ToolsData, callbacks: ToolsCallbacks): void {
  box
    .attr("role", "group")
    .attr("aria-label", "Percent of filters")
    .selectAll<HTMLButtonElement, number>("button")
    .data(CHIPS)
    .join("button")
    .attr("type", "button")
    .attr("aria-pressed", (percent) => percent === rulePercent)
    .attr("title", (percent) => `Remove ${percent} % of the free filters`)
    .property("disabled", !isEnabled)
    .text((percent) => percent)
    .on("click", (_, percent) => callbacks.onPercent(percent));
}

interface Pick {
  readonly name: string;
  readonly options: readonly (readonly [string, string])[];
  readonly chosen: string;
}

/** All criteria; before they are known, the one at hand. */
function axes({ criteria, criterion }: ToolsData): Pick["options"] {
  const names = criteria.length ? criteria.map(({ name }) => name) : [criterion];
  return names.map((name) => [name, `x ${criterionTitle(name)}`] as const);
}

const SIZES: Pick["options"] = [
  ["instability", "size instability"],
  ["none", "size equal"],
];
const ROUNDS: Pick["options"] = [
  ["1", "any width"],
  ["8", "widths of 8"],
  ["16", "widths of 16"],
];

function drawPick(
  row: Box,
  { name, options, chosen }: Pick,
  { isEnabled, width }: ToolsData,
  onChoice: (value: string) => void,
): void {
  const pick = part(row, "select", `choose ${name}`) as unknown as Box<HTMLSelectElement>;
  pick.attr("aria-label", PICKS[name]!).attr("title", PICKS[name]!).property("disabled", !isEnabled);
  pick.attr("hidden", width < 740 && name === "round" && chosen === "1" ? "" : null);
  pick
    .selectAll<HTMLOptionElement, readonly [string, string]>("option")
    .data(options, ([value]) => value)
    .join("option")
    .attr("value", ([value]) => value)
    .text(([, text]) => text);
  pick.property("value", chosen).on("change", () => onChoice(pick.property("value") as string));
}

const PICKS: Record<string, string> = {
  "x-axis": "Score on the x axis",
  size: "What the area of a bubble shows",
  round: "Round widths up to a multiple, by removing fewer filters",
};
