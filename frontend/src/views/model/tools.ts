/** Toolbar buttons and keyboard shortcuts of the Model panel. */
import { isSameOrder, PAPER_ORDER } from "../../planning/orders";
import { currentPlan, currentRule, isApplied, planModel, planResult } from "../../state/selectors/plan";
import { chosenNode } from "../../state/selectors/select";
import type { State } from "../../state/state";
import type { Key, PanelTool } from "../panel";
import { findChosenLayer } from "./table/chartData";
import { adjacentLayerIndex } from "./table/keys";

export const listTools = (state: State): readonly PanelTool[] => [
  {
    id: "paper-order",
    icon: "paper",
    title: "Paper’s order: lowest sensitivity first, no minimum per layer (Shift+P)",
    pressed: isPaperOrder(state),
    disabled: !canEditPlan(state),
    run: (act) => act.usePaperOrder(),
  },
  {
    id: "agreement",
    icon: "grid",
    title: "Agreement of criteria (A)",
    pressed: state.choice.agreement,
    run: (act) => act.showAgreement(!state.choice.agreement),
  },
];

/**
 * Whether the plan's rule and the x axis rank filters as in the paper, and the rule sets no floor (no share that each
 * layer must keep).
 */
function isPaperOrder(state: State): boolean {
  const rule = currentRule(state);
  const usesPaperOrder = rule.rule !== "filters" && isSameOrder(rule, PAPER_ORDER) && rule.floor === 0;
  return usesPaperOrder && state.choice.criterion === PAPER_ORDER.criterion;
}

export const MODEL_SHORTCUTS: readonly Key[] = [
  { keys: "ArrowUp", help: "previous layer", run: (act, state) => act.chooseLayer(neighbourLayer(state, -1)) },
  { keys: "ArrowDown", help: "next layer", run: (act, state) => act.chooseLayer(neighbourLayer(state, 1)) },
  {
    keys: "l",
    help: "lock or unlock the layer",
    run: (act, { choice }) => choice.layer !== null && act.toggleLock(choice.layer),
  },
  {
    keys: "Shift+P",
    help: "order filters as in the paper: lowest sensitivity first, no minimum per layer",
    run: (act, state) => canEditPlan(state) && act.usePaperOrder(),
  },
  { keys: "p", help: "preview the plan", run: (act, state) => hasPlanToApply(state) && act.previewPlan() },
  { keys: "Ctrl+Enter", help: "apply the plan", run: (act, state) => hasPlanToApply(state) && act.applyPlan() },
  {
    keys: "r",
    help: "edit the rule and limits of the plan",
    run: (act, state) => canEditPlan(state) && act.openDialog({ kind: "rule" }),
  },
  {
    keys: "a",
    help: "switch between the plan and the agreement of criteria",
    run: (act, { choice }) => act.showAgreement(!choice.agreement),
  },
  { keys: "o", help: "edit the options of the criterion", run: (act) => act.openDialog({ kind: "criterion" }) },
  {
    keys: "F2",
    help: "rename the draft",
    run: (act, state) => canEditPlan(state) && act.openDialog({ kind: "draft" }),
  },
  { keys: "Shift+D", help: "create a draft", run: (act) => act.newDraft() },
];

function neighbourLayer(state: State, by: number): string | null {
  const model = planModel(state);
  if (!model) return null;
  const chosenLayer = findChosenLayer(state, model);
  const layer = adjacentLayerIndex({ structure: model.structure, chosenLayer }, by);
  return model.structure.source.layers[layer]?.name ?? null;
}

const canEditPlan = (state: State): boolean => chosenNode(state)?.state === "ready" && !isApplied(currentPlan(state));
const hasPlanToApply = (state: State): boolean =>
  canEditPlan(state) && (planResult(state)?.removedFilterCount ?? 0) > 0;
