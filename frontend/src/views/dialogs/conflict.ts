/** Somebody else changed the plan that was edited here: both versions side by side, and the choice. */
import type { Cost } from "../../api/values";
import { formatBytes, formatCount } from "../../marks/format";
import { type Box, ensureElement } from "../../marks/part";
import { planModel, resultOf } from "../../state/selectors/plan";
import type { State } from "../../state/state";
import type { PanelDialog } from "../panel";
import { drawButtons, drawStatusLine } from "./buttons";

interface Row {
  readonly name: string;
  readonly theirs: string;
  readonly mine: string;
}

const COST_ROWS = [
  ["Filters left", (cost: Cost) => formatCount(cost.filters)],
  ["Parameters left", (cost: Cost) => formatCount(cost.parameters)],
  ["MACs left", (cost: Cost) => formatCount(cost.macs)],
  ["Bytes left", (cost: Cost) => formatBytes(cost.size_bytes)],
] as const;

/** What both versions would leave; empty where the page does not know the network yet. */
export function compareVersions(state: State): readonly Row[] {
  const { dialog } = state.screen;
  const model = planModel(state);
  if (dialog?.kind !== "conflict" || !model) return [];
  const rule = state.draft.edits[dialog.theirs.id]?.unsent;
  const mine = rule && resultOf(state, model, dialog.theirs, rule).cost;
  return COST_ROWS.map(([name, text]) => ({ name, theirs: text(dialog.theirs.cost), mine: mine ? text(mine) : "" }));
}

export const conflictDialog: PanelDialog = {
  label: "Two edits of one plan",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    if (dialog?.kind !== "conflict") return;
    const { theirs, sending } = dialog;
    ensureElement(content, "p", "paragraph").text(
      `Somebody else changed plan ${theirs.name} while you edited it. Neither version is lost: choose what plan ${theirs.name} shall be.`,
    );
    drawTable(ensureElement(content, "table", "versions"), compareVersions(state));
    drawStatusLine(content, dialog, "Keeping yours…");
    drawButtons(content, [
      { text: "Take theirs", disabled: sending, run: () => act.takeTheirs(theirs) },
      { text: "Put mine over it", disabled: sending, run: () => act.putMineOver(theirs) },
      {
        text: "Keep mine as a new draft",
        isMain: true,
        isFirst: true,
        disabled: sending,
        run: () => act.keepMineApart(theirs),
      },
    ]);
  },
};

function drawTable(table: Box, rows: readonly Row[]): void {
  const head: Row = { name: "", theirs: "Theirs", mine: "Yours" };
  table
    .selectAll<HTMLTableRowElement, Row>(":scope > tr")
    .data([head, ...rows], ({ name }) => name)
    .join("tr")
    .selectAll<HTMLTableCellElement, string>("td, th")
    .data(({ name, theirs, mine }) => [name, theirs, mine])
    .join((enter) =>
      enter.append((text, index) =>
        document.createElement(index === 0 || text === "Theirs" || text === "Yours" ? "th" : "td"),
      ),
    )
    .text((text) => text);
}
