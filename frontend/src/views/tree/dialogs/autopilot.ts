/** Dialog that starts Autopilot at a node, and lists earlier Autopilots. */
import type { Autopilot, NewAutopilot, Node } from "../../../api/values";
import { formatDuration, formatPlural } from "../../../marks/format";
import { type Box, ensureElement } from "../../../marks/elements";
import { PAPER_ORDER } from "../../../planning/orders";
import { chosenOrder, currentRule } from "../../../state/selectors/plan";
import { chosenExperiment, criterionTitle } from "../../../state/selectors/select";
import type { State } from "../../../state/state";
import { drawButtons, drawStatusLine } from "../../dialogs/buttons";
import {
  drawSelect,
  drawField,
  drawHelpText,
  defaultTraining,
  type FormField,
  listenToSubmit,
  type Option,
  readNumber,
  readPercentAsShare,
  readText,
} from "../../dialogs/fields";
import type { PanelDialog } from "../../panel";
import { drawTargetField } from "./estimate";
import { AUTOPILOT_NAMES, describeAutopilotEnd, describeAutopilotSteps } from "../../nodes/tags";
import { START_WEIGHTS_FIELD } from "../../dialogs/startChoice";
import {
  applyTrainingChoice,
  chosenTrainingSettings,
  estimateTrainingSeconds,
} from "../../../state/selectors/training";

const AUTOPILOT_KINDS: readonly (Option & { readonly value: NewAutopilot["kind"] })[] = [
  { value: "halving", text: "equal steps, halved when the target is missed" },
  { value: "schedule", text: "ever smaller steps down to a target cost" },
  { value: "automatic", text: "as in the CNNPruner paper: equal steps until the target is missed" },
  { value: "automatic_estimator", text: "as in the CNNPruner paper: equal steps, then the estimator’s sizes" },
];
const NO_GOAL = "";
const GOAL_CHOICES: readonly Option[] = [
  { value: NO_GOAL, text: "none: continue until the target accuracy is missed" },
  { value: "macs", text: "MACs" },
  { value: "parameters", text: "parameters" },
  { value: "size_bytes", text: "file size in bytes" },
  { value: "filters", text: "filters" },
];
const SETTINGS_HELP =
  "Empty fields use the experiment’s settings. If you choose a cost to reach, leaving the target accuracy empty sets no target accuracy. All other training settings are those shown above the plan.";
const RECIPE_HELP =
  "Empty fields use the recommended settings of each step. If you choose a cost to reach, leaving the target accuracy empty sets no target accuracy.";
const RECIPE_OPTION = "recipe";
const RECIPE_CHOICES: readonly Option[] = [
  { value: "settings", text: "those of the experiment" },
  { value: RECIPE_OPTION, text: "as recommended for each step" },
];
type CostGoal = NonNullable<Autopilot["goal"]>;

export const autopilotDialog: PanelDialog = {
  label: "Start Autopilot",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    const node = dialog?.kind === "autopilot" ? state.server.nodes[dialog.node] : undefined;
    if (dialog?.kind !== "autopilot" || !node) return;
    ensureElement(content, "p", "paragraph").text(
      `Starting at node ${node.number}, each step removes the filters that rank lowest and fine-tunes the network. Autopilot runs in the background; its nodes appear in the tree as they are created. You can stop it or take over at any node.`,
    );
    const form = ensureElement(content, "form", "form");
    drawFields(form, state);
    const showDuration = (): void => drawHelpText(form, "duration", durationText(form, node, state));
    showDuration();
    form.on("input.duration change.duration", showDuration);
    const start = (): void => {
      if (!dialog.isSending) act.startAutopilot(node.id, readForm(form, node, state));
    };
    listenToSubmit(form, start);
    drawStatusLine(content, dialog, "Starting…");
    drawButtons(content, [
      { text: "Cancel", run: () => act.openDialog(null) },
      { text: "Start Autopilot", isPrimary: true, isDisabled: dialog.isSending, run: start },
    ]);
    drawAutopilots(ensureElement(content, "div", "autopilots"), state);
  },
};

