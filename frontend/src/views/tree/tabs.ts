/** The tabs that choose the view in the enlarged Tree panel. */
import { ensureElement, type Box } from "../../marks/elements";
import { TREE_VIEWS, type TreeView } from "../../state/choice";

const TAB_TITLES: Record<TreeView, string> = { tree: "Tree", compare: "Compare", tradeoff: "Trade-off" };

export function drawTabs(body: Box, shown: TreeView, isEnlarged: boolean, onShowView: (view: TreeView) => void): void {
  const row = ensureElement(body, "div", "toolrow").attr("hidden", isEnlarged ? null : "");
  ensureElement(row, "div", "seg")
    .attr("role", "group")
    .attr("aria-label", "View")
    .selectAll<HTMLButtonElement, TreeView>(":scope > button")
    .data(TREE_VIEWS)
    .join("button")
    .attr("type", "button")
    .attr("data-testid", (view) => `view-${view}`)
    .attr("aria-pressed", (view) => String(view === shown))
    .text((view) => TAB_TITLES[view])
    .on("click", (_, view) => onShowView(view));
}
