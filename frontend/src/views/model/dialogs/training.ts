/** Dialog for the fine-tuning settings, which are saved with the experiment and apply to all its users. */
import type { Node, Recipe, Training } from "../../../api/values";
import { formatCount, formatDuration } from "../../../marks/format";
import { type Box, ensureElement, showOrClear } from "../../../marks/elements";
import type { Actions } from "../../../state/actions";
import { chosenExperiment, isReadOnly, treeNodes } from "../../../state/selectors/select";
import type { State } from "../../../state/state";
import { drawButtons } from "../../dialogs/buttons";
import { START_WEIGHTS_FIELD } from "../../dialogs/startChoice";
import {
  type Choice,
  drawSelect,
  drawField,
  drawHelpText,
  type FormField,
  listenToSubmit,
  type Option,
} from "../../dialogs/fields";
import { currentRecipe, currentRecipeKey } from "../../../state/selectors/recipe";
import { optimizerText } from "../plan/trainingText";
import { chosenTrainingSettings } from "../../../state/selectors/training";

export interface TrainingFormData {
  readonly current: Training;
  /** The settings that are saved with the experiment. */
  readonly savedTraining: Training;
  /** False for read-only visitors, whose changes apply only on their own page. */
  readonly canSave: boolean;
  /** The settings that are recommended for the current plan; undefined until they have been loaded. */
  readonly recipe: Recipe | undefined;
  /** Text shown while there is no recipe (no recommended settings); null if the chosen node cannot have one. */
  readonly recipeStatus: string | null;
  /** The nodes that can be chosen as teacher. */
  readonly teachers: readonly Node[];
}

export interface TrainingCallbacks {
  onChoose(training: Training): void;
  onClose(): void;
}

const NULLABLE_NUMBER_FIELDS = ["images", "ema", "gradient_clip"] as const;
type NullableFieldName = (typeof NULLABLE_NUMBER_FIELDS)[number];
type RequiredFieldName =
  | "epochs"
  | "learning_rate"
  | "batch_size"
  | "momentum"
  | "weight_decay"
  | "teacher_weight"
  | "temperature"
  | "warmup_epochs"
  | "label_smoothing";
type NumberFieldName = RequiredFieldName | NullableFieldName;

const NUMBER_FIELDS: readonly (Omit<FormField, "type"> & { readonly name: NumberFieldName })[] = [
  { name: "epochs", label: "Epochs", min: 0, max: 1000, step: 1 },
  { name: "learning_rate", label: "Peak learning rate", min: 0, max: 10, step: "any" },
  { name: "batch_size", label: "Batch size", min: 1, max: 4096, step: 1 },
  { name: "momentum", label: "Momentum", min: 0, max: 0.999, step: "any" },
  { name: "weight_decay", label: "Weight decay", min: 0, max: 1, step: "any" },
  { name: "images", label: "Training images per epoch", min: 1, step: 1, placeholder: "all" },
  { name: "warmup_epochs", label: "Warm-up epochs", min: 0, max: 1000, step: 1 },
  { name: "label_smoothing", label: "Label smoothing", min: 0, max: 0.999, step: "any" },
  { name: "gradient_clip", label: "Max. gradient norm", min: 0, step: "any", placeholder: "no limit" },
  {
    name: "ema",
    label: "Decay of averaged weights (EMA)",
    min: 0,
    max: 0.99999,
    step: "any",
    placeholder: "none",
  },
];

/** The number fields that have an effect only if there is a teacher. */
const TEACHER_NUMBER_FIELDS: typeof NUMBER_FIELDS = [
  { name: "teacher_weight", label: "Weight of the teacher in the loss", min: 0, max: 1, step: "any" },
  { name: "temperature", label: "Distillation temperature", min: 0, max: 100, step: "any" },
];

const ON_OFF_CHOICES = [
  { value: "false", text: "off" },
  { value: "true", text: "on" },
];