function drawFields(form: Box, state: State): void {
  const redraw = (): void => drawFields(form, state);
  const isNewForm = form.select("select").empty();
  drawSelect(form, { name: "kind", label: "Kind of Autopilot", choices: AUTOPILOT_KINDS }, () => {
    fillDefaultsForKind(form, state);
    redraw();
  });
  const isSchedule = readAutopilotKind(form) === "schedule";
  drawNumberField(form, {
    name: "percent",
    label: "Free filters to remove per step, %",
    min: 0.1,
    max: 90,
    step: "any",
    value: "25",
    isHidden: isSchedule,
  });
  drawNumberField(form, {
    name: "steps",
    label: "Steps",
    min: 1,
    max: 200,
    step: 1,
    value: "5",
    isHidden: !isSchedule,
  });
  drawSelect(
    form,
    { name: "goal", label: "Cost to reach", choices: isSchedule ? GOAL_CHOICES.slice(1) : GOAL_CHOICES },
    redraw,
  );
  drawNumberField(form, {
    name: "goal_percent",
    label: "Goal, % of the starting node’s cost",
    min: 0,
    max: 100,
    step: "any",
    value: "50",
    isHidden: readText(form, "goal") === NO_GOAL,
  });
  const hasGoal = readText(form, "goal") !== NO_GOAL;
  drawTargetField(form, state, hasGoal ? "none" : null);
  drawSelect(form, { name: "order", label: "Rank filters", choices: removalOrderChoices(state) }, () => undefined);
  drawSelect(form, START_WEIGHTS_FIELD, () => undefined);
  drawSelect(form, { name: "recipe", label: "Training settings", choices: RECIPE_CHOICES }, redraw);
  drawTrainingFields(form, state, isSchedule);
  drawHelpText(form, "training-help", usesRecipe(form) ? RECIPE_HELP : SETTINGS_HELP);
  if (isNewForm) fillDefaultsForKind(form, state);
}

const usesRecipe = (form: Box): boolean => readText(form, "recipe") === RECIPE_OPTION;

function drawTrainingFields(form: Box, state: State, isSchedule: boolean): void {
  const training = chosenExperiment(state)?.training;
  drawNumberField(form, {
    name: "max_steps",
    label: "Maximum steps",
    min: 1,
    max: 200,
    step: 1,
    value: "20",
    isHidden: isSchedule,
  });
  drawNumberField(form, {
    name: "epochs",
    label: "Epochs per step",
    min: 0,
    max: 1000,
    step: 1,
    placeholder: String(training?.epochs ?? ""),
  });
  drawNumberField(form, {
    name: "learning_rate",
    label: "Peak learning rate",
    min: 0,
    max: 10,
    step: "any",
    placeholder: usesRecipe(form) ? "recommended" : String(training?.learning_rate ?? ""),
  });
}

const drawNumberField = (form: Box, field: Omit<FormField, "type">): void =>
  drawField(form, { ...field, type: "number" });

const readAutopilotKind = (form: Box): NewAutopilot["kind"] => readText(form, "kind") as NewAutopilot["kind"];

const isKindFromPaper = (kind: NewAutopilot["kind"]): boolean => kind === "automatic" || kind === "automatic_estimator";

/**
 * Sets the fields for ranking and starting weights to the defaults of the chosen kind of Autopilot. Kinds from the
 * paper use the paper's order and the weights “as cut”; other kinds follow the plan and the training settings.
 */
function fillDefaultsForKind(form: Box, state: State): void {
  const usesPaperOrder = isKindFromPaper(readAutopilotKind(form));
  form.select("[name=order]").property("value", usesPaperOrder ? "paper" : "plan");
  form
    .select("[name=start]")
    .property("value", usesPaperOrder ? "cut" : (chosenTrainingSettings(state)?.start ?? "best"));
}

