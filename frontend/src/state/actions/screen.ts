/** The state of this browser: theme, keyboard shortcuts, dialogs, size. */
import { withScreen } from "../changes/patches";
import type { Dialog } from "../dialog";
import { forgetRequests, type Context } from "./context";

const THEME_STORAGE_KEY = "cnnpruner.theme";
const LETTER_KEYS_STORAGE_KEY = "cnnpruner.letter-keys";

export function createScreenActions({ store, notify }: Context) {
  const { dispatch } = store;
  return {
    /** Restores the preferences that were stored in this browser on earlier visits. */
    restore: () => {
      const theme = localStorage.getItem(THEME_STORAGE_KEY);
      const areLetterKeysEnabled = localStorage.getItem(LETTER_KEYS_STORAGE_KEY) !== "off";
      dispatch((state) =>
        withScreen(state, { areLetterKeysEnabled, theme: theme === "dark" || theme === "light" ? theme : null }),
      );
    },
    toggleTheme: () => {
      const { theme } = store.state().screen;
      const next = (theme ?? systemTheme()) === "dark" ? "light" : "dark";
      localStorage.setItem(THEME_STORAGE_KEY, next);
      dispatch((state) => withScreen(state, { theme: next }));
    },
    setLetterKeys: (areLetterKeysEnabled: boolean) => {
      localStorage.setItem(LETTER_KEYS_STORAGE_KEY, areLetterKeysEnabled ? "on" : "off");
      dispatch((state) => withScreen(state, { areLetterKeysEnabled }));
    },
    openDialog: (dialog: Dialog | null) => dispatch((state) => withScreen(state, { dialog })),
    resize: (width: number, height: number) => dispatch((state) => withScreen(state, { width, height })),
    /** Stores the first visible row after the user has scrolled the layer table. */
    scrollRows: (row: number) =>
      dispatch((state) => (state.screen.firstRow === row ? state : withScreen(state, { firstRow: row }))),
    scrollStats: (offset: number) =>
      dispatch((state) => (state.screen.statsScroll === offset ? state : withScreen(state, { statsScroll: offset }))),
    scrollCompared: (offset: number) =>
      dispatch((state) =>
        state.screen.comparisonScroll === offset ? state : withScreen(state, { comparisonScroll: offset }),
      ),
    /** Shows a notification that explains why an input had no effect. */
    notify: (message: string) => notify(message, "neutral"),
    copy: (text: string, label: string) =>
      void navigator.clipboard.writeText(text).then(
        () => notify(`${label} has been copied.`, "neutral"),
        () => notify(`Could not copy to the clipboard. Copy this text yourself: ${text}`, "neutral"),
      ),
    /** Sends failed requests again. */
    retry: () => dispatch((state) => forgetRequests((key) => state.screen.requests[key]?.state === "failed")(state)),
  };
}

const systemTheme = (): "light" | "dark" => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
