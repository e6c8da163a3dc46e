/** Imports a bundle as a new experiment. */
import { type Box, ensureElement } from "../../../marks/elements";
import type { PanelDialog } from "../../panel";
import { drawButtons, drawStatusLine } from "../buttons";

export const importBundleDialog: PanelDialog = {
  label: "Open a bundle",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    if (dialog?.kind !== "unbundle") return;
    ensureElement(content, "p", "paragraph").text(
      "Imports the bundle as a new experiment with the same tree and node numbers. A damaged file is rejected as a whole, and no code in the bundle is run.",
    );
    const form = ensureElement(content, "form", "form");
    ensureElement(form, "label", "label").attr("for", "bundle-file").text("Bundle (.zip)");
    ensureElement(form, "input", "field")
      .attr("type", "file")
      .attr("id", "bundle-file")
      .attr("name", "file")
      .attr("accept", ".zip,application/zip");
    drawStatusLine(content, dialog, "Uploading and checking…");
    drawButtons(content, [
      { text: "Cancel", run: () => act.openDialog(null) },
      {
        text: "Open bundle",
        isPrimary: true,
        isDisabled: dialog.isSending,
        run: () => sendChosenFile(form, act.unbundle),
      },
    ]);
  },
};

/** Sends the chosen file. If no file is chosen, focuses the file field. */
function sendChosenFile(form: Box, onChooseFile: (file: File) => void): void {
  const field = form.select<HTMLInputElement>("[name=file]").node()!;
  const file = field.files?.[0];
  if (file) onChooseFile(file);
  else field.focus();
}
