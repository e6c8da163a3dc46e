/** Head of the matrix: which classes in which order, and what is counted. */
import { formatOutOf } from "../../marks/format";
import { ensureElement, type Box } from "../../marks/elements";
import type { ConfusionMode, ConfusionSort } from "../../state/choice";

export interface ToolsData {
  readonly node: number;
  readonly classes: readonly string[];
  readonly shown: readonly number[] | null;
  readonly mode: ConfusionMode;
  readonly sort: ConfusionSort;
  readonly hasParent: boolean;
  /** Class that is chosen, by itself or by a cell of its row; null: none. */
  readonly focus: number | null;
}

export interface ToolsCallbacks {
  onMode(mode: ConfusionMode): void;
  onSort(sort: ConfusionSort): void;
  onClasses(classes: readonly number[] | null): void;
}

const MODES: readonly (readonly [ConfusionMode, string, string])[] = [
  ["count", "count", "Images that were called so; on the diagonal percent of the class that is right"],
  ["row", "row %", "Percent of the true class that was called so; on the diagonal percent right"],
  [
    "delta",
    "Δ parent",
    "Images called so, more (+) or fewer (−) than in the parent; on the diagonal the change of the share right, in points",
  ],
];
const SORTS: readonly (readonly [ConfusionSort, string])[] = [
  ["class", "Order: as the data has them"],
  ["errors", "Order: most errors first"],
  ["delta", "Order: most added errors first"],
];

export function drawTools(row: Box, data: ToolsData, callbacks: ToolsCallbacks): void {
  ensureElement(row, "b", "name").text("Confusion");
  ensureElement(row, "span", "of").text(`node ${data.node}`);
  ensureElement(row, "span", "grow");
  drawMenu(row, data, callbacks);
  const modes = ensureElement(row, "span", "seg").attr("role", "group").attr("aria-label", "What the cells show");
  modes
    .selectAll<HTMLButtonElement, (typeof MODES)[number]>(":scope > button")
    .data(MODES, ([mode]) => mode)
    .join("button")
    .attr("type", "button")
    .attr("data-testid", ([mode]) => `confusion-${mode}`)
    .attr("title", ([, , title]) => title)
    .attr("aria-pressed", ([mode]) => mode === data.mode)
    .attr("disabled", ([mode]) => (mode === "delta" && !data.hasParent ? "" : null))
    .text(([, text]) => text)
    .on("click", (_, [mode]) => callbacks.onMode(mode));
}

interface Item {
  readonly value: string;
  readonly text: string;
  readonly checked: boolean;
}

function drawMenu(row: Box, data: ToolsData, callbacks: ToolsCallbacks): void {
  const menu = row
    .selectAll<HTMLElement, null>(":scope > wa-dropdown")
    .data([null])
    .join((enter) => {
      const made = enter.append<HTMLElement>("wa-dropdown").attr("placement", "bottom-end").attr("size", "s");
      const button = made
        .append("button")
        .attr("slot", "trigger")
        .attr("type", "button")
        .attr("class", "pick bare small");
      button.attr("title", "Classes and their order").attr("data-testid", "classes");
      return made;
    });
  const all = data.classes.length;
  menu.select("button").text(`${formatOutOf(data.shown?.length ?? all, all)} classes`);
  const items = menu
    .selectAll<HTMLElement, Item>(":scope > wa-dropdown-item")
    .data(listItems(data), ({ value }) => value)
    .join((enter) => enter.append<HTMLElement>("wa-dropdown-item").attr("type", "checkbox"))
    .attr("value", ({ value }) => value)
    .text(({ text }) => text);
  const tick = (): unknown => items.property("checked", ({ checked }) => checked);
  tick();
  menu.on("wa-select", (event: CustomEvent<{ item: { value: string } }>) => {
    event.preventDefault(); // stays open: usually more than one is chosen
    tick(); // the item has changed its own: the State says what is ticked, also where the choice changes nothing
    choose(event.detail.item.value, data, callbacks);
  });
}

const listItems = ({ classes, shown, sort, focus }: ToolsData): readonly Item[] => [
  ...SORTS.map(([name, text]) => ({ value: `sort-${name}`, text, checked: sort === name })),
  { value: "all", text: "All classes", checked: shown === null },
  ...(focus === null
    ? []
    : [{ value: "only", text: `Only the chosen class: ${classes[focus]}`, checked: shown?.join() === String(focus) }]),
  ...classes.map((text, index) => ({ value: String(index), text, checked: shown?.includes(index) ?? true })),
];

function choose(value: string, data: ToolsData, callbacks: ToolsCallbacks): void {
  const sort = SORTS.find(([name]) => value === `sort-${name}`);
  if (sort) callbacks.onSort(sort[0]);
  else if (value === "only") callbacks.onClasses(data.focus === null ? null : [data.focus]);
  else callbacks.onClasses(value === "all" ? null : toggleClass(data, Number(value)));
}

/** Ticks a class, or takes its tick away. None left means all. */
export function toggleClass(
  { classes, shown }: Pick<ToolsData, "classes" | "shown">,
  index: number,
): readonly number[] | null {
  const ticked = shown ?? classes.map((_, at) => at);
  const next = ticked.includes(index)
    ? ticked.filter((other) => other !== index)
    : [...ticked, index].sort((a, b) => a - b);
  return next.length === 0 || next.length === classes.length ? null : next;
}
