/** Keys and gestures, by the panel in which they hold, and the switch for single letters (WCAG 2.1.4). */
import { select } from "d3-selection";
import type { Health } from "../../api/values";
import { ensureElement, type Box } from "../../marks/part";
import type { PanelId } from "../../state/choice";
import { PAGE_KEYS } from "../pageKeys";
import type { Panel } from "../panel";

export interface HelpData {
  readonly panels: readonly Panel[];
  readonly letterKeys: boolean;
  readonly health: Health | null;
}

interface Row {
  readonly keys: string;
  readonly help: string;
}

/** What has no key of the page: the pointer, and keys of what has the focus. */
const EXTRA_ROWS: Readonly<Record<PanelId | "page", readonly Row[]>> = {
  page: [
    {
      keys: "Tab",
      help: "next control; the tree, the matrix, the bubbles, the map and the pictures are one stop each",
    },
    { keys: "← → ↑ ↓", help: "inside them: node, cell, filter, sample, picture" },
    { keys: "Wheel, pinch", help: "scroll; zoom in the map" },
  ],
  tree: [{ keys: "Click", help: "choose a node; its charts follow" }],
  stats: [
    {
      keys: "Click",
      help: "in the matrix: the images of a cell; on the name of a row its class, of a column all that was called so",
    },
    { keys: "Shift Enter", help: "in the matrix: all of the row" },
    { keys: "Shift Space", help: "in the matrix: all of the column" },
  ],
  model: [
    { keys: "Drag", help: "the line: how much is removed; beside bubbles: a frame, then Remove, Keep, By rule" },
    { keys: "Shift ← →", help: "in the bubbles: several filters; then Tab to Remove, Keep, By rule" },
    { keys: "Space", help: "on a filter: in or out of the plan" },
  ],
  filters: [
    { keys: "Shift drag", help: "in the map: a lasso, its samples are chosen everywhere" },
    { keys: "Shift click", help: "in the map: one sample into or out of the chosen ones; Shift Enter by key" },
    { keys: "Shift → ←", help: "in the map: choose the nearest samples about the cursor, more or fewer" },
    { keys: "Wheel, drag", help: "in the map: zoom and move; + − 0 by key" },
    { keys: "Click", help: "on a name in the map: its class; on a card: in or out of the plan" },
    { keys: "Enter", help: "on a card: its strongest samples" },
  ],
};

interface Group {
  readonly title: string;
  readonly rows: readonly Row[];
}

const listGroups = (panels: readonly Panel[]): readonly Group[] => [
  { title: "Everywhere", rows: [...EXTRA_ROWS.page, ...PAGE_KEYS] },
  ...panels.map((panel) => ({ title: panel.title, rows: [...panel.keys, ...EXTRA_ROWS[panel.id]] })),
];

/** "Ctrl Z", "Esc", "↑" */
const spellKeys = (keys: string): string =>
  keys
    .replace(/(?<=.)\+/g, " ")
    .replace(/\b[a-z]$/, (letter) => letter.toUpperCase())
    .replace("Escape", "Esc")
    .replace("ArrowUp", "↑")
    .replace("ArrowDown", "↓");

export function drawHelp(
  content: Box,
  { panels, letterKeys, health }: HelpData,
  onLetters: (on: boolean) => void,
): void {
  const groups = ensureElement(content, "div", "keygroups")
    .selectAll<HTMLElement, Group>(":scope > section")
    .data(listGroups(panels), ({ title }) => title);
  groups.join("section").each(function (group) {
    drawGroup(select<HTMLElement, unknown>(this), group);
  });
  const label = ensureElement(content, "label", "paragraph");
  ensureElement(label, "input", "letters")
    .attr("type", "checkbox")
    .property("checked", letterKeys)
    .on("change", (event: Event) => onLetters((event.currentTarget as HTMLInputElement).checked));
  ensureElement(label, "span", "text").text(" Single letters are keys");
  ensureElement(content, "p", "about")
    .attr("class", "about dim small")
    .text(
      health
        ? `CNNPruner ${health.version} · ${health.device ?? "device not known yet"} · ${health.runner} runner · ${health.database}`
        : "",
    );
}

function drawGroup(section: Box, { title, rows }: Group): void {
  ensureElement(section, "h3", "title").text(title);
  ensureElement(section, "dl", "keylist")
    .selectAll<HTMLElement, Row>(":scope > div")
    .data(rows, ({ keys }) => keys)
    .join((enter) => {
      const made = enter.append("div").style("display", "contents");
      made.append("dt").append("kbd");
      made.append("dd");
      return made;
    })
    .each(function ({ keys, help }) {
      this.querySelector("kbd")!.textContent = spellKeys(keys);
      this.querySelector("dd")!.textContent = help;
    });
}
