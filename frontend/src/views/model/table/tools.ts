/**
 * The toolbar above the bubbles. It sets the threshold, the percentage to remove, the criteria for the x axis and the
 * bubble size, and the multiple to which layer widths are rounded.
 */
import type { CriterionInfo } from "../../../api/values";
import { formatPlural, formatShare } from "../../../marks/format";
import { icon } from "../../../marks/icons";
import { type Box, ensureElement } from "../../../marks/elements";
import { DEFAULT_ORDER } from "../../../planning/orders";
import { criterionName, brokenCriteria, usableCriteria } from "../../../state/selectors/criteria";
import { criterionTitle } from "../../../state/selectors/select";

export interface ToolbarData {
  readonly score: number | null;
  /** Whether the filters with the lowest scores are removed; false if the criterion keeps low scores. */
  readonly removesBelow: boolean;
  /** The percentage of the free filters that the plan removes, 0–100; null if there is no plan. */
  readonly percent: number | null;
  /** The percentage set by the rule; null for rules without a percentage. */
  readonly rulePercent: number | null;
  readonly roundTo: number;
  /** What the area of a bubble shows: `instability`, `none`, or a criterion. */
  readonly size: string;
  readonly criteria: readonly CriterionInfo[];
  readonly criterion: string;
  /** Whether the criteria for axis and size can be changed, which is possible even if the plan cannot be edited. */
  readonly canChangeDisplay: boolean;
  readonly isEnabled: boolean;
  /** Tooltip that explains why the plan cannot be edited. */
  readonly reason: string;
  readonly width: number;
}

export interface ToolbarCallbacks {
  onSetThreshold(score: number): void;
  onSetPercent(percent: number): void;
  onChooseRounding(width: number): void;
  onChooseBubbleSize(size: string): void;
  onOpenCriterion(): void;
  onChooseCriterion(criterion: string): void;
}

const PERCENT_PRESETS = [5, 10, 25, 50, 75];
/** Width of the toolbar, in pixels, above which a label reads "% of free filters" instead of "%". */
const WIDE_TOOLBAR_WIDTH = 740;
const FREE_FILTERS_HELP =
  "Free filters can be removed. Frozen filters are not counted; hover over one to see why it is frozen.";

export function drawToolbar(box: Box, data: ToolbarData, callbacks: ToolbarCallbacks): void {
  const row = ensureElement(box, "div", "toolrow").attr("title", data.isEnabled ? null : data.reason);
  row.classed("off", !data.isEnabled);
  ensureElement(row, "label", "below")
    .text(data.removesBelow ? "Remove below" : "Remove above")
    .attr("for", "line-score");
  drawField(row, "score", data.score === null ? "" : formatScore(data.score), data, (score) =>
    callbacks.onSetThreshold(score),
  );
  ensureElement(row, "label", "or").text("or").attr("for", "line-percent");
  drawField(row, "percent", data.percent === null ? "" : formatShare(data.percent / 100), data, (percent) =>
    callbacks.onSetPercent(percent),
  );
  ensureElement(row, "label", "of")
    .text(data.width < WIDE_TOOLBAR_WIDTH ? "%" : "% of free filters")
    .attr("for", "line-percent")
    .attr("title", FREE_FILTERS_HELP);
  drawPercentPresets(ensureElement(row, "span", "seg"), data, callbacks);
  ensureElement(row, "span", "grow");
  const axis = { ...data, isEnabled: data.canChangeDisplay };
  drawSelect(row, { name: "x-axis", options: listAxisOptions(data), chosen: data.criterion }, axis, (name) =>
    callbacks.onChooseCriterion(name),
  );
  drawCriterionButton(row, data, callbacks);
  drawSelect(row, { name: "size", options: listSizeOptions(data), chosen: data.size }, axis, (value) =>
    callbacks.onChooseBubbleSize(value),
  );
  drawSelect(row, { name: "round", options: ROUNDING_OPTIONS, chosen: `${data.roundTo}` }, data, (value) =>
    callbacks.onChooseRounding(Number(value)),
  );
}

/** Formats a score with three significant digits; a score of 1000 or more is rounded to a whole number. */
function formatScore(score: number): string {
  if (Math.abs(score) >= 1000) return score.toFixed(0);
  return Math.abs(score) < 1e-5 ? "0" : score.toPrecision(3);
}

function drawField(
  row: Box,
  name: string,
  text: string,
  data: ToolbarData,
  onEnterValue: (value: number) => void,
): void {
  const { isEnabled } = data;
  const field = ensureElement(row, "input", `field number ${name}`);
  const title =
    name === "score"
      ? `Remove filters that score ${data.removesBelow ? "below" : "above"} this threshold`
      : "Percentage of the free filters to remove";
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
    else if (node.value !== text) onEnterValue(value);
  };
  field.on("change", send).on("keydown", (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      node.value = text;
      node.blur();
      event.stopPropagation();
    }
  });
}

function drawPercentPresets(box: Box, { rulePercent, isEnabled }: ToolbarData, callbacks: ToolbarCallbacks): void {
  box
    .attr("role", "group")
    .attr("aria-label", "Percentage of the free filters to remove")
    .selectAll<HTMLButtonElement, number>("button")
    .data(PERCENT_PRESETS)
    .join("button")
    .attr("type", "button")
    .attr("aria-pressed", (percent) => percent === rulePercent)
    .attr("title", (percent) => `Remove ${percent}% of the free filters`)
    .property("disabled", !isEnabled)
    .text((percent) => percent)
    .on("click", (_, percent) => callbacks.onSetPercent(percent));
}

