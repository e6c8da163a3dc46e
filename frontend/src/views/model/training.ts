/** Dialog of the fine-tuning settings: what differs from the experiment's defaults is sent with Apply. */
import type { Training, TrainingChoice } from "../../api/values";
import { type Box, part } from "../../marks/part";
import { drawButtons } from "../dialogs/buttons";
import { drawChoice, drawField, drawHelpText, type Choice, type Field } from "../dialogs/fields";

export interface TrainingCallbacks {
  onChoose(choice: TrainingChoice): void;
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

export function drawTraining(content: Box, now: Training, defaults: Training, callbacks: TrainingCallbacks): void {
  const form = part(content, "div", "form fields");
  const isNew = form.select("input").empty();
  for (const field of NUMBERS) drawField(form, { ...field, type: "number" });
  for (const choice of CHOICES) drawChoice(form, choice, () => undefined);
  if (isNew) fill(form, now);
  drawHelpText(content, "about", "SGD with Nesterov momentum. Holds for all plans of this experiment until changed; every node shows the training that made it.");
  drawButtons(content, [
    { text: "Cancel", run: () => callbacks.onClose() },
    { text: "Defaults", run: () => fill(form, defaults) },
    { text: "Use these", isMain: true, run: () => callbacks.onChoose(difference(readForm(form, now), defaults)) },
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

/** What has to be sent: null means as the experiment has it. */
export function difference(training: Training, defaults: Training): TrainingChoice {
  const same = <K extends keyof Training>(key: K): Training[K] | null => (training[key] === defaults[key] ? null : training[key]);
  return {
    epochs: same("epochs"),
    learning_rate: same("learning_rate"),
    batch_size: same("batch_size"),
    momentum: same("momentum"),
    weight_decay: same("weight_decay"),
    schedule: same("schedule"),
    augmentation: same("augmentation"),
    early_stop: same("early_stop"),
    amp: same("amp"),
    images: same("images"),
  };
}
