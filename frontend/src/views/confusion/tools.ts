/** Toolbar of the confusion matrix. It sets which classes are shown, in which order, and what the cells show. */
import { formatCountOfTotal, formatPlural } from "../../marks/format";
import { ensureElement, type Box } from "../../marks/elements";
import type { ConfusionMatrixMode, ConfusionMatrixSort } from "../../state/choice";

export interface ToolbarData {
  readonly node: number;
  readonly classes: readonly string[];
  readonly shownClasses: readonly number[] | null;
  readonly mode: ConfusionMatrixMode;
  readonly sort: ConfusionMatrixSort;
  readonly hasParent: boolean;
  /** The chosen class, or the true class of the chosen cell; null if there is neither. */
  readonly chosenClass: number | null;
  /** Width of the toolbar, in pixels. */
  readonly width: number;
}

/** Minimum width of the toolbar, in pixels, at which it shows the number of the node. */
const WIDE_TOOLBAR_WIDTH = 430;

export interface ToolbarCallbacks {
  onChooseMode(mode: ConfusionMatrixMode): void;
  onChooseSort(sort: ConfusionMatrixSort): void;
  onChooseClasses(classes: readonly number[] | null): void;
}

const MODE_CHOICES: readonly (readonly [ConfusionMatrixMode, string, string])[] = [
  ["count", "count", "Number of images; on the diagonal, percentage of the class predicted correctly"],
  ["row", "row %", "Percentage of the images of the true class; on the diagonal, percentage predicted correctly"],
  [
    "delta",
    "change",
    "Change from the parent in the number of images; on the diagonal, change in the accuracy of the class, in points",
  ],
];
const SORT_CHOICES: readonly (readonly [ConfusionMatrixSort, string])[] = [
  ["class", "Order: as in the data set"],
  ["errors", "Order: most errors first"],
  ["delta", "Order: largest increase in errors first"],
];

export function drawToolbar(row: Box, data: ToolbarData, callbacks: ToolbarCallbacks): void {
  ensureElement(row, "b", "name").text("Confusion");
  ensureElement(row, "span", "of").text(data.width < WIDE_TOOLBAR_WIDTH ? "" : `node ${data.node}`);
  ensureElement(row, "span", "grow");
  drawMenu(row, data, callbacks);
  const modes = ensureElement(row, "span", "seg").attr("role", "group").attr("aria-label", "What the cells show");
  modes
    .selectAll<HTMLButtonElement, (typeof MODE_CHOICES)[number]>(":scope > button")
    .data(MODE_CHOICES, ([mode]) => mode)
    .join("button")
    .attr("type", "button")
    .attr("data-testid", ([mode]) => `confusion-${mode}`)
    .attr("title", ([, , title]) => title)
    .attr("aria-pressed", ([mode]) => mode === data.mode)
    .attr("disabled", ([mode]) => (mode === "delta" && !data.hasParent ? "" : null))
    .text(([, text]) => text)
    .on("click", (_, [mode]) => callbacks.onChooseMode(mode));
}

interface MenuItem {
  readonly value: string;
  readonly text: string;
  readonly isChecked: boolean;
}

function drawMenu(row: Box, data: ToolbarData, callbacks: ToolbarCallbacks): void {
  const menu = row
    .selectAll<HTMLElement, null>(":scope > wa-dropdown")
    .data([null])
    .join((enter) => {
      const dropdown = enter.append<HTMLElement>("wa-dropdown").attr("placement", "bottom-end").attr("size", "s");
      const button = dropdown
        .append("button")
        .attr("slot", "trigger")
        .attr("type", "button")
        .attr("class", "pick bare small");
      button.attr("title", "Classes and their order").attr("data-testid", "classes");
      return dropdown;
    });
  menu.select("button").text(describeShownClasses(data));
  const items = menu
    .selectAll<HTMLElement, MenuItem>(":scope > wa-dropdown-item")
    .data(listMenuItems(data), ({ value }) => value)
    .join((enter) => enter.append<HTMLElement>("wa-dropdown-item").attr("type", "checkbox"))
    .attr("value", ({ value }) => value)
    .text(({ text }) => text);
  const updateCheckmarks = (): unknown => items.property("checked", ({ isChecked }) => isChecked);
  updateCheckmarks();
  menu.on("wa-select", (event: CustomEvent<{ item: { value: string } }>) => {
    event.preventDefault(); // stays open, since people usually choose several
    updateCheckmarks(); // the item has toggled itself: set it back to what the State says
    runMenuItem(event.detail.item.value, data, callbacks);
  });
}

/** Describes how many classes are shown: "10 classes", "3 of 10 classes". */
const describeShownClasses = ({ classes, shownClasses }: ToolbarData): string =>
  shownClasses === null
    ? formatPlural(classes.length, "class", "classes")
    : `${formatCountOfTotal(shownClasses.length, classes.length)} classes`;

const listMenuItems = ({ classes, shownClasses, sort, chosenClass }: ToolbarData): readonly MenuItem[] => [
  ...SORT_CHOICES.map(([name, text]) => ({ value: `sort-${name}`, text, isChecked: sort === name })),
  { value: "all", text: "All classes", isChecked: shownClasses === null },
  ...(chosenClass === null
    ? []
    : [
        {
          value: "only",
          text: `Only the chosen class: ${classes[chosenClass]}`,
          isChecked: shownClasses?.join() === String(chosenClass),
        },
      ]),
  ...classes.map((text, index) => ({ value: String(index), text, isChecked: shownClasses?.includes(index) ?? true })),
];

function runMenuItem(value: string, data: ToolbarData, callbacks: ToolbarCallbacks): void {
  const sort = SORT_CHOICES.find(([name]) => value === `sort-${name}`);
  if (sort) callbacks.onChooseSort(sort[0]);
  else if (value === "only") callbacks.onChooseClasses(data.chosenClass === null ? null : [data.chosenClass]);
  else callbacks.onChooseClasses(value === "all" ? null : toggleClass(data, Number(value)));
}

/**
 * Shows or hides a class. Returns the indices of the classes that are then shown; null if all are shown. Hiding the
 * only shown class shows all classes.
 */
export function toggleClass(
  { classes, shownClasses }: Pick<ToolbarData, "classes" | "shownClasses">,
  index: number,
): readonly number[] | null {
  const checkedClasses = shownClasses ?? classes.map((_, at) => at);
  const next = checkedClasses.includes(index)
    ? checkedClasses.filter((other) => other !== index)
    : [...checkedClasses, index].sort((a, b) => a - b);
  return next.length === 0 || next.length === classes.length ? null : next;
}
