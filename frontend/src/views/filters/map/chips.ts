/** Which samples are marked, and the node that they are compared with. */
import type { Node } from "../../../api/values";
import { formatCount, textWidth } from "../../../marks/format";
import { ensureElement, type Box } from "../../../marks/elements";
import { CHANGES, type Change } from "../../../state/choice";

export interface ChipsData {
  readonly shown: readonly Change[];
  readonly counts: Readonly<Record<Change, number | null>>;
  /** Number of the compared node; null for a root that is compared with none. */
  readonly against: Node | null;
  /** What can be compared with: ready nodes but this. */
  readonly others: readonly Node[];
  readonly parent: number | null;
  readonly isReady: boolean;
  /** Pixels of the row: where it is narrow, words go and signs and numbers stay. */
  readonly width: number;
}

export interface ChipsCallbacks {
  onToggle(change: Change): void;
  onCompare(node: number | null): void;
}

/** Room around the words of a chip and of the list of nodes; the ends of the row with its gaps. */
const AROUND = { chip: 12, list: 31, row: 32 } as const;

const SIGNS: Record<Change, string> = { degraded: "▼", improved: "▲", wrong: "✕" };

export function drawChips(row: Box, data: ChipsData, { onToggle, onCompare }: ChipsCallbacks): void {
  const { isLong, vs } = wordsFor(data);
  const before = data.against ? `node ${data.against.number}` : "the compared node";
  const titles: Record<Change, string> = {
    degraded: `right in ${before}, wrong here (D)`,
    improved: `wrong in ${before}, right here (I)`,
    wrong: "wrong here (Shift X)",
  };
  row
    .selectAll<HTMLButtonElement, Change>(":scope > button.tog")
    .data(CHANGES)
    .join((enter) => enter.append("button").attr("class", "tog").attr("type", "button"))
    .attr("data-testid", (change) => change)
    .attr("title", (change) => titles[change])
    .attr("aria-label", (change) => nameChip(data, change, true))
    .attr("aria-pressed", (change) => data.shown.includes(change) && isOpen(data, change))
    .attr("disabled", (change) => (isOpen(data, change) ? null : ""))
    .text((change) => nameChip(data, change, isLong))
    .on("click", (_, change) => onToggle(change));
  ensureElement(row, "span", "grow");
  drawCompare(row, data, vs, onCompare);
}

/** The chips keep their words longer than the list. */
function wordsFor(data: ChipsData): { isLong: boolean; vs: string } {
  const most = Math.max(0, ...[data.against, ...data.others].map((node) => node?.number ?? 0));
  const room = (isLong: boolean, vs: string): number =>
    CHANGES.reduce(
      (sum, change) => sum + textWidth(nameChip(data, change, isLong)) + AROUND.chip,
      textWidth(`${vs} ${most}`) + AROUND.list + AROUND.row,
    );
  const ways = [
    { isLong: true, vs: "vs node" },
    { isLong: true, vs: "vs" },
    { isLong: false, vs: "vs node" },
  ];
  return ways.find(({ isLong, vs }) => room(isLong, vs) <= data.width) ?? { isLong: false, vs: "vs" };
}

/** "▼ degraded 46" */
function nameChip({ counts }: ChipsData, change: Change, isLong: boolean): string {
  const count = counts[change] === null ? null : formatCount(counts[change]);
  return [SIGNS[change], isLong || count === null ? change : null, count].filter((word) => word !== null).join(" ");
}

const isOpen = ({ isReady, against }: ChipsData, change: Change): boolean =>
  isReady && (change === "wrong" || against !== null);

function drawCompare(
  row: Box,
  { against, others, parent, isReady }: ChipsData,
  vs: string,
  onCompare: ChipsCallbacks["onCompare"],
): void {
  const select = ensureElement(row, "select", "against")
    .attr("data-testid", "against")
    .attr("aria-label", "Node that samples are compared with")
    .attr("title", "Compare samples with this node")
    .attr("disabled", isReady && others.length > 0 ? null : "");
  const options = against ? others : [null, ...others];
  select
    .selectAll<HTMLOptionElement, Node | null>("option")
    .data(options, (node) => String(node?.id ?? "none"))
    .join("option")
    .attr("value", (node) => String(node?.id ?? ""))
    .text((node) => (node === null ? "vs –" : `${vs} ${node.number}`));
  (select.node() as unknown as HTMLSelectElement).value = String(against?.id ?? "");
  select.on("change", (event: Event) => {
    const { value } = event.currentTarget as HTMLSelectElement;
    onCompare(value === "" || Number(value) === parent ? null : Number(value));
  });
}
