/** Dialog that renames a draft. The name is shown in the tabs, the radar and the tree. */
import { type Box, ensureElement } from "../../../marks/elements";
import type { Actions } from "../../../state/actions";
import type { State } from "../../../state/state";
import { drawButtons } from "../../dialogs/buttons";
import { drawField, listenToSubmit, readText } from "../../dialogs/fields";
import { currentPlan } from "../../../state/selectors/plan";

const MAX_NAME_LENGTH = 100;

export function drawRenameDraftDialog(content: Box, state: State, act: Actions): void {
  const form = ensureElement(content, "form", "form fields");
  drawField(form, {
    name: "draft-name",
    label: "Name of the draft",
    type: "text",
    value: currentPlan(state)?.name ?? "A",
  });
  form.select("input").attr("maxlength", MAX_NAME_LENGTH).attr("autofocus", "").attr("autocomplete", "off");
  const save = (): void => {
    const name = readText(form, "draft-name");
    if (name !== "") act.renameDraft(name);
    act.openDialog(null);
  };
  listenToSubmit(form, save);
  drawButtons(content, [
    { text: "Cancel", run: () => act.openDialog(null) },
    { text: "Rename", isPrimary: true, run: save },
  ]);
}
