/**
 * Buttons (chips) that mark degraded, improved or wrong samples on the map, and the drop-down list for the node to
 * compare with.
 */
import type { Node } from "../../../api/values";
import { formatCount, textWidth } from "../../../marks/format";
import { ensureElement, type Box } from "../../../marks/elements";
import { SAMPLE_CHANGES, type SampleChange } from "../../../state/choice";

export interface ChipsData {
  readonly shownChanges: readonly SampleChange[];
  readonly counts: Readonly<Record<SampleChange, number | null>>;
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
  onToggleChange(change: SampleChange): void;
  onCompareNode(node: number | null): void;
}

/**
 * Width needed in addition to the texts, in pixels: per chip (whose symbol is wider than a letter), for the list of
 * nodes, and for the padding and gaps of the row.
 */
const PADDING_WIDTHS = { chip: 17, list: 31, row: 32 } as const;

const CHANGE_SYMBOLS: Record<SampleChange, string> = { degraded: "▼", improved: "▲", wrong: "✕" };

export function drawChips(
  row: Box,
  data: ChipsData,
  { onToggleChange, onCompareNode: onCompare }: ChipsCallbacks,
): void {
  const { hasLongTexts, nodeListPrefix } = chooseWording(data);
  const comparedNodeName = data.comparedNode ? `node ${data.comparedNode.number}` : "the compared node";
  const changeTooltips: Record<SampleChange, string> = {
    degraded: `Samples that ${comparedNodeName} classifies correctly, but this node does not (D)`,
    improved: `Samples that this node classifies correctly, but ${comparedNodeName} does not (I)`,
    wrong: "Samples that this node misclassifies (Shift+X)",
  };
  row
    .selectAll<HTMLButtonElement, SampleChange>(":scope > button.tog")
    .data(SAMPLE_CHANGES)
    .join((enter) => enter.append("button").attr("class", "tog").attr("type", "button"))
    .attr("data-testid", (change) => change)
    .attr("title", (change) => changeTooltips[change])
    .attr("aria-label", (change) => chipText(data, change, true))
    .attr("aria-pressed", (change) => data.shownChanges.includes(change) && isChangeAvailable(data, change))
    .attr("disabled", (change) => (isChangeAvailable(data, change) ? null : ""))
    .text((change) => chipText(data, change, hasLongTexts))
    .on("click", (_, change) => onToggleChange(change));
  ensureElement(row, "span", "grow");
  drawComparedNodeSelect(row, data, nodeListPrefix, onCompare);
}

/**
 * Chooses the longest wordings that fit into the row. The text of the list of nodes is shortened before the texts of
 * the chips.
 */
function chooseWording(data: ChipsData): { hasLongTexts: boolean; nodeListPrefix: string } {
  const highestNodeNumber = Math.max(0, ...[data.comparedNode, ...data.otherNodes].map((node) => node?.number ?? 0));
  const widthOfChips = (hasLongTexts: boolean, nodeListPrefix: string): number =>
    SAMPLE_CHANGES.reduce(
      (sum, change) => sum + textWidth(chipText(data, change, hasLongTexts)) + PADDING_WIDTHS.chip,
      textWidth(`${nodeListPrefix} ${highestNodeNumber}`) + PADDING_WIDTHS.list + PADDING_WIDTHS.row,
    );
  const wordings = [
    { hasLongTexts: true, nodeListPrefix: "vs node" },
    { hasLongTexts: true, nodeListPrefix: "vs" },
    { hasLongTexts: false, nodeListPrefix: "vs node" },
  ];
  return (
    wordings.find(({ hasLongTexts, nodeListPrefix }) => widthOfChips(hasLongTexts, nodeListPrefix) <= data.width) ?? {
      hasLongTexts: false,
      nodeListPrefix: "vs",
    }
  );
}

/** Returns the text of a chip: "▼ degraded 46" or, shortened, "▼ 46". */
function chipText({ counts }: ChipsData, change: SampleChange, hasLongTexts: boolean): string {
  const count = counts[change] === null ? null : formatCount(counts[change]);
  return [CHANGE_SYMBOLS[change], hasLongTexts || count === null ? change : null, count]
    .filter((word) => word !== null)
    .join(" ");
}

const isChangeAvailable = ({ isReady, comparedNode }: ChipsData, change: SampleChange): boolean =>
  isReady && (change === "wrong" || comparedNode !== null);

function drawComparedNodeSelect(
  row: Box,
  { comparedNode, otherNodes, parent, isReady }: ChipsData,
  nodeListPrefix: string,
  onCompare: ChipsCallbacks["onCompareNode"],
): void {
  const select = ensureElement(row, "select", "against")
    .attr("data-testid", "against")
    .attr("aria-label", "Node to compare predictions with")
    .attr("title", "Node whose predictions are compared with those of the chosen node")
    .attr("disabled", isReady && otherNodes.length > 0 ? null : "");
  const options = comparedNode ? otherNodes : [null, ...otherNodes];
  select
    .selectAll<HTMLOptionElement, Node | null>("option")
    .data(options, (node) => String(node?.id ?? "none"))
    .join("option")
    .attr("value", (node) => String(node?.id ?? ""))
    .text((node) => (node === null ? "vs –" : `${nodeListPrefix} ${node.number}`));
  (select.node() as unknown as HTMLSelectElement).value = String(comparedNode?.id ?? "");
  select.on("change", (event: Event) => {
    const { value } = event.currentTarget as HTMLSelectElement;
    onCompare(value === "" || Number(value) === parent ? null : Number(value));
  });
}
