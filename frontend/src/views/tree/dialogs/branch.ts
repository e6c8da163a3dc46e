/** Lists what deleting a branch would remove, and asks the user to confirm. */
import type { Branch } from "../../../api/values";
import { formatBytes, formatPercent, formatPlural } from "../../../marks/format";
import { ensureElement } from "../../../marks/elements";
import { drawButtons, drawStatusLine } from "../../dialogs/buttons";
import type { PanelDialog } from "../../panel";

export const deleteBranchDialog: PanelDialog = {
  label: "Delete branch",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    if (dialog?.kind !== "branch") return;
    const branch = state.server.branches[dialog.node];
    const loadError = state.screen.requests[`branch:${dialog.node}`]?.error ?? null;
    ensureElement(content, "p", "paragraph").text(branch ? describeBranch(branch) : "Counting what would be deleted…");
    ensureElement(content, "ul", "list")
      .selectAll<HTMLLIElement, Branch["nodes"][number]>(":scope > li")
      .data(branch?.nodes ?? [], ({ id }) => id)
      .join("li")
      .text(
        ({ number, state: nodeState, accuracy, size_bytes }) =>
          `node ${number}: ${accuracy === null ? nodeState : formatPercent(accuracy, 2)}, ${formatBytes(size_bytes)}`,
      );
    drawStatusLine(content, { ...dialog, error: dialog.error ?? loadError }, "Deleting…");
    drawButtons(content, [
      { text: "Keep branch", run: () => act.openDialog(null) },
      {
        text: "Delete branch",
        isPrimary: true,
        isDisabled: dialog.isSending || !branch,
        run: () => act.deleteBranch(dialog.node),
      },
    ]);
  },
};

function describeBranch({ nodes, size_bytes, active_jobs }: Branch): string {
  const jobs = active_jobs ? ` ${formatPlural(active_jobs, "job")} will be cancelled.` : "";
  return `${formatPlural(nodes.length, "node")} with weights, plans and results (${formatBytes(size_bytes)} on disk) will be deleted.${jobs} This cannot be undone.`;
}
