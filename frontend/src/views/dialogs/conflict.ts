/**
 * Shows both versions of a plan that someone else changed while the user was editing it, and asks which one to keep.
 */
import type { Cost } from "../../api/values";
import { formatBytes, formatCount } from "../../marks/format";
import { type Box, ensureElement } from "../../marks/elements";
import { planModel, ruleResult } from "../../state/selectors/plan";
import type { State } from "../../state/state";
import type { PanelDialog } from "../panel";
import { drawButtons, drawStatusLine } from "./buttons";

interface Row {
  readonly name: string;
  readonly theirValue: string;
  readonly yourValue: string;
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
export function comparePlanVersions(state: State): readonly Row[] {
  const { dialog } = state.screen;
  const model = planModel(state);
  if (dialog?.kind !== "conflict" || !model) return [];
  const rule = state.draft.edits[dialog.theirPlan.id]?.unsentRule;
  const costOfYourRule = rule && ruleResult(state, model, dialog.theirPlan, rule).cost;
  return COST_ROWS.map(([name, format]) => ({
    name,
    theirValue: format(dialog.theirPlan.cost),
    yourValue: costOfYourRule ? format(costOfYourRule) : "",
  }));
}

export const conflictDialog: PanelDialog = {
  label: "Conflicting edits",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    if (dialog?.kind !== "conflict") return;
    const { theirPlan: theirPlan, isSending: isSending } = dialog;
    ensureElement(content, "p", "paragraph").text(
      `Someone else changed plan ${theirPlan.name} while you were editing it. Choose which version to keep.`,
    );
    drawTable(ensureElement(content, "table", "versions"), comparePlanVersions(state));
    drawStatusLine(content, dialog, "Saving…");
    drawButtons(content, [
      { text: "Keep their version", isDisabled: isSending, run: () => act.keepTheirs(theirPlan) },
      { text: "Overwrite their version", isDisabled: isSending, run: () => act.overwriteTheirs(theirPlan) },
      {
        text: "Save yours as a new draft",
        isPrimary: true,
        hasInitialFocus: true,
        isDisabled: isSending,
        run: () => act.saveMineSeparately(theirPlan),
      },
    ]);
  },
};

function drawTable(table: Box, rows: readonly Row[]): void {
  const head: Row = { name: "", theirValue: "Theirs", yourValue: "Yours" };
  table
    .selectAll<HTMLTableRowElement, Row>(":scope > tr")
    .data([head, ...rows], ({ name }) => name)
    .join("tr")
    .selectAll<HTMLTableCellElement, string>("td, th")
    .data(({ name, theirValue, yourValue }) => [name, theirValue, yourValue])
    .join((newCells) =>
      newCells.append((text, index) =>
        document.createElement(index === 0 || text === "Theirs" || text === "Yours" ? "th" : "td"),
      ),
    )
    .text((text) => text);
}
