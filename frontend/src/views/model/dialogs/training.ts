/** Dialog for the fine-tuning settings, which are saved with the experiment for everyone. */
import type { Training } from "../../../api/values";
import { type Box, ensureElement } from "../../../marks/elements";
import type { Actions } from "../../../state/actions";
import { chosenExperiment, isReadOnly } from "../../../state/selectors/select";
import type { State } from "../../../state/state";
import { drawButtons } from "../../dialogs/buttons";
import { type Choice, drawChoice, drawField, drawHelpText, type Field, onSubmit } from "../../dialogs/fields";
import { chosenTraining } from "../plan/trainingText";

export interface TrainingFormData {
  readonly current: Training;
  /** Settings saved with the experiment. */
  readonly savedTraining: Training;
  /** False for read-only visitors: their settings apply on this page only. */
  readonly canSave: boolean;
}

export interface TrainingCallbacks {
  onChoose(training: Training): void;
  onClose(): void;
}

type NumberName = "epochs" | "learning_rate" | "batch_size" | "momentum" | "weight_decay" | "images";

const NUMBERS: readonly (Omit<Field, "type"> & { readonly name: NumberName })[] = [
  { name: "epochs", label: "Epochs", min: 0, max: 1000, step: 1 },
  { name: "learning_rate", label: "Peak learning rate", min: 0, max: 10, step: "any" },
  { name: "batch_size", label: "Batch size", min: 1, max: 4096, step: 1 },
  { name: "momentum", label: "Momentum", min: 0, max: 0.999, step: "any" },
  { name: "weight_decay", label: "Weight decay", min: 0, max: 1, step: "any" },
  { name: "images", label: "Training images per epoch", min: 1, step: 1, placeholder: "all" },
];

const ON_OFF_CHOICES = [
  { value: "false", text: "off" },
  { value: "true", text: "on" },
];

const CHOICES: readonly Choice[] = [
  {
    name: "schedule",
    label: "Learning-rate schedule",
    choices: [
      { value: "cosine", text: "cosine" },
      { value: "one_cycle", text: "one-cycle" },
    ],
  },
  {
    name: "augmentation",
    label: "Augmentation",
    choices: [
      { value: "none", text: "none" },
      { value: "crop", text: "random shift" },
      { value: "crop_flip", text: "random shift and flip" },
    ],
  },
  { name: "early_stop", label: "Stop once the network reaches the parent’s accuracy", choices: ON_OFF_CHOICES },
  { name: "amp", label: "Use bfloat16 where it is faster", choices: ON_OFF_CHOICES },
];

const SETTINGS_HELP = "SGD with Nesterov momentum. Each node shows the settings it was trained with.";
const SAVED_HELP =
  "Saved with the experiment: these settings apply to all its plans, for everyone, until they are changed.";
const LOCAL_HELP = "Your link is read-only: these settings apply on this page only, until you reload it.";

export function drawTrainingDialog(content: Box, state: State, act: Actions): void {
  const [now, experiment] = [chosenTraining(state), chosenExperiment(state)];
  if (!now || !experiment) return;
  drawTraining(
    content,
    { current: now, savedTraining: experiment.training, canSave: !isReadOnly(state) },
    {
      onChoose: (training) => {
        act.chooseTraining(training);
        act.openDialog(null);
      },
      onClose: () => act.openDialog(null),
    },
  );
}

export function drawTraining(
  content: Box,
  { current: now, savedTraining, canSave }: TrainingFormData,
  callbacks: TrainingCallbacks,
): void {
  const form = ensureElement(content, "form", "form fields");
  const isNew = form.select("input").empty();
  for (const field of NUMBERS) drawField(form, { ...field, type: "number" });
  for (const choice of CHOICES) drawChoice(form, choice, () => undefined);
  if (isNew) fill(form, now);
  drawHelpText(content, "about", `${SETTINGS_HELP} ${canSave ? SAVED_HELP : LOCAL_HELP}`);
  const submit = (): void => callbacks.onChoose(readForm(form, now));
  onSubmit(form, submit);
  drawButtons(content, [
    { text: "Cancel", run: () => callbacks.onClose() },
    { text: "Reset to saved settings", run: () => fill(form, savedTraining) },
    { text: "Use these settings", isMain: true, run: submit },
  ]);
}

function fill(form: Box, training: Training): void {
  for (const { name } of NUMBERS) input(form, name).value = String(training[name] ?? "");
  for (const { name } of CHOICES) input(form, name).value = String(training[name as keyof Training]);
}

const input = (form: Box, name: string): HTMLInputElement => form.select<HTMLInputElement>(`[name=${name}]`).node()!;

/** Reads the form. Empty or invalid fields keep the current value, except that an empty "images" means all images. */
function readForm(form: Box, now: Training): Training {
  const readNumber = (name: NumberName): number | null => {
    const text = input(form, name).value.trim();
    if (text === "") return name === "images" ? null : now[name];
    return Number.isFinite(Number(text)) ? Number(text) : now[name];
  };
  const numbers = Object.fromEntries(NUMBERS.map(({ name }) => [name, readNumber(name)])) as Pick<Training, NumberName>;
  return {
    ...numbers,
    schedule: input(form, "schedule").value as Training["schedule"],
    augmentation: input(form, "augmentation").value as Training["augmentation"],
    early_stop: input(form, "early_stop").value === "true",
    amp: input(form, "amp").value === "true",
  };
}
