/** Keys of the page and of its panels. */
import type { Actions } from "./state/actions";
import { PANELS, type PanelId } from "./state/choice";
import type { State } from "./state/state";
import type { Key, Panel } from "./views/panel";

const TITLES: Record<PanelId, string> = { tree: "Tree", stats: "Statistics", model: "Model", filters: "Filters" };

export const PAGE_KEYS: readonly Key[] = [
  ...PANELS.map((id, index) => ({
    keys: String(index + 1),
    help: `go to the panel ${TITLES[id]}`,
    run: () => focusPanel(id),
  })),
  {
    keys: "e",
    help: "enlarge the panel, or back",
    run: (act, state) => act.enlarge(state.choice.panel ? null : focused()),
  },
  { keys: "Escape", help: "back to all panels", run: (act) => act.enlarge(null) },
  { keys: "[", help: "node before", run: (act) => act.stepNode(-1) },
  { keys: "]", help: "node after", run: (act) => act.stepNode(1) },
  { keys: "Ctrl+z", help: "undo an edit of the plan", run: (act) => act.undo() },
  { keys: "Ctrl+Shift+Z", help: "redo it", run: (act) => act.redo() },
  { keys: "Shift+T", help: "light or dark theme", run: (act) => act.toggleTheme() },
  { keys: "Shift+L", help: "share this view", run: (act) => act.share() },
  { keys: "?", help: "help and keys", run: (act) => act.openDialog({ kind: "help" }) },
];

export function listenForKeys(panels: readonly Panel[], state: () => State, act: Actions): void {
  const table = new Map([...PAGE_KEYS, ...panels.flatMap((panel) => panel.keys)].map((key) => [key.keys, key]));
  document.addEventListener("keydown", (event) => {
    const name = nameKey(event);
    const key = table.get(name);
    if (!key || event.defaultPrevented || state().screen.dialog) return;
    if (isInMenu(event.target) || (isWriting(event.target) && !name.startsWith("Ctrl+Enter"))) return;
    if (/^(Shift\+)?.$/.test(name) && !state().screen.letterKeys) return;
    event.preventDefault();
    if (isWriting(event.target)) (event.target as HTMLElement).blur(); // what was typed counts
    key.run(act, state());
  });
}

/** "Ctrl+Shift+Z"; Shift is named only for letters, since other signs carry it already. */
export function nameKey({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): string {
  const isLetter = /^[a-z]$/i.test(key) || key.length > 1;
  const parts = [ctrlKey || metaKey ? "Ctrl" : "", altKey ? "Alt" : "", shiftKey && isLetter ? "Shift" : "", key];
  return parts.filter(Boolean).join("+");
}

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches("input:not([type=checkbox], [type=range]), textarea, select");

/** An open menu has keys of its own. */
const isInMenu = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches("wa-dropdown-item");

/** The panel with the focus, or under the pointer, else the Model. */
function focused(): PanelId {
  const section = document.activeElement?.closest(".panel") ?? document.querySelector(".panel:hover");
  return PANELS.find((id) => id === section?.id) ?? "model";
}

function focusPanel(id: PanelId): void {
  document.getElementById(id)?.focus();
}
