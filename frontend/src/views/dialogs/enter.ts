/** Asks for a link or token if the server requires visitors to sign in. */
import { ensureElement } from "../../marks/elements";
import type { PanelDialog } from "../panel";
import { drawButtons, drawStatusLine } from "./buttons";
import { drawField, listenToSubmit, readText } from "./fields";

/** Extracts the token from a link; any other text is taken to be the token itself. */
export const extractToken = (text: string): string =>
  new URLSearchParams(text.split("#")[1] ?? "").get("token") ?? text;

export const signInDialog: PanelDialog = {
  label: "Sign in",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    if (dialog?.kind !== "signIn") return;
    ensureElement(content, "p", "paragraph").text(
      "Paste the link you received, or the owner’s token. The server writes the owner’s token to its log when it starts.",
    );
    const form = ensureElement(content, "form", "form");
    drawField(form, { name: "token", label: "Link or token", type: "text" });
    form.select("input").attr("autocomplete", "off").attr("autofocus", "");
    const signIn = (): void => {
      const text = readText(form, "token");
      if (text && !dialog.isSending) act.signIn(extractToken(text));
    };
    listenToSubmit(form, signIn);
    drawStatusLine(content, dialog, "Signing in…");
    drawButtons(content, [{ text: "Sign in", isPrimary: true, isDisabled: dialog.isSending, run: signIn }]);
  },
};
