/**
 * Buttons (chips) that mark degraded, improved or wrong samples on the map, and the list from which the node to compare
 * with is chosen.
 */
import type { Node } from "../../../api/values";
import { formatCount, textWidth } from "../../../marks/format";
import { ensureElement, type Box } from "../../../marks/elements";
import { CHANGES, type Change } from "../../../state/choice";

export interface ChipsData {
  readonly shownChanges: readonly Change[];
  readonly counts: Readonly<Record<Change, number | null>>;
  /**
   * The node with which samples are compared, by default the parent; null if the root is chosen and no other node was
   * selected.
   */
  readonly comparedNode: Node | null;
  /** All ready nodes of the tree except the chosen one. */
  readonly otherNodes: readonly Node[];
  readonly parent: number | null;
  readonly isReady: boolean;
  /** Width of the row, in pixels. In a narrow row, chips show only symbols and numbers. */
  readonly width: number;
}

export interface ChipsCallbacks {
  onToggleChange(change: Change): void;
  onCompare(node: number | null): void;
}

/**
 * Pixels that are needed in addition to the text: for each chip (whose symbol is wider than a letter), for the list of
 * nodes, and for the padding and gaps of the row.
 */
const SPACE_WIDTHS = { chip: 17, list: 31, row: 32 } as const;

const CHANGE_SYMBOLS: Record<Change, string> = { degraded: "▼", improved: "▲", wrong: "✕" };

export function drawChips(row: Box, data: ChipsData, { onToggleChange, onCompare }: ChipsCallbacks): void {
  const { hasLongTexts, listPrefix } = chooseWording(data);
  const comparedName = data.comparedNode ? `node ${data.comparedNode.number}` : "the compared node";
  const changeTitles: Record<Change, string> = {
    degraded: `Correct in ${comparedName}, wrong in this node (D)`,
    improved: `Wrong in ${comparedName}, correct in this node (I)`,
    wrong: "Misclassified by this node (Shift+X)",
  };
  row
    .selectAll<HTMLButtonElement, Change>(":scope > button.tog")
    .data(CHANGES)
    .join((enter) => enter.append("button").attr("class", "tog").attr("type", "button"))
    .attr("data-testid", (change) => change)
    .attr("title", (change) => changeTitles[change])
    .attr("aria-label", (change) => chipText(data, change, true))
    .attr("aria-pressed", (change) => data.shownChanges.includes(change) && isChangeAvailable(data, change))
    .attr("disabled", (change) => (isChangeAvailable(data, change) ? null : ""))
    .text((change) => chipText(data, change, hasLongTexts))
    .on("click", (_, change) => onToggleChange(change));
  ensureElement(row, "span", "grow");
  drawCompare(row, data, listPrefix, onCompare);
}

/**
 * Chooses the longest wordings that fit into the row. The text of the list of nodes is shortened before the texts of
 * the chips.
 */
function chooseWording(data: ChipsData): { hasLongTexts: boolean; listPrefix: string } {
  const lastNumber = Math.max(0, ...[data.comparedNode, ...data.otherNodes].map((node) => node?.number ?? 0));
  const widthOfChips = (hasLongTexts: boolean, listPrefix: string): number =>
    CHANGES.reduce(
      (sum, change) => sum + textWidth(chipText(data, change, hasLongTexts)) + SPACE_WIDTHS.chip,
      textWidth(`${listPrefix} ${lastNumber}`) + SPACE_WIDTHS.list + SPACE_WIDTHS.row,
    );
  const wordings = [
    { hasLongTexts: true, listPrefix: "vs node" },
    { hasLongTexts: true, listPrefix: "vs" },
    { hasLongTexts: false, listPrefix: "vs node" },
  ];
  return (
    wordings.find(({ hasLongTexts, listPrefix }) => widthOfChips(hasLongTexts, listPrefix) <= data.width) ?? {
      hasLongTexts: false,
      listPrefix: "vs",
    }
  );
}

/** Returns the text of a chip: "▼ degraded 46" or, shortened, "▼ 46". */
function chipText({ counts }: ChipsData, change: Change, hasLongTexts: boolean): string {
  const count = counts[change] === null ? null : formatCount(counts[change]);
  return [CHANGE_SYMBOLS[change], hasLongTexts || count === null ? change : null, count]
    .filter((word) => word !== null)
    .join(" ");
}

const isChangeAvailable = ({ isReady, comparedNode }: ChipsData, change: Change): boolean =>
  isReady && (change === "wrong" || comparedNode !== null);

function drawCompare(
  row: Box,
  { comparedNode, otherNodes, parent, isReady }: ChipsData,
  listPrefix: string,
  onCompare: ChipsCallbacks["onCompare"],
): void {
  const select = ensureElement(row, "select", "against")
    .attr("data-testid", "against")
    .attr("aria-label", "Node to compare samples with")
    .attr("title", "Compare samples with this node")
    .attr("disabled", isReady && otherNodes.length > 0 ? null : "");
  const options = comparedNode ? otherNodes : [null, ...otherNodes];
  select
    .selectAll<HTMLOptionElement, Node | null>("option")
    .data(options, (node) => String(node?.id ?? "none"))
    .join("option")
    .attr("value", (node) => String(node?.id ?? ""))
    .text((node) => (node === null ? "vs –" : `${listPrefix} ${node.number}`));
  (select.node() as unknown as HTMLSelectElement).value = String(comparedNode?.id ?? "");
  select.on("change", (event: Event) => {
    const { value } = event.currentTarget as HTMLSelectElement;
    onCompare(value === "" || Number(value) === parent ? null : Number(value));
  });
}