const removalOrderChoices = (state: State): readonly Option[] => [
  { value: "plan", text: `as in the plan: ${criterionTitle(state.server.criteria, chosenOrder(state).criterion)}` },
  { value: "paper", text: "as in the paper: by sensitivity, without a minimum per layer" },
];

function readOrderChoice(form: Box, state: State): NewAutopilot["order"] {
  if (readText(form, "order") === "paper") return { ...PAPER_ORDER, floor: 0 };
  return { ...chosenOrder(state), floor: currentRule(state).floor };
}

/**
 * Reads the cost at which the Autopilot ends: a share of the starting node's cost, rounded down to an integer. Null if
 * the user chose no target cost.
 */
function readGoal(form: Box, node: Node): CostGoal | null {
  const metric = readText(form, "goal") as CostGoal["metric"] | "";
  if (metric === NO_GOAL) return null;
  return { metric, value: Math.floor((readPercentAsShare(form, "goal_percent") ?? 0.5) * (node[metric] ?? 0)) };
}

function readForm(form: Box, node: Node, state: State): NewAutopilot {
  const { draft, choice } = state;
  const base = (usesRecipe(form) ? null : draft.training[choice.experiment ?? 0]) ?? defaultTraining;
  const [epochs, learning_rate] = [
    readNumber(form, "epochs") ?? base.epochs,
    readNumber(form, "learning_rate") ?? base.learning_rate,
  ];
  const kind = readAutopilotKind(form);
  return {
    kind,
    percent: readNumber(form, "percent") ?? 25,
    goal: readGoal(form, node),
    target_accuracy: readPercentAsShare(form, "target"),
    steps: kind === "schedule" ? (readNumber(form, "steps") ?? 5) : null,
    order: readOrderChoice(form, state),
    start: readText(form, "start") as NonNullable<NewAutopilot["start"]>,
    recipe: usesRecipe(form),
    training: {
      ...(usesRecipe(form) ? defaultTraining : base),
      epochs: epochs ?? null,
      learning_rate: learning_rate ?? null,
    },
    max_steps: kind === "schedule" ? 200 : (readNumber(form, "max_steps") ?? 20),
  };
}

/** Says how long training takes at most in each step; empty if no training has been timed yet. */
function durationText(form: Box, node: Node, state: State): string {
  const settings = chosenExperiment(state)?.training;
  const choice = settings && applyTrainingChoice(settings, readForm(form, node, state).training ?? null);
  const training = choice && usesRecipe(form) ? { ...choice, teacher: "parent" as const } : choice;
  const seconds = training ? estimateTrainingSeconds(state, { training, macs: node.macs ?? 0 }) : null;
  return seconds === null
    ? ""
    : `Training takes up to ${formatDuration(seconds)} per step, and less as the network becomes smaller.`;
}

function drawAutopilots(box: Box, state: State): void {
  const autopilots = Object.values(state.server.autopilots)
    .filter(({ experiment_id }) => experiment_id === state.choice.experiment)
    .sort((a, b) => b.id - a.id);
  box.attr("hidden", autopilots.length ? null : "");
  ensureElement(box, "b", "title").text("Earlier Autopilots");
  ensureElement(box, "ul", "list")
    .selectAll<HTMLLIElement, Autopilot>(":scope > li")
    .data(autopilots, ({ id }) => id)
    .join("li")
    .order()
    .text((autopilot) => describeAutopilot(autopilot, state));
}

/**
 * Describes an Autopilot and its result: "Autopilot from node 0, each step removes 25% of the free filters; ends below
 * 97.00% accuracy. State: done, 3 nodes created. Node 3 has …"
 */
export function describeAutopilot(autopilot: Autopilot, { server }: State): string {
  const { kind, node_id, nodes, state, reason } = autopilot;
  const from = server.nodes[node_id]?.number ?? "deleted";
  return `${AUTOPILOT_NAMES[kind]} from node ${from}, ${describeAutopilotSteps(autopilot)}; ends ${describeAutopilotEnd(autopilot)}. State: ${state}, ${formatPlural(nodes.length, "node")} created. ${reason}`.trim();
}
