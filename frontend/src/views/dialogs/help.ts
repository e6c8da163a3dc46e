/** Keys and gestures by panel, and the switch for single-letter shortcuts (WCAG 2.1.4). */
import { select } from "d3-selection";
import type { Health } from "../../api/values";
import { ensureElement, type Box } from "../../marks/elements";
import type { PanelId } from "../../state/choice";
import { PAGE_KEYS } from "../pageKeys";
import type { Panel } from "../panel";
import { drawGlossary } from "./glossary";

export interface HelpData {
  readonly panels: readonly Panel[];
  readonly letterKeys: boolean;
  readonly health: Health | null;
}

interface Row {
  readonly keys: string;
  readonly help: string;
}

/** Pointer gestures, and keys that depend on what has the focus. */
const EXTRA_ROWS: Readonly<Record<PanelId | "page", readonly Row[]>> = {
  page: [
    {
      keys: "Tab",
      help: "next button or field; tree, matrix, bubbles, map and pictures are one stop each",
    },
    { keys: "← → ↑ ↓", help: "inside these: next node, cell, filter, sample or picture" },
    { keys: "Wheel, pinch", help: "scroll; in the map: zoom" },
  ],
  tree: [{ keys: "Click", help: "choose a node; its charts follow" }],
  stats: [
    {
      keys: "Click",
      help: "in the matrix: choose a cell’s images; on a row name those of its class, on a column name those predicted as it",
    },
    { keys: "Shift Enter", help: "in the matrix: choose the whole row" },
    { keys: "Shift Space", help: "in the matrix: choose the whole column" },
  ],
  model: [
    {
      keys: "Drag",
      help: "the line: change how much is removed; next to bubbles: draw a frame, then Remove, Keep or By rule",
    },
    { keys: "Shift ← →", help: "in the bubbles: choose several filters, then Tab to Remove, Keep or By rule" },
    { keys: "Space", help: "on a filter: add it to the plan, or take it out" },
  ],
  filters: [
    { keys: "Shift drag", help: "in the map: draw a lasso; its samples are chosen in all panels" },
    { keys: "Shift click", help: "in the map: add a sample to the chosen ones, or remove it; by key: Shift Enter" },
    { keys: "Shift → ←", help: "in the map: choose more or fewer of the samples nearest to the cursor" },
    { keys: "Wheel, drag", help: "in the map: zoom and pan; by key: + − 0" },
    {
      keys: "Click",
      help: "on a name in the map: choose its class; on a card: add the filter to the plan, or take it out",
    },
    { keys: "Enter", help: "on a card: show its strongest samples" },
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

/** Formats keys for display: "Ctrl Z", "Esc", "↑". */
const formatKeys = (keys: string): string =>
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
  drawGlossary(content);
  const label = ensureElement(content, "label", "paragraph");
  ensureElement(label, "input", "letters")
    .attr("type", "checkbox")
    .property("checked", letterKeys)
    .on("change", (event: Event) => onLetters((event.currentTarget as HTMLInputElement).checked));
  ensureElement(label, "span", "text").text(" Use single letters as shortcuts");
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
      const row = enter.append("div").style("display", "contents");
      row.append("dt").append("kbd");
      row.append("dd");
      return row;
    })
    .each(function ({ keys, help }) {
      this.querySelector("kbd")!.textContent = formatKeys(keys);
      this.querySelector("dd")!.textContent = help;
    });
}
