/** Dialog of a draft's name, by which tabs, radar and tree tell drafts apart. */
import { type Box, ensureElement } from "../../../marks/elements";
import type { Actions } from "../../../state/actions";
import type { State } from "../../../state/state";
import { drawButtons } from "../../dialogs/buttons";
import { drawField, onSubmit, readText } from "../../dialogs/fields";
import { currentPlan } from "../../../state/selectors/plan";

const LONGEST = 100;

export function drawDraftDialog(content: Box, state: State, act: Actions): void {
  const form = ensureElement(content, "form", "form fields");
  drawField(form, {
    name: "draft-name",
    label: "Name of the draft",
    type: "text",
    value: currentPlan(state)?.name ?? "A",
  });
  form.select("input").attr("maxlength", LONGEST).attr("autofocus", "").attr("autocomplete", "off");
  const save = (): void => {
    const name = readText(form, "draft-name");
    if (name !== "") act.renameDraft(name);
    act.openDialog(null);
  };
  onSubmit(form, save);
  drawButtons(content, [
    { text: "Cancel", run: () => act.openDialog(null) },
    { text: "Rename", isMain: true, run: save },
  ]);
}
