/** Shows both versions of a plan that somebody else has changed during an edit, and asks which version to keep. */
import type { Cost } from "../../api/values";
import { formatBytes, formatCount } from "../../marks/format";
import { type Box, ensureElement } from "../../marks/elements";
import { planModel, resultOfRule } from "../../state/selectors/plan";
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
  ["File size left", (cost: Cost) => formatBytes(cost.size_bytes)],
] as const;

/**
 * Returns rows that compare the cost of the pruned network in both versions of a plan; empty until the layers of the
 * node are loaded.
 */
export function compareVersions(state: State): readonly Row[] {
  const { dialog } = state.screen;
  const model = planModel(state);
  if (dialog?.kind !== "conflict" || !model) return [];
  const rule = state.draft.edits[dialog.theirs.id]?.unsentRule;
  const ownCost = rule && resultOfRule(state, model, dialog.theirs, rule).cost;
  return COST_ROWS.map(([name, format]) => ({
    name,
    theirs: format(dialog.theirs.cost),
    mine: ownCost ? format(ownCost) : "",
  }));
}

export const conflictDialog: PanelDialog = {
  label: "Conflicting edits",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    if (dialog?.kind !== "conflict") return;
    const { theirs, sending } = dialog;
    ensureElement(content, "p", "paragraph").text(
      `Someone else changed plan ${theirs.name} while you were editing it. Choose which version to keep.`,
    );
    drawTable(ensureElement(content, "table", "versions"), compareVersions(state));
    drawStatusLine(content, dialog, "Saving…");
    drawButtons(content, [
      { text: "Keep their version", disabled: sending, run: () => act.keepTheirs(theirs) },
      { text: "Overwrite it with yours", disabled: sending, run: () => act.overwriteTheirs(theirs) },
      {
        text: "Save yours as a new draft",
        isMain: true,
        hasInitialFocus: true,
        disabled: sending,
        run: () => act.saveMineSeparately(theirs),
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
