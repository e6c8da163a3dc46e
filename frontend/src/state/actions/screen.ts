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
      const letterKeys = localStorage.getItem(LETTER_KEYS_STORAGE_KEY) !== "off";
      dispatch((state) =>
        withScreen(state, { letterKeys, theme: theme === "dark" || theme === "light" ? theme : null }),
      );
    },
    toggleTheme: () => {
      const { theme } = store.state().screen;
      const next = (theme ?? systemTheme()) === "dark" ? "light" : "dark";
      localStorage.setItem(THEME_STORAGE_KEY, next);
      dispatch((state) => withScreen(state, { theme: next }));
    },
    setLetterKeys: (letterKeys: boolean) => {
      localStorage.setItem(LETTER_KEYS_STORAGE_KEY, letterKeys ? "on" : "off");
      dispatch((state) => withScreen(state, { letterKeys }));
    },
    openDialog: (dialog: Dialog | null) => dispatch((state) => withScreen(state, { dialog })),
    resize: (width: number, height: number) => dispatch((state) => withScreen(state, { width, height })),
    /** Stores the first visible row after the user has scrolled the layer table. */
    scrollRows: (rows: number) =>
      dispatch((state) => (state.screen.firstRow === rows ? state : withScreen(state, { firstRow: rows }))),
    scrollStats: (stats: number) =>
      dispatch((state) => (state.screen.statsScroll === stats ? state : withScreen(state, { statsScroll: stats }))),
    scrollCompared: (compared: number) =>
      dispatch((state) =>
        state.screen.comparisonScroll === compared ? state : withScreen(state, { comparisonScroll: compared }),
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
