/** The help: keys and gestures of each panel, and the switch for single-letter shortcuts (WCAG 2.1.4). */
import { select } from "d3-selection";
import type { Health } from "../../api/values";
import { ensureElement, type Box } from "../../marks/elements";
import type { PanelId } from "../../state/choice";
import { PAGE_SHORTCUTS } from "../pageKeys";
import type { Panel } from "../panel";
import { drawGlossary } from "./glossary";

export interface HelpData {
  readonly panels: readonly Panel[];
  readonly areLetterKeysEnabled: boolean;
  readonly health: Health | null;
}

interface Row {
  readonly keys: string;
  readonly help: string;
}

/** Help for pointer gestures, and for keys whose effect depends on where the focus is. */
const EXTRA_HELP_ROWS: Readonly<Record<PanelId | "page", readonly Row[]>> = {
  page: [
    {
      keys: "Tab",
      help: "next button, field or chart; within a chart, use the arrow keys",
    },
    { keys: "← → ↑ ↓", help: "within a chart: next node, cell, filter, sample or picture" },
    { keys: "Wheel, pinch", help: "scroll; in the map of samples: zoom" },
  ],
  tree: [{ keys: "Click", help: "choose a node and show its charts" }],
  stats: [
    {
      keys: "Click",
      help: "in the confusion matrix: choose the images of a cell; on a row name: all images of that class; on a column name: all images predicted as that class",
    },
    { keys: "Shift Enter", help: "in the confusion matrix: choose the images of the whole row" },
    { keys: "Shift Space", help: "in the confusion matrix: choose the images of the whole column" },
  ],
  model: [
    {
      keys: "Drag",
      help: "on the threshold line: change how much is removed; from a point between the bubbles: draw a frame around filters, then press Remove, Keep or Follow rule",
    },
    {
      keys: "Shift ← →",
      help: "in the bubble chart: choose several filters, then press Tab to reach Remove, Keep and Follow rule",
    },
    { keys: "Space", help: "on a filter: add it to the plan, or remove it from the plan" },
  ],
  filters: [
    { keys: "Shift drag", help: "in the map of samples: draw a lasso; the samples inside are chosen in all panels" },
    {
      keys: "Shift click",
      help: "in the map of samples: add a sample to the chosen samples, or remove it from them (on the keyboard: Shift Enter)",
    },
    { keys: "Shift → ←", help: "in the map of samples: choose more or fewer of the samples nearest to the cursor" },
    {
      keys: "Wheel, drag",
      help: "in the map of samples: zoom and pan (on the keyboard: + and −; 0 shows the whole map)",
    },
    {
      keys: "Click",
      help: "on a class name in the map of samples: choose the class; on a filter card: add the filter to the plan, or remove it from the plan",
    },
    { keys: "Enter", help: "on a filter card: show the samples that activate the filter most" },
  ],
};

interface Group {
  readonly title: string;
  readonly rows: readonly Row[];
}

const listHelpGroups = (panels: readonly Panel[]): readonly Group[] => [
  { title: "Everywhere", rows: [...EXTRA_HELP_ROWS.page, ...PAGE_SHORTCUTS] },
  ...panels.map((panel) => ({ title: panel.title, rows: [...panel.keys, ...EXTRA_HELP_ROWS[panel.id]] })),
];

/** Formats keys for display: "Ctrl+Z", "Esc", "↑". */
const formatKeys = (keys: string): string =>
  keys
    .replace(/\b[a-z]$/, (letter) => letter.toUpperCase())
    .replace("Escape", "Esc")
    .replace("ArrowUp", "↑")
    .replace("ArrowDown", "↓");

export function drawHelp(
  content: Box,
  { panels, areLetterKeysEnabled, health }: HelpData,
  onLetterKeysChange: (on: boolean) => void,
): void {
  const groups = ensureElement(content, "div", "keygroups")
    .selectAll<HTMLElement, Group>(":scope > section")
    .data(listHelpGroups(panels), ({ title }) => title);
  groups.join("section").each(function (group) {
    drawHelpGroup(select<HTMLElement, unknown>(this), group);
  });
  drawGlossary(content);
  const label = ensureElement(content, "label", "paragraph");
  ensureElement(label, "input", "letters")
    .attr("type", "checkbox")
    .property("checked", areLetterKeysEnabled)
    .on("change", (event: Event) => onLetterKeysChange((event.currentTarget as HTMLInputElement).checked));
  ensureElement(label, "span", "text").text(" Use single letters as shortcuts");
  ensureElement(content, "p", "about")
    .attr("class", "about dim small")
    .text(
      health
        ? `CNNPruner ${health.version} · ${health.device ?? "device unknown until a worker starts"} · ${health.runner} runner · ${health.database}`
        : "",
    );
}

function drawHelpGroup(section: Box, { title, rows }: Group): void {
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
