/** Opens a bundle that another server saved. */
import { type Box, ensureElement } from "../../../marks/elements";
import type { PanelDialog } from "../../panel";
import { drawButtons, drawStatusLine } from "../buttons";

export const unbundleDialog: PanelDialog = {
  label: "Open a bundle",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    if (dialog?.kind !== "unbundle") return;
    ensureElement(content, "p", "paragraph").text(
      "A new experiment with the same tree and the same numbers. A damaged file leaves nothing behind, and nothing in it is run.",
    );
    const form = ensureElement(content, "form", "form");
    ensureElement(form, "label", "label").attr("for", "bundle-file").text("Bundle (.zip)");
    ensureElement(form, "input", "field")
      .attr("type", "file")
      .attr("id", "bundle-file")
      .attr("name", "file")
      .attr("accept", ".zip,application/zip");
    drawStatusLine(content, dialog, "Sending and checking it…");
    drawButtons(content, [
      { text: "Cancel", run: () => act.openDialog(null) },
      { text: "Open it", isMain: true, disabled: dialog.sending, run: () => open(form, act.unbundle) },
    ]);
  },
};

/** Without a file the field takes the focus, so that the next key opens the choice of files. */
function open(form: Box, onFile: (file: File) => void): void {
  const field = form.select<HTMLInputElement>("[name=file]").node()!;
  const file = field.files?.[0];
  if (file) onFile(file);
  else field.focus();
}
