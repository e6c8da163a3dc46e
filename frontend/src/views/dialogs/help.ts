/** Keys of the page, and the switch for single letters (WCAG 2.1.4). */
import type { Health } from "../../api/values";
import { PAGE_KEYS } from "../../keys";
import { part, type Box } from "../../marks/part";
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

const FIXED: readonly Row[] = [
  { keys: "Tab", help: "next control; the tree, the matrix, the bubbles and the pictures are one stop each" },
  { keys: "← → ↑ ↓", help: "inside them: node, cell, filter, picture" },
  { keys: "Space", help: "on a filter: in or out of the plan" },
  { keys: "Shift ← →", help: "in the bubbles: several filters; then Tab to Remove, Keep, By rule" },
  { keys: "Shift Enter", help: "in the map: the sample into or out of the chosen ones" },
];

/** "Ctrl Z", "Esc", "↑" */
const spellKeys = (keys: string): string =>
  keys
    .replace(/(?<=.)\+/g, " ")
    .replace(/\b[a-z]$/, (letter) => letter.toUpperCase())
    .replace("Escape", "Esc")
    .replace("ArrowUp", "↑")
    .replace("ArrowDown", "↓");

export function drawHelp(content: Box, { panels, letterKeys, health }: HelpData, onLetters: (on: boolean) => void): void {
  const rows: Row[] = [...FIXED, ...PAGE_KEYS, ...panels.flatMap((panel) => panel.keys)];
  const list = part(content, "dl", "keylist");
  list
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
  const label = part(content, "label", "paragraph");
  part(label, "input", "letters")
    .attr("type", "checkbox")
    .property("checked", letterKeys)
    .on("change", (event: Event) => onLetters((event.currentTarget as HTMLInputElement).checked));
  part(label, "span", "text").text(" Single letters are keys");
  part(content, "p", "about").attr("class", "about dim small").text(health ? `CNNPruner ${health.version} · ${health.device ?? "device not known yet"} · ${health.runner} runner · ${health.database}` : "");
}
