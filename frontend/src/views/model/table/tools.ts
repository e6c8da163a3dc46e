/** The row above the bubbles: value, percentage, steps, what the axes show, rounding of widths. */
import type { CriterionInfo } from "../../../api/values";
import { formatPlural, formatShare } from "../../../marks/format";
import { icon } from "../../../marks/icons";
import { type Box, ensureElement } from "../../../marks/elements";
import { nameOf, skipped, usable } from "../../../state/selectors/criteria";
import { criterionTitle } from "../../../state/selectors/select";

export interface ToolsData {
  readonly score: number | null;
  /** Low scores go; else the high ones, of a criterion that keeps low. */
  readonly removesBelow: boolean;
  /** Share of the free filters that goes, 0-100. */
  readonly percent: number;
  /** The percentage that the rule itself names; null for other rules. */
  readonly rulePercent: number | null;
  readonly roundTo: number;
  /** `instability`, `none`, or a criterion. */
  readonly size: string;
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
  onSize(size: string): void;
  onAbout(): void;
  onCriterion(criterion: string): void;
}

const CHIPS = [5, 10, 25, 50, 75];
/** Pixels from which the row says what the percentage is of. */
const WIDE = 740;
const FREE = "Free filters can be cut; frozen ones do not count: what is said of a filter names the reason";

export function drawTools(box: Box, data: ToolsData, callbacks: ToolsCallbacks): void {
  const row = ensureElement(box, "div", "toolrow").attr("title", data.isEnabled ? null : data.reason);
  row.classed("off", !data.isEnabled);
  ensureElement(row, "label", "below")
    .text(data.removesBelow ? "Remove below" : "Remove above")
    .attr("for", "line-score");
  drawField(row, "score", data.score === null ? "" : formatScore(data.score), data, (score) =>
    callbacks.onScore(score),
  );
  ensureElement(row, "label", "or").text("or").attr("for", "line-percent");
  drawField(row, "percent", formatShare(data.percent / 100), data, (percent) => callbacks.onPercent(percent));
  ensureElement(row, "label", "of")
    .text(data.width < WIDE ? "%" : "% of free filters")
    .attr("for", "line-percent")
    .attr("title", FREE);
  drawChips(ensureElement(row, "span", "seg"), data, callbacks);
  ensureElement(row, "span", "grow");
  const axis = { ...data, isEnabled: data.isChoosable };
  drawPick(row, { name: "x-axis", options: axes(data), chosen: data.criterion }, axis, (name) =>
    callbacks.onCriterion(name),
  );
  drawAbout(row, data, callbacks);
  drawPick(row, { name: "size", options: sizes(data), chosen: data.size }, axis, (value) => callbacks.onSize(value));
  drawPick(row, { name: "round", options: ROUNDS, chosen: `${data.roundTo}` }, data, (value) =>
    callbacks.onRoundTo(Number(value)),
  );
}

/** Three significant digits; a plain 0; no exponent for large ones. */
function formatScore(score: number): string {
  if (Math.abs(score) >= 1000) return score.toFixed(0);
  return Math.abs(score) < 1e-5 ? "0" : score.toPrecision(3);
}

function drawField(row: Box, name: string, text: string, data: ToolsData, onValue: (value: number) => void): void {
  const { isEnabled } = data;
  const field = ensureElement(row, "input", `field number ${name}`);
  const title =
    name === "score"
      ? `Remove filters that score ${data.removesBelow ? "below" : "above"} this`
      : "Percent of the free filters to remove";
  field
    .attr("id", `line-${name}`)
    .attr("inputmode", "decimal")
    .attr("autocomplete", "off")
    .attr("aria-label", title)
    .attr("title", title);
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

interface Option {
  readonly value: string;
  readonly text: string;
  /** Why it cannot be chosen. */
  readonly broken: string | null;
}

interface Pick {
  readonly name: string;
  readonly options: readonly Option[];
  readonly chosen: string;
}

/** All criteria, and the one at hand where it has options of its own or nothing else is known; broken ones last. */
function axes({ criteria, criterion }: ToolsData): Pick["options"] {
  return [...scoreOptions(criteria, criterion, "x"), ...skipped(criteria).map(brokenOption)];
}

/** Instability stands at the top already, and needs no scores of its own. */
function sizes({ criteria, size }: ToolsData): Pick["options"] {
  const isOwn = (name: string): boolean => SIZES.some(({ value }) => value === name);
  return [
    ...SIZES,
    ...scoreOptions(
      criteria.filter(({ name }) => !isOwn(name)),
      isOwn(size) ? null : size,
      "size",
    ),
  ];
}

function scoreOptions(criteria: readonly CriterionInfo[], chosen: string | null, word: string): Pick["options"] {
  const names = usable(criteria).map(({ name }) => name);
  const all = chosen === null || names.includes(chosen) ? names : [chosen, ...names];
  return all.map((spec) => ({ value: spec, text: `${word} ${criterionTitle(criteria, spec)}`, broken: null }));
}

const brokenOption = ({ name, source, error }: CriterionInfo): Option => ({
  value: `broken ${source ?? name}`,
  text: `✕ ${name}: skipped`,
  broken: `${source ?? ""}: ${error ?? ""}`,
});

const SIZES: readonly Option[] = [
  { value: "instability", text: "size instability", broken: null },
  { value: "none", text: "size equal", broken: null },
];
const ROUNDS: readonly Option[] = [
  { value: "1", text: "any width", broken: null },
  { value: "8", text: "widths of 8", broken: null },
  { value: "16", text: "widths of 16", broken: null },
];

function drawPick(
  row: Box,
  { name, options, chosen }: Pick,
  { isEnabled, width }: ToolsData,
  onChoice: (value: string) => void,
): void {
  const pick = ensureElement(row, "select", `choose ${name}`) as unknown as Box<HTMLSelectElement>;
  pick.attr("aria-label", PICKS[name]!).attr("title", PICKS[name]!).property("disabled", !isEnabled);
  pick.attr("hidden", width < 740 && name === "round" && chosen === "1" ? "" : null);
  pick
    .selectAll<HTMLOptionElement, Option>("option")
    .data(options, ({ value }) => value)
    .join("option")
    .order()
    .attr("value", ({ value }) => value)
    .attr("title", ({ broken }) => broken)
    .property("disabled", ({ broken }) => broken !== null)
    .text(({ text }) => text);
  pick.property("value", chosen).on("change", () => onChoice(pick.property("value") as string));
}

/** Opens what the criterion is, and the form of its options. */
function drawAbout(row: Box, { criteria, criterion, isChoosable }: ToolsData, callbacks: ToolsCallbacks): void {
  const options = usable(criteria).find(({ name }) => name === nameOf(criterion))?.options.length ?? 0;
  const broken = skipped(criteria).length;
  const notes = [
    options ? `${formatPlural(options, "option")} to set` : "no options",
    broken ? `${broken} skipped` : "",
  ];
  const title = `About ${criterionTitle(criteria, criterion)}: ${notes.filter(Boolean).join(", ")} (O)`;
  const button = ensureElement(row, "button", "icon about")
    .attr("type", "button")
    .attr("aria-label", title)
    .attr("title", title);
  button
    .property("disabled", !isChoosable)
    .classed("warns", broken > 0)
    .attr("data-testid", "about-criterion");
  if (!button.node()!.firstElementChild) button.html(icon("options"));
  button.on("click", () => callbacks.onAbout());
}

const PICKS: Record<string, string> = {
  "x-axis": "Score on the x axis",
  size: "What the area of a bubble shows",
  round: "Round widths up to a multiple, by removing fewer filters",
};
