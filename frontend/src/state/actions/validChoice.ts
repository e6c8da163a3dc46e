/** Keeps the choice valid: clears ids that do not exist, and chooses defaults where something must be chosen. */
import type { Node } from "../../api/values";
import { criterionInfo } from "../selectors/criteria";
import { type Reducer, withChoice } from "../changes/patches";
import { chosenExperiment, treeNodes } from "../selectors/select";
import { defaultChoice } from "../choice";
import type { State } from "../state";
import { currentPlan } from "../selectors/plan";

export const repairChoice: Reducer = (state) =>
  repairChosenCriterion(repairChosenClasses(repairChosenNode(repairChosenExperiment(state))));

/**
 * Replaces unknown criteria by the defaults, as `repairChoice` does. It is separate because the criteria may arrive
 * before the experiments, on which the rest of the choice depends.
 */
export const repairChosenCriterion: Reducer = (state) => {
  const isKnownCriterion = (spec: string): boolean =>
    state.server.criteria.length === 0 || criterionInfo(state, spec) !== null;
  const { criterion, size } = state.choice;
  const repairedState = isKnownCriterion(criterion) ? state : withChoice(state, { criterion: defaultChoice.criterion });
  return size === "instability" || size === "none" || isKnownCriterion(size)
    ? repairedState
    : withChoice(repairedState, { size: defaultChoice.size });
};

/**
 * Writes the current plan into the choice, so that it stays chosen when another plan is created. Call it only once the
 * node's plans are loaded.
 */
export const pinCurrentPlan: Reducer = (state) => {
  const plan = currentPlan(state)?.id ?? null;
  return plan === state.choice.plan ? state : withChoice(state, { plan });
};

export const pinCurrentPlanIfLoaded: Reducer = (state) =>
  state.screen.requests[`plans:${state.choice.node}`]?.state === "answered" ? pinCurrentPlan(state) : state;

function repairChosenExperiment(state: State): State {
  if (chosenExperiment(state)) return state;
  const newestExperimentId = Object.keys(state.server.experiments)
    .map(Number)
    .sort((a, b) => b - a)[0];
  return withChoice(state, { ...defaultChoice, experiment: newestExperimentId ?? null, panel: state.choice.panel });
}

function repairChosenNode(state: State): State {
  const nodes = treeNodes(state);
  if (nodes.length === 0 || nodes.some((node) => node.id === state.choice.node)) return state;
  return withChoice(state, { node: defaultNode(nodes).id, plan: null, sample: null, cell: null });
}

function repairChosenClasses(state: State): State {
  const classes = chosenExperiment(state)?.classes.length ?? Infinity;
  const { label, cell } = state.choice;
  const stateWithValidLabel = label !== null && label >= classes ? withChoice(state, { label: null }) : state;
  return cell && Math.max(cell.label, cell.predicted) >= classes
    ? withChoice(stateWithValidLabel, { cell: null })
    : stateWithValidLabel;
}

/** Returns the newest ready node, or the root if no node is ready. */
const defaultNode = (nodes: readonly Node[]): Node => nodes.findLast((node) => node.state === "ready") ?? nodes[0]!;