interface Option {
  readonly value: string;
  readonly text: string;
  /** Reason why the option cannot be chosen; null if it can be chosen. */
  readonly unavailableReason: string | null;
}

interface SelectData {
  readonly name: string;
  readonly options: readonly Option[];
  readonly chosen: string;
}

/**
 * Lists the options for the criterion on the x axis: the default, the chosen criterion if its options or price were
 * changed, all usable criteria and, last, the criteria that were skipped.
 */
function listAxisOptions({ criteria, criterion }: ToolbarData): SelectData["options"] {
  const options = listScoreOptions(criteria, criterion, "x");
  const defaultOption: Option = {
    value: DEFAULT_ORDER.criterion,
    text: `x: ${criterionTitle(criteria, DEFAULT_ORDER.criterion)}`,
    unavailableReason: null,
  };
  const isDefaultCriterionUsable = options.some(({ value }) => value === criterionName(DEFAULT_ORDER.criterion));
  const isDefaultOptionListed = options.some(({ value }) => value === defaultOption.value);
  return [
    ...(isDefaultCriterionUsable && !isDefaultOptionListed ? [defaultOption] : []),
    ...options,
    ...brokenCriteria(criteria).map(createSkippedCriterionOption),
  ];
}

/** Lists the options for what the area of a bubble shows: instability, nothing, or the score of a criterion. */
function listSizeOptions({ criteria, size }: ToolbarData): SelectData["options"] {
  const isSizeOption = (name: string): boolean => SIZE_OPTIONS.some(({ value }) => value === name);
  return [
    ...SIZE_OPTIONS,
    ...listScoreOptions(
      criteria.filter(({ name }) => !isSizeOption(name)),
      isSizeOption(size) ? null : size,
      "size",
    ),
  ];
}

function listScoreOptions(
  criteria: readonly CriterionInfo[],
  chosen: string | null,
  prefix: string,
): SelectData["options"] {
  const names = usableCriteria(criteria).map(({ name }) => name);
  const all = chosen === null || names.includes(chosen) ? names : [chosen, ...names];
  return all.map((spec) => ({
    value: spec,
    text: `${prefix}: ${criterionTitle(criteria, spec)}`,
    unavailableReason: null,
  }));
}

const createSkippedCriterionOption = ({ name, source, error }: CriterionInfo): Option => ({
  value: `broken ${source ?? name}`,
  text: `✕ ${name}: skipped`,
  unavailableReason: `${source ?? ""}: ${error ?? ""}`,
});

const SIZE_OPTIONS: readonly Option[] = [
  { value: "instability", text: "area: instability", unavailableReason: null },
  { value: "none", text: "area: equal", unavailableReason: null },
];
const ROUNDING_OPTIONS: readonly Option[] = [
  { value: "1", text: "any width", unavailableReason: null },
  { value: "8", text: "multiples of 8", unavailableReason: null },
  { value: "16", text: "multiples of 16", unavailableReason: null },
];

function drawSelect(
  row: Box,
  { name, options, chosen }: SelectData,
  { isEnabled, width }: ToolbarData,
  onChooseOption: (value: string) => void,
): void {
  const select = ensureElement(row, "select", `choose ${name}`) as unknown as Box<HTMLSelectElement>;
  select.attr("aria-label", SELECT_TITLES[name]!).attr("title", SELECT_TITLES[name]!).property("disabled", !isEnabled);
  select.attr("hidden", width < 740 && name === "round" && chosen === "1" ? "" : null);
  select
    .selectAll<HTMLOptionElement, Option>("option")
    .data(options, ({ value }) => value)
    .join("option")
    .order()
    .attr("value", ({ value }) => value)
    .attr("title", ({ unavailableReason }) => unavailableReason)
    .property("disabled", ({ unavailableReason }) => unavailableReason !== null)
    .text(({ text }) => text);
  select.property("value", chosen).on("change", () => onChooseOption(select.property("value") as string));
}

/** Draws the button that opens the dialog with the options of the criterion on the x axis. */
function drawCriterionButton(
  row: Box,
  { criteria, criterion, canChangeDisplay }: ToolbarData,
  callbacks: ToolbarCallbacks,
): void {
  const options = usableCriteria(criteria).find(({ name }) => name === criterionName(criterion))?.options.length ?? 0;
  const skippedCriteriaCount = brokenCriteria(criteria).length;
  const notes = [
    options ? formatPlural(options, "option") : "no options",
    skippedCriteriaCount ? `skipped criteria: ${skippedCriteriaCount}` : "",
  ];
  const title = `About ${criterionTitle(criteria, criterion)}: ${notes.filter(Boolean).join(", ")} (O)`;
  const button = ensureElement(row, "button", "icon about")
    .attr("type", "button")
    .attr("aria-label", title)
    .attr("title", title);
  button
    .property("disabled", !canChangeDisplay)
    .classed("warns", skippedCriteriaCount > 0)
    .attr("data-testid", "about-criterion");
  if (!button.node()!.firstElementChild) button.html(icon("options"));
  button.on("click", () => callbacks.onOpenCriterion());
}

const SELECT_TITLES: Record<string, string> = {
  "x-axis": "Score on the x axis",
  size: "What the area of a bubble shows",
  round: "Round the width of each layer up to a multiple of 8 or 16; the plan then removes fewer filters",
};
