/** Dialog of the fine-tuning settings: they become the experiment's own, for all who look at it. */
import type { Training } from "../../../api/values";
import { type Box, ensureElement } from "../../../marks/elements";
import type { Actions } from "../../../state/actions";
import { chosenExperiment, isReadOnly } from "../../../state/selectors/select";
import type { State } from "../../../state/state";
import { drawButtons } from "../../dialogs/buttons";
import { type Choice, drawChoice, drawField, drawHelpText, type Field, onSubmit } from "../../dialogs/fields";
import { trainingOf } from "../plan/trainingText";

export interface TrainingData {
  readonly now: Training;
  /** As the experiment has it. */
  readonly defaults: Training;
  /** False for who may only look: then they hold in this page. */
  readonly isKept: boolean;
}

export interface TrainingCallbacks {
  onChoose(training: Training): void;
  onClose(): void;
}

type NumberName = "epochs" | "learning_rate" | "batch_size" | "momentum" | "weight_decay" | "images";

const NUMBERS: readonly (Omit<Field, "type"> & { readonly name: NumberName })[] = [
  { name: "epochs", label: "Epochs", min: 0, max: 1000, step: 1 },
  { name: "learning_rate", label: "Peak learning rate", min: 0, max: 10, step: "any" },
  { name: "batch_size", label: "Images a step", min: 1, max: 4096, step: 1 },
  { name: "momentum", label: "Momentum", min: 0, max: 0.999, step: "any" },
  { name: "weight_decay", label: "Weight decay", min: 0, max: 1, step: "any" },
  { name: "images", label: "Train images an epoch", min: 1, step: 1, placeholder: "all" },
];

const YES_NO = [
  { value: "false", text: "off" },
  { value: "true", text: "on" },
];

const CHOICES: readonly Choice[] = [
  {
    name: "schedule",
    label: "Learning rate falls",
    choices: [
      { value: "cosine", text: "along a cosine" },
      { value: "one_cycle", text: "in one cycle" },
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
  { name: "early_stop", label: "Stop at the first epoch not below the parent", choices: YES_NO },
  { name: "amp", label: "bfloat16 where the device gains from it", choices: YES_NO },
];

const ABOUT = "SGD with Nesterov momentum; every node shows the training that made it.";
const KEPT = "Saved with the experiment: it holds for all its plans, in every browser, until changed.";
const LOCAL = "You are here by a link for looking only: it holds in this page, until that is reloaded.";

export function drawTrainingDialog(content: Box, state: State, act: Actions): void {
  const [now, experiment] = [trainingOf(state), chosenExperiment(state)];
  if (!now || !experiment) return;
  drawTraining(
    content,
    { now, defaults: experiment.training, isKept: !isReadOnly(state) },
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
  { now, defaults, isKept }: TrainingData,
  callbacks: TrainingCallbacks,
): void {
  const form = ensureElement(content, "form", "form fields");
  const isNew = form.select("input").empty();
  for (const field of NUMBERS) drawField(form, { ...field, type: "number" });
  for (const choice of CHOICES) drawChoice(form, choice, () => undefined);
  if (isNew) fill(form, now);
  drawHelpText(content, "about", `${ABOUT} ${isKept ? KEPT : LOCAL}`);
  const use = (): void => callbacks.onChoose(readForm(form, now));
  onSubmit(form, use);
  drawButtons(content, [
    { text: "Cancel", run: () => callbacks.onClose() },
    { text: "As saved", run: () => fill(form, defaults) },
    { text: "Use these", isMain: true, run: use },
  ]);
}

function fill(form: Box, training: Training): void {
  for (const { name } of NUMBERS) input(form, name).value = String(training[name] ?? "");
  for (const { name } of CHOICES) input(form, name).value = String(training[name as keyof Training]);
}

const input = (form: Box, name: string): HTMLInputElement => form.select<HTMLInputElement>(`[name=${name}]`).node()!;

/** An empty or unreadable number keeps what was there; only "images" may be empty. */
function readForm(form: Box, now: Training): Training {
  const number = (name: NumberName): number | null => {
    const text = input(form, name).value.trim();
    if (text === "") return name === "images" ? null : now[name];
    return Number.isFinite(Number(text)) ? Number(text) : now[name];
  };
  const read = Object.fromEntries(NUMBERS.map(({ name }) => [name, number(name)])) as Pick<Training, NumberName>;
  return {
    ...read,
    schedule: input(form, "schedule").value as Training["schedule"],
    augmentation: input(form, "augmentation").value as Training["augmentation"],
    early_stop: input(form, "early_stop").value === "true",
    amp: input(form, "amp").value === "true",
  };
}
