/** Under the map: how many of how many are marked and chosen, and how the layout was made. */
import type { Embedding, Node } from "../../../api/values";
import { formatCount, formatOutOf, textWidth } from "../../../marks/format";
import { ensureElement, type Box } from "../../../marks/elements";

export interface FootData {
  readonly marked: number;
  readonly images: number;
  /** Fewer than the images where they are many. */
  readonly drawn: number;
  /** Which samples are chosen, and how many; null without. */
  readonly pick: { readonly name: string; readonly count: number } | null;
  readonly layout: string;
  readonly canZoomOut: boolean;
  readonly isRunning: boolean;
  /** Of the row. */
  readonly width: number;
}

export interface FootCallbacks {
  onDrop(): void;
  onZoomOut(): void;
  onStop(): void;
}

export function drawFoot(row: Box, data: FootData, { onDrop, onZoomOut, onStop }: FootCallbacks): void {
  const { pick, canZoomOut, isRunning } = data;
  const [whole, words] = [wordings(data)[0]!, fitRow(data)];
  ensureElement(row, "span", "marked")
    .attr("data-testid", "marked")
    .attr("title", [whole.marked, whole.layout].filter(Boolean).join("\n"))
    .text(words.marked);
  ensureElement(row, "button", "pick-chip")
    .attr("type", "button")
    .attr("data-testid", "drop-pick")
    .attr("hidden", pick ? null : "")
    .attr("title", `${whole.pick.replace(DROP, "")}\nLet go of the chosen samples (Esc in the map)`)
    .text(words.pick)
    .on("click", () => onDrop());
  ensureElement(row, "span", "how")
    .attr("hidden", words.how ? null : "")
    .attr(
      "title",
      "Shift-drag draws a lasso, Shift-click adds one sample. By key: arrows, then Shift → and Shift ← for more and fewer about the cursor",
    )
    .text(words.how);
  ensureElement(row, "span", "grow");
  ensureElement(row, "span", "layout").text(words.layout).attr("title", whole.layout);
  ensureElement(row, "button", "link all")
    .attr("type", "button")
    .attr("hidden", canZoomOut ? null : "")
    .attr("title", "Show all of the map (0)")
    .text(ALL)
    .on("click", () => onZoomOut());
  ensureElement(row, "button", "link stop")
    .attr("type", "button")
    .attr("hidden", isRunning ? null : "")
    .attr("title", "Stop the layout")
    .text(STOP)
    .on("click", () => onStop());
}

const [ALL, STOP, DROP] = ["show all", "stop", " ✕"];

interface Words {
  readonly marked: string;
  readonly pick: string;
  readonly how: string;
  readonly layout: string;
}

/** From all words to the fewest: the buttons stay, and titles say what was left out. */
export function wordings({ marked, images, drawn, pick, layout }: FootData): readonly Words[] {
  const count = formatOutOf(marked, images);
  const some = drawn > 0 && drawn < images ? `, ${formatCount(drawn)} drawn` : "";
  const all: Words = {
    marked: `${count} marked${some}`,
    pick: pick ? `${pick.name}: ${formatOutOf(pick.count, images)}${DROP}` : "",
    how: !pick && drawn > 0 ? "Shift-drag: choose" : "",
    layout,
  };
  const shorter: readonly Partial<Words>[] = [
    { how: "" },
    { layout: layout && "t-SNE" },
    { marked: `${count} marked` },
    { layout: "" },
    { marked: count },
    { pick: pick ? `${pick.name}${DROP}` : "" },
  ];
  return shorter.reduce<Words[]>((found, change) => [...found, { ...found.at(-1)!, ...change }], [all]);
}

/** As in `filters.css`. */
const [GAP, ROW_PAD, BUTTON_PAD] = [6, 24, 8];

function fitRow(data: FootData): Words {
  const buttons = [data.canZoomOut ? ALL : "", data.isRunning ? STOP : ""];
  const found = wordings(data);
  const isFitting = ({ marked, pick, how, layout }: Words): boolean => {
    const [texts, pressed] = [[marked, how, layout].filter(Boolean), [pick, ...buttons].filter(Boolean)];
    const letters = [...texts, ...pressed].reduce((sum, text) => sum + textWidth(text) + GAP, 0);
    return letters + pressed.length * BUTTON_PAD + ROW_PAD <= data.width;
  };
  return found.find(isFitting) ?? found.at(-1)!;
}

/** "t-SNE, layout kept from node 1" */
export function describeLayout({ initial_id, perplexity }: Embedding, nodes: Readonly<Record<number, Node>>): string {
  const start = nodes[initial_id ?? -1];
  return start ? `t-SNE, layout kept from node ${start.number}` : `t-SNE, perplexity ${perplexity}`;
}
