/** Dialog that starts an Autopilot at a node, and lists earlier Autopilots. */
import type { NewAutopilot, Autopilot } from "../../../api/values";
import { formatPercent, formatPlural } from "../../../marks/format";
import { type Box, ensureElement } from "../../../marks/elements";
import { chosenExperiment } from "../../../state/selectors/select";
import type { State } from "../../../state/state";
import { drawButtons, drawStatusLine } from "../../dialogs/buttons";
import {
  drawChoice,
  drawField,
  drawHelpText,
  defaultTraining,
  listenToSubmit,
  readNumber,
  readShare,
  readText,
} from "../../dialogs/fields";
import type { PanelDialog } from "../../panel";
import { drawTargetField } from "./estimate";
import { AUTOPILOT_NAMES } from "../../nodes/tags";

const KINDS = [
  { value: "automatic", text: "equal steps until the target is missed" },
  { value: "automatic_estimator", text: "equal steps, then the estimator" },
];

export const autopilotDialog: PanelDialog = {
  label: "Start Autopilot",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    const node = dialog?.kind === "autopilot" ? state.server.nodes[dialog.node] : undefined;
    if (dialog?.kind !== "autopilot" || !node) return;
    ensureElement(content, "p", "paragraph").text(
      `Starting at node ${node.number}, each step removes a share of the filters with the lowest sensitivity and fine-tunes the network. Autopilot runs in the background; its nodes appear in the tree as they are created. You can stop it or take over at any node.`,
    );
    const form = ensureElement(content, "form", "form");
    drawFields(form, state);
    const start = (): void => {
      if (!dialog.sending) act.startAutopilot(node.id, readForm(form, state));
    };
    listenToSubmit(form, start);
    drawStatusLine(content, dialog, "Starting…");
    drawButtons(content, [
      { text: "Cancel", run: () => act.openDialog(null) },
      { text: "Start Autopilot", isMain: true, disabled: dialog.sending, run: start },
    ]);
    drawAutopilots(ensureElement(content, "div", "autopilots"), state);
  },
};

function drawFields(form: Box, state: State): void {
  const training = chosenExperiment(state)?.training;
  drawChoice(form, { name: "kind", label: "Kind", choices: KINDS }, () => undefined);
  drawField(form, {
    name: "percent",
    label: "Free filters to remove per step, %",
    type: "number",
    min: 0.1,
    max: 90,
    step: "any",
    value: "25",
  });
  drawTargetField(form, state);
  drawField(form, {
    name: "max_steps",
    label: "Maximum steps",
    type: "number",
    min: 1,
    max: 200,
    step: 1,
    value: "20",
  });
  drawField(form, {
    name: "epochs",
    label: "Epochs per step",
    type: "number",
    min: 0,
    max: 1000,
    step: 1,
    placeholder: String(training?.epochs ?? ""),
  });
  drawField(form, {
    name: "learning_rate",
    label: "Peak learning rate",
    type: "number",
    min: 0,
    max: 10,
    step: "any",
    placeholder: String(training?.learning_rate ?? ""),
  });
  drawHelpText(
    form,
    "training-help",
    "Empty fields use the experiment’s settings. All other training settings are those shown above the plan.",
  );
}

function readForm(form: Box, { draft, choice }: State): NewAutopilot {
  const base = draft.training[choice.experiment ?? 0] ?? defaultTraining;
  const [epochs, learning_rate] = [
    readNumber(form, "epochs") ?? base.epochs,
    readNumber(form, "learning_rate") ?? base.learning_rate,
  ];
  return {
    kind: readText(form, "kind") as NewAutopilot["kind"],
    percent: readNumber(form, "percent") ?? 25,
    target_accuracy: readShare(form, "target"),
    training: { ...base, epochs: epochs ?? null, learning_rate: learning_rate ?? null },
    max_steps: readNumber(form, "max_steps") ?? 20,
  };
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
 * Describes an Autopilot, for example "Autopilot −25% of the free filters per step from node 0, target 97.00%: 3 nodes,
 * done. Accuracy fell below the target."
 */
export function describeAutopilot(
  { kind, percent, node_id, target_accuracy, nodes, state, reason }: Autopilot,
  { server }: State,
): string {
  const from = server.nodes[node_id]?.number ?? "deleted";
  return `${AUTOPILOT_NAMES[kind]} −${percent}% of the free filters per step from node ${from}, target ${formatPercent(target_accuracy, 2)}: ${formatPlural(nodes.length, "node")}, ${state}. ${reason}`.trim();
}
