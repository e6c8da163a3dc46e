/** Listens for the keyboard shortcuts of the page and of its panels. */
import type { Actions } from "./state/actions";
import type { State } from "./state/state";
import { PAGE_SHORTCUTS } from "./views/pageKeys";
import type { Panel } from "./views/panel";

export function listenForKeys(panels: readonly Panel[], state: () => State, act: Actions): void {
  const shortcuts = new Map(
    [...PAGE_SHORTCUTS, ...panels.flatMap((panel) => panel.keys)].map((key) => [key.keys, key]),
  );
  document.addEventListener("keydown", (event) => {
    const name = keyName(event);
    const key = shortcuts.get(name);
    if (!key || event.defaultPrevented || state().screen.dialog) return;
    if (isMenuItem(event.target) || (isTextField(event.target) && !name.startsWith("Ctrl+Enter"))) return;
    if (/^(Shift\+)?.$/.test(name) && !state().screen.areLetterKeysEnabled) return;
    event.preventDefault();
    if (isTextField(event.target)) (event.target as HTMLElement).blur(); // commits the typed value
    key.run(act, state());
  });
}

/**
 * Returns the name of a key press, such as "Ctrl+Shift+Z". Shift is omitted for characters that imply it, such as "?".
 */
export function keyName({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): string {
  const includesShift = /^[a-z]$/i.test(key) || key.length > 1;
  const parts = [ctrlKey || metaKey ? "Ctrl" : "", altKey ? "Alt" : "", shiftKey && includesShift ? "Shift" : "", key];
  return parts.filter(Boolean).join("+");
}

const isTextField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches("input:not([type=checkbox], [type=range]), textarea, select");

/** Whether the event comes from an open menu, which handles its own keys. */
const isMenuItem = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches("wa-dropdown-item");