const CHOICE_FIELDS: readonly Choice[] = [
  START_WEIGHTS_FIELD,
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

const SETTINGS_HELP =
  "Training uses SGD with Nesterov momentum. It starts from the weights of the pruned network: as cut, with batch norm re-estimated, or reconstructed. " +
  "Reconstruction fits the layers to the parent’s outputs. With a teacher, the network also learns to match the teacher’s predictions (knowledge distillation). " +
  "Each node shows the settings it was trained with.";
const SAVED_SETTINGS_HELP =
  "Saved with the experiment: these settings apply to all its plans, for everyone, until they are changed.";
const LOCAL_SETTINGS_HELP = "Your link is read-only: these settings apply on this page only, until you reload it.";

export function drawTrainingDialog(content: Box, state: State, act: Actions): void {
  const [now, experiment] = [chosenTrainingSettings(state), chosenExperiment(state)];
  if (!now || !experiment) return;
  drawTrainingForm(
    content,
    {
      current: now,
      savedTraining: experiment.training,
      canSave: !isReadOnly(state),
      recipe: currentRecipe(state),
      recipeStatus: recipeStatus(state),
      teachers: treeNodes(state).filter((node) => node.state === "ready" && node.parent_id !== null),
    },
    {
      onChoose: (training) => {
        act.chooseTrainingSettings(training);
        act.openDialog(null);
      },
      onClose: () => act.openDialog(null),
    },
  );
}

export function drawTrainingForm(
  content: Box,
  { current: now, savedTraining, canSave, recipe, recipeStatus, teachers }: TrainingFormData,
  callbacks: TrainingCallbacks,
): void {
  const recipeBox = ensureElement(content, "div", "recipe");
  if (showOrClear(recipeBox, recipe !== undefined || recipeStatus !== null))
    drawRecipe(recipeBox, recipe, recipeStatus, callbacks);
  const form = ensureElement(content, "form", "form fields");
  const isNewForm = form.select("input").empty();
  for (const field of NUMBER_FIELDS) drawField(form, { ...field, type: "number" });
  for (const choice of CHOICE_FIELDS) drawSelect(form, choice, () => undefined);
  drawSelect(form, { name: "teacher", label: "Teacher", choices: listTeachers(teachers, now) }, () =>
    drawTeacherFields(form),
  );
  drawTeacherFields(form);
  if (isNewForm) fill(form, now);
  drawHelpText(content, "about", `${SETTINGS_HELP} ${canSave ? SAVED_SETTINGS_HELP : LOCAL_SETTINGS_HELP}`);
  const submit = (): void => callbacks.onChoose(readForm(form, now));
  listenToSubmit(form, submit);
  drawButtons(content, [
    { text: "Cancel", run: () => callbacks.onClose() },
    { text: "Reset to saved settings", run: () => fill(form, savedTraining) },
    { text: "Use these settings", isPrimary: true, run: submit },
  ]);
}

/** Shows the recommended settings in one line, why they are recommended, and a button that uses them. */
function drawRecipe(
  box: Box,
  recipe: Recipe | undefined,
  status: string | null,
  { onChoose }: Pick<TrainingCallbacks, "onChoose">,
): void {
  ensureElement(box, "b", "title").text("Recommended settings");
  ensureElement(box, "p", "paragraph").text(recipe ? describeRecipe(recipe) : (status ?? ""));
  ensureElement(box, "ul", "reasons")
    .selectAll<HTMLLIElement, string>(":scope > li")
    .data(recipe?.reasons ?? [])
    .join("li")
    .text((reason) => reason);
  ensureElement(box, "button", "btn")
    .attr("type", "button")
    .attr("hidden", recipe ? null : "")
    .text("Use recommended settings")
    .on("click", () => recipe && onChoose(recipe.training));
}

/**
 * Says that the recipe (the recommended settings) is loading or could not be loaded; null if the chosen node cannot
 * have one.
 */
function recipeStatus(state: State): string | null {
  const key = currentRecipeKey(state);
  if (key === null) return null;
  const request = state.screen.requests[`recipe:${key}`];
  return request?.state === "failed" ? (request.error ?? "The recipe could not be loaded.") : "Loading…";
}

/** Describes a recipe: "SGD 0.005 cosine · 15 epochs · 45,000 images seen · about 3 min". */
export function describeRecipe({ training, images_seen, seconds }: Recipe): string {
  const duration = seconds === null ? "" : ` · about ${formatDuration(seconds)}`;
  return `${optimizerText(training)} · ${formatCount(images_seen)} images seen${duration}`;
}

/** Draws the fields that have an effect only if there is a teacher; without a teacher, they are hidden. */
function drawTeacherFields(form: Box): void {
  const isHidden = readTeacher(form) === null;
  for (const field of TEACHER_NUMBER_FIELDS) drawField(form, { ...field, type: "number", isHidden });
}

function listTeachers(nodes: readonly Node[], { teacher }: Training): readonly Option[] {
  const options = [
    { value: "", text: "none" },
    { value: "root", text: "the root" },
    { value: "parent", text: "the parent of the new node" },
    ...nodes.map(({ id, number }) => ({ value: String(id), text: `node ${number}` })),
  ];
  const isTeacherListed = options.some(({ value }) => value === String(teacher ?? ""));
  return isTeacherListed
    ? options
    : [...options, { value: String(teacher), text: "a node that cannot be the teacher now" }];
}

function fill(form: Box, training: Training): void {
  input(form, "teacher").value = String(training.teacher ?? "");
  for (const { name } of [...NUMBER_FIELDS, ...TEACHER_NUMBER_FIELDS])
    input(form, name).value = String(training[name] ?? "");
  for (const { name } of CHOICE_FIELDS) input(form, name).value = String(training[name as keyof Training]);
  drawTeacherFields(form);
}

const input = (form: Box, name: string): HTMLInputElement => form.select<HTMLInputElement>(`[name=${name}]`).node()!;

function readTeacher(form: Box): Training["teacher"] {
  const { value } = input(form, "teacher");
  if (value === "") return null;
  return value === "root" || value === "parent" ? value : Number(value);
}

/**
 * Reads the settings from the form. An empty field means null if the setting can be null; otherwise, an empty or
 * invalid field keeps the current value.
 */
function readForm(form: Box, now: Training): Training {
  const readNumber = (name: NumberFieldName): number | null => {
    const text = input(form, name).value.trim();
    if (text === "") return (NULLABLE_NUMBER_FIELDS as readonly string[]).includes(name) ? null : now[name];
    return Number.isFinite(Number(text)) ? Number(text) : now[name];
  };
  const numbers = Object.fromEntries(
    [...NUMBER_FIELDS, ...TEACHER_NUMBER_FIELDS].map(({ name }) => [name, readNumber(name)]),
  ) as Pick<Training, NumberFieldName>;
  return {
    ...numbers,
    start: input(form, "start").value as Training["start"],
    teacher: readTeacher(form),
    schedule: input(form, "schedule").value as Training["schedule"],
    augmentation: input(form, "augmentation").value as Training["augmentation"],
    early_stop: input(form, "early_stop").value === "true",
    amp: input(form, "amp").value === "true",
  };
}
