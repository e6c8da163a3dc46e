/** The line of a dialog that says why it was refused. */
import { part, type Box } from "../../marks/part";
import type { Sending } from "../../state/dialog";

export function drawStatusLine(content: Box, { error, sending }: Sending, busy: string): void {
  const text = error ?? (sending ? busy : "");
  part(content, "p", "state")
    .attr("class", error ? "state problem paragraph" : "state paragraph dim")
    .attr("role", "status")
    .attr("hidden", text ? null : "")
    .text(text);
}
