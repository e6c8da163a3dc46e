/** Footer of the map: how many samples are marked and chosen, and how the layout was computed. */
import type { Embedding, Node } from "../../../api/values";
import { CATEGORY_COUNT } from "../../../marks/colour";
import { formatCount, formatCountOfTotal, textWidth } from "../../../marks/format";
import { ensureElement, type Box } from "../../../marks/elements";

export interface FooterData {
  readonly markedCount: number;
  readonly imageCount: number;
  /** Number of points drawn. If there are very many images, not all have a point. */
  readonly drawnCount: number;
  /** Which samples are chosen and how many; null if no samples are chosen. */
  readonly chosenSamples: { readonly name: string; readonly count: number } | null;
  readonly layout: string;
  /** Number of classes. If there are more than ten, several share the same colour and shape. */
  readonly classCount: number;
  readonly canZoomOut: boolean;
  readonly isLayoutRunning: boolean;
  /** Width of the footer, in pixels. */
  readonly width: number;
}

export interface FooterCallbacks {
  onClearChoice(): void;
  onZoomOut(): void;
  onStopLayout(): void;
}

export function drawFooter(
  row: Box,
  data: FooterData,
  { onClearChoice, onZoomOut, onStopLayout: onStop }: FooterCallbacks,
): void {
  const { chosenSamples, canZoomOut, isLayoutRunning } = data;
  const [longestTexts, texts] = [listFooterTexts(data)[0]!, fitFooterTexts(data)];
  ensureElement(row, "span", "marked")
    .attr("data-testid", "marked")
    .attr("title", [longestTexts.marked, longestTexts.layout].filter(Boolean).join("\n"))
    .text(texts.marked);
  ensureElement(row, "button", "pick-chip")
    .attr("type", "button")
    .attr("data-testid", "drop-pick")
    .attr("hidden", chosenSamples ? null : "")
    .attr("title", `${longestTexts.chosenSamples.replace(CLEAR_TEXT, "")}\nClear the chosen samples (Esc in the map)`)
    .text(texts.chosenSamples)
    .on("click", () => onClearChoice());
  ensureElement(row, "span", "hint-text")
    .attr("hidden", texts.hint ? null : "")
    .attr(
      "title",
      "Choose samples with the mouse: Shift-drag to draw a lasso around them, or Shift-click to add one. On the keyboard: move with the arrow keys, then press Shift → or Shift ← to choose more or fewer samples around the cursor",
    )
    .text(texts.hint);
  ensureElement(row, "span", "shared-marks")
    .attr("hidden", texts.sharedSymbols ? null : "")
    .attr(
      "title",
      `The map has only ${CATEGORY_COUNT} symbols (combinations of colour and shape), so some classes share one; the class names on the map tell them apart`,
    )
    .text(texts.sharedSymbols);
  ensureElement(row, "span", "grow");
  ensureElement(row, "span", "layout").text(texts.layout).attr("title", longestTexts.layout);
  ensureElement(row, "button", "link all")
    .attr("type", "button")
    .attr("hidden", canZoomOut ? null : "")
    .attr("title", "Show the whole map (0)")
    .text(SHOW_ALL_TEXT)
    .on("click", () => onZoomOut());
  ensureElement(row, "button", "link stop")
    .attr("type", "button")
    .attr("hidden", isLayoutRunning ? null : "")
    .attr("title", "Stop computing the layout")
    .text(STOP_TEXT)
    .on("click", () => onStop());
}

const [SHOW_ALL_TEXT, STOP_TEXT, CLEAR_TEXT] = ["show all", "stop", " ✕"];

interface FooterTexts {
  readonly marked: string;
  readonly chosenSamples: string;
  readonly hint: string;
  /** Text that says that several classes share a mark; empty if each class has its own mark. */
  readonly sharedSymbols: string;
  readonly layout: string;
}

/**
 * Lists all texts of the footer in several wordings, from longest to shortest. Shorter wordings omit or shorten texts,
 * which remain complete in the tooltips; no wording omits a button.
 */
export function listFooterTexts({
  markedCount,
  imageCount,
  drawnCount,
  chosenSamples,
  layout,
  classCount,
}: FooterData): readonly FooterTexts[] {
  const count = formatCountOfTotal(markedCount, imageCount);
  const isSubsetDrawn = drawnCount > 0 && drawnCount < imageCount;
  const longestTexts: FooterTexts = {
    marked: isSubsetDrawn ? `${count} marked, ${formatCount(drawnCount)} drawn` : `${count} marked`,
    chosenSamples: chosenSamples
      ? `${chosenSamples.name}: ${formatCountOfTotal(chosenSamples.count, imageCount)}${CLEAR_TEXT}`
      : "",
    hint: !chosenSamples && drawnCount > 0 ? "Shift-drag: choose samples" : "",
    sharedSymbols: describeSharedSymbols(classCount),
    layout,
  };
  const shorterWordings: readonly Partial<FooterTexts>[] = [
    { hint: "" },
    { layout: layout && "t-SNE" },
    { marked: `${count} marked` },
    { layout: "" },
    { sharedSymbols: longestTexts.sharedSymbols && `${CATEGORY_COUNT} symbols` },
    { marked: count },
    { chosenSamples: chosenSamples ? `${chosenSamples.name}${CLEAR_TEXT}` : "" },
  ];
  return shorterWordings.reduce<FooterTexts[]>(
    (wordings, change) => [...wordings, { ...wordings.at(-1)!, ...change }],
    [longestTexts],
  );
}

/**
 * Returns a text that says that classes share colours and shapes: "100 classes share 10 symbols"; empty if each class
 * has its own symbol.
 */
export const describeSharedSymbols = (classCount: number): string =>
  classCount > CATEGORY_COUNT ? `${formatCount(classCount)} classes share ${CATEGORY_COUNT} symbols` : "";

/** Gap between texts, padding of the footer, and padding of a button, in pixels, as in `filters.css`. */
const [GAP, FOOTER_PADDING, BUTTON_PADDING] = [6, 24, 8];

function fitFooterTexts(data: FooterData): FooterTexts {
  const buttons = [data.canZoomOut ? SHOW_ALL_TEXT : "", data.isLayoutRunning ? STOP_TEXT : ""];
  const wordings = listFooterTexts(data);
  const fitsInRow = ({ marked, chosenSamples, hint, sharedSymbols, layout }: FooterTexts): boolean => {
    const [texts, buttonTexts] = [
      [marked, hint, sharedSymbols, layout].filter(Boolean),
      [chosenSamples, ...buttons].filter(Boolean),
    ];
    const contentWidth = [...texts, ...buttonTexts].reduce((sum, text) => sum + textWidth(text) + GAP, 0);
    return contentWidth + buttonTexts.length * BUTTON_PADDING + FOOTER_PADDING <= data.width;
  };
  return wordings.find(fitsInRow) ?? wordings.at(-1)!;
}

/** Describes how the layout was computed: "t-SNE, started from the layout of node 1". */
export function describeLayout({ initial_id, perplexity }: Embedding, nodes: Readonly<Record<number, Node>>): string {
  const start = nodes[initial_id ?? -1];
  return start ? `t-SNE, started from the layout of node ${start.number}` : `t-SNE, perplexity ${perplexity}`;
}
