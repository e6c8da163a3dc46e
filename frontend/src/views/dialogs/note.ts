/** Edits the note of a node. */
import type { Node } from "../../api/values";
import { type Box, ensureElement } from "../../marks/elements";
import type { RequestStatus } from "../../state/dialog";
import { drawButtons, drawStatusLine } from "./buttons";

export interface NoteCallbacks {
  onSave(note: string): void;
  onClose(): void;
}

export function drawNote(
  content: Box,
  node: Node | null,
  status: RequestStatus,
  { onSave, onClose }: NoteCallbacks,
): void {
  if (!node) return;
  const existingTextArea = content.select<HTMLTextAreaElement>("textarea");
  const isFirstDraw = existingTextArea.empty();
  const text = isFirstDraw
    ? content.append("textarea").attr("class", "field note-text").attr("maxlength", 10_000)
    : existingTextArea;
  const textArea = text.attr("aria-label", `Note on node ${node.number}`).attr("autofocus", "").node()!;
  if (isFirstDraw) textArea.value = node.note;
  const save = (): void => onSave(textArea.value);
  textArea.onkeydown = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
  };
  ensureElement(content, "p", "paragraph")
    .attr("class", "paragraph dim small")
    .text("The note is saved with the node and visible to everyone who opens the tree.");
  drawStatusLine(content, status, "Saving…");
  drawButtons(content, [
    { text: "Cancel", run: onClose },
    { text: "Save note", isPrimary: true, isDisabled: status.isSending, run: save },
  ]);
}
