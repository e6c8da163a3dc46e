/**
 * Dialog of the estimator. It shows how many filters to keep in order to reach a target, computed from a pair of nodes,
 * and the outcomes of earlier estimates.
 */
import type { NewEstimate, Node } from "../../../api/values";
import { formatCount, formatPercent, formatShare } from "../../../marks/format";
import { type Box, ensureElement } from "../../../marks/elements";
import { chosenExperiment, treeNodes } from "../../../state/selectors/select";
import type { State } from "../../../state/state";
import { drawButtons, drawStatusLine } from "../../dialogs/buttons";
import {
  drawSelect,
  drawField,
  listenToSubmit,
  type Option,
  readNumber,
  readPercentAsShare,
} from "../../dialogs/fields";
import type { PanelDialog } from "../../panel";
import { drawEstimate } from "./answer";
import { drawEstimateHistory } from "./history";

export const estimateDialog: PanelDialog = {
  label: "Estimator",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    const node = dialog?.kind === "estimate" ? state.server.nodes[dialog.node] : undefined;
    if (dialog?.kind !== "estimate" || !node) return;
    const estimate = state.server.estimates[state.choice.tree.estimate ?? -1] ?? null;
    content.classed("wide", true);
    ensureElement(content, "p", "paragraph").text(
      `Estimates how many of node ${node.number}’s ${formatCount(node.filters)} filters are needed to reach the target.`,
    );
    const form = ensureElement(content, "form", "form");
    drawFields(form, state);
    const requestEstimate = (): void => {
      if (!dialog.isSending) act.estimate(node.id, readForm(form));
    };
    listenToSubmit(form, requestEstimate);
    drawStatusLine(content, dialog, "Estimating…");
    drawEstimate(ensureElement(content, "div", "answer"), estimate, state);
    drawButtons(content, [
      { text: "Close", run: () => act.openDialog(null) },
      { text: "Estimate", isPrimary: !estimate, isDisabled: dialog.isSending, run: requestEstimate },
      ...(estimate
        ? [
            {
              text: "Create a draft",
              isPrimary: true,
              isDisabled: dialog.isSending || estimate.remove === 0,
              run: () => act.draftPlanFromEstimate(estimate.id),
            },
          ]
        : []),
    ]);
    drawEstimateHistory(ensureElement(content, "div", "estimates"), state, act.chooseEstimate);
  },
};

function drawFields(form: Box, state: State): void {
  drawTargetField(form, state);
  const nodes = listSelectableNodes(state);
  drawSelect(
    form,
    {
      name: "good",
      label: "Node that reaches the target",
      choices: [{ value: "", text: "last node that reaches the target" }, ...nodes.map(nodeToOption)],
    },
    () => undefined,
  );
  drawSelect(
    form,
    {
      name: "bad",
      label: "Node below the target",
      choices: [{ value: "", text: "first node below the target" }, ...nodes.map(nodeToOption)],
    },
    () => undefined,
  );
}

/**
 * Draws the field for the target accuracy. An empty field shows `placeholder` or, without one, the server's default.
 */
export function drawTargetField(form: Box, state: State, placeholder: string | null = null): void {
  const target = defaultTarget(state);
  drawField(form, {
    name: "target",
    label: "Target accuracy, %",
    type: "number",
    min: 0,
    max: 100,
    step: "any",
    placeholder: placeholder ?? (target === null ? "" : formatShare(target, 2)),
  });
}

/**
 * Returns the target that the server uses by default: the experiment's target or, without one, the root's accuracy
 * minus the tolerance. Null if the experiment has no target and its root learned nothing or is not finished.
 */
export function defaultTarget(state: State): number | null {
  const experiment = chosenExperiment(state);
  const root = experiment?.root_id == null ? undefined : state.server.nodes[experiment.root_id];
  if (!experiment) return null;
  if (experiment.target_accuracy !== null) return experiment.target_accuracy;
  return root?.accuracy == null || root.learned === false ? null : root.accuracy - experiment.tolerance;
}

const listSelectableNodes = (state: State): readonly Node[] =>
  treeNodes(state).filter((node) => node.state === "ready" && node.origin !== "control");

const nodeToOption = ({ id, number, accuracy, filters }: Node): Option => ({
  value: String(id),
  text: `node ${number}: ${formatPercent(accuracy, 2)}, ${formatCount(filters)} filters`,
});

const readForm = (form: Box): NewEstimate => ({
  target_accuracy: readPercentAsShare(form, "target"),
  good_id: readNumber(form, "good"),
  bad_id: readNumber(form, "bad"),
});
