/** Which samples are listed: degraded, improved or wrong ones, or those of a cell of the matrix. */
import { formatCount } from "../../marks/format";
import { part, type Box } from "../../marks/part";
import type { Change } from "../../state/state";

export interface ChangesData {
  readonly change: Change | null;
  /** The chosen cell in words; null without one. */
  readonly cell: string | null;
  readonly counts: Readonly<Record<Change, number | null>>;
  readonly isReady: boolean;
}

export interface ChangesCallbacks {
  onChoose(change: Change | null): void;
  onClear(): void;
}

const CHANGES: readonly { change: Change; sign: string; title: string }[] = [
  { change: "degraded", sign: "▼", title: "right in the parent, wrong here (D)" },
  { change: "improved", sign: "▲", title: "wrong in the parent, right here (I)" },
  { change: "wrong", sign: "✕", title: "wrong here" },
];

export function drawChanges(row: Box, { change: chosen, cell, counts, isReady }: ChangesData, { onChoose, onClear }: ChangesCallbacks): void {
  const isShown = (change: Change): boolean => cell === null && (chosen ?? "wrong") === change;
  row
    .selectAll<HTMLButtonElement, (typeof CHANGES)[number]>(":scope > button.tog.change")
    .data(CHANGES, ({ change }) => change)
    .join((enter) => enter.append("button").attr("class", "tog change").attr("type", "button"))
    .attr("data-testid", ({ change }) => change)
    .attr("title", ({ title }) => title)
    .attr("aria-pressed", ({ change }) => isShown(change))
    .attr("disabled", ({ change }) => (isReady && counts[change] !== null ? null : ""))
    .text(({ change, sign }) => `${sign} ${change} ${counts[change] === null ? "" : formatCount(counts[change])}`.trimEnd())
    .on("click", (_, { change }) => onChoose(isShown(change) ? null : change));
  part(row, "button", "cell")
    .attr("class", "cell tog")
    .attr("type", "button")
    .attr("hidden", cell === null ? "" : null)
    .attr("aria-pressed", true)
    .attr("title", "Let go of this cell")
    .text(`${cell ?? ""} ✕`)
    .on("click", onClear);
}
