/** Asks for a link or token where the server answers nobody without one. */
import { ensureElement } from "../../marks/elements";
import type { PanelDialog } from "../panel";
import { drawButtons, drawStatusLine } from "./buttons";
import { drawField, onSubmit, readText } from "./fields";

/** A whole link counts as its token. */
export const tokenOf = (text: string): string => new URLSearchParams(text.split("#")[1] ?? "").get("token") ?? text;

export const enterDialog: PanelDialog = {
  label: "This tree is not open to everybody",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    if (dialog?.kind !== "enter") return;
    ensureElement(content, "p", "paragraph").text(
      "Open the link that you were sent, or paste it here. The owner's token was written to the server's log when it started.",
    );
    const form = ensureElement(content, "form", "form");
    drawField(form, { name: "token", label: "Link or token", type: "text" });
    form.select("input").attr("autocomplete", "off").attr("autofocus", "");
    const enter = (): void => {
      const text = readText(form, "token");
      if (text && !dialog.sending) act.enter(tokenOf(text));
    };
    onSubmit(form, enter);
    drawStatusLine(content, dialog, "Coming in…");
    drawButtons(content, [{ text: "Come in", isMain: true, disabled: dialog.sending, run: enter }]);
  },
};
