/** The footer of a dialog: its buttons, and a status line for progress and errors. */
import { type Box, ensureElement } from "../../marks/elements";
import type { RequestStatus } from "../../state/dialog";

export interface DialogButton {
  readonly text: string;
  readonly isPrimary?: boolean;
  /** Whether this button has the focus when the dialog opens. By default, the first field or button has the focus. */
  readonly hasInitialFocus?: boolean;
  /** A disabled button ignores clicks but can still have the focus. */
  readonly isDisabled?: boolean;
  run(): void;
}

export function drawButtons(content: Box, buttons: readonly DialogButton[]): void {
  ensureElement(content, "div", "buttons")
    .selectAll<HTMLButtonElement, DialogButton>(":scope > button")
    .data(buttons, ({ text }) => text)
    .join("button")
    .attr("type", "button")
    .attr("class", ({ isPrimary }) => (isPrimary ? "btn pri" : "btn"))
    .attr("autofocus", ({ hasInitialFocus }) => (hasInitialFocus ? "" : null))
    .attr("aria-disabled", ({ isDisabled }) => (isDisabled ? "true" : null))
    .text(({ text }) => text)
    .on("click", (_, { isDisabled, run }) => {
      if (!isDisabled) run();
    });
}

export function drawStatusLine(content: Box, { error, isSending }: RequestStatus, sendingText: string): void {
  const text = error ?? (isSending ? sendingText : "");
  ensureElement(content, "p", "state")
    .attr("class", error ? "state problem paragraph" : "state paragraph dim")
    .attr("role", "status")
    .attr("hidden", text ? null : "")
    .text(text);
}
