/** Keyboard shortcuts that work whichever panel has the focus. */
import { PANELS, type PanelId } from "../state/choice";
import type { Key } from "./panel";

const PANEL_TITLES: Record<PanelId, string> = { tree: "Tree", stats: "Statistics", model: "Model", filters: "Filters" };

export const PAGE_SHORTCUTS: readonly Key[] = [
  ...PANELS.map((id, index) => ({
    keys: String(index + 1),
    help: `go to the ${PANEL_TITLES[id]} panel`,
    run: () => focusPanel(id),
  })),
  {
    keys: "e",
    help: "enlarge the panel, or restore it",
    run: (act, state) => act.enlarge(state.choice.panel ? null : focusedPanel()),
  },
  { keys: "Escape", help: "back to all panels", run: (act) => act.enlarge(null) },
  { keys: "[", help: "previous node", run: (act) => act.chooseAdjacentNode(-1) },
  { keys: "]", help: "next node", run: (act) => act.chooseAdjacentNode(1) },
  { keys: "Ctrl+z", help: "undo an edit of the plan", run: (act) => act.undo() },
  { keys: "Ctrl+Shift+Z", help: "redo an edit of the plan", run: (act) => act.redo() },
  { keys: "Shift+T", help: "switch between light and dark theme", run: (act) => act.toggleTheme() },
  { keys: "Shift+L", help: "share this view", run: (act) => act.openShareDialog() },
  { keys: "?", help: "help and keyboard shortcuts", run: (act) => act.openDialog({ kind: "help" }) },
];

/** Returns the panel that has the focus, else the panel under the pointer, else the Model panel. */
function focusedPanel(): PanelId {
  const panelSection = document.activeElement?.closest(".panel") ?? document.querySelector(".panel:hover");
  return PANELS.find((id) => id === panelSection?.id) ?? "model";
}

function focusPanel(id: PanelId): void {
  document.getElementById(id)?.focus();
}
