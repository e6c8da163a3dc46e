/** Selectors of the current plan. Results that take long to compute are cached until their inputs change. */
import type { NodeLayers, PartialScores, Plan, Scores } from "../../api/values";
import {
  buildPlanModel,
  ruleCriterion,
  buildPlanResult,
  draftPlan,
  emptyRule,
  ruleScope,
  withDefaults,
  criterionWithinLayers,
  type PlanModel,
  type PlanResult,
  type Rule,
} from "../../planning/rules";
import { type Order, orderRanking, reorderWithinLayers, type Scope } from "../../planning/orders";
import { overrideCodes } from "../../planning/overrides";
import { firstFreeName } from "../../planning/names";
import { memo } from "../memo";
import { type Ranking, rankByPartialScores, rankUnits } from "../../planning/greedy";
import { scoresKey } from "./select";
import type { State } from "../state";
import { type PlanEdit, emptyPlanEdit, type PlanRequestStatus } from "../draft";

/** The drafts of a node and its applied plan, oldest first. */
export function plansOfNode(state: State, node: number): readonly Plan[] {
  return Object.values(state.server.plans)
    .filter((plan) => plan.node_id === node)
    .sort((a, b) => a.id - b.id);
}

/**
 * Returns the chosen plan or, if none is chosen, the newest draft of the node. While the response to a new draft is
 * pending, returns null, even if the event stream has already reported this draft or another person's draft.
 */
export function currentPlan(state: State): Plan | null {
  const { node, plan } = state.choice;
  if (node === null) return null;
  const plans = plansOfNode(state, node);
  return (
    plans.find(({ id }) => id === plan) ??
    (hasNewDraft(state, node) ? null : (plans.findLast((candidate) => candidate.state === "draft") ?? null))
  );
}

/** Whether the node has a new draft that is being edited or saved. */
export const hasNewDraft = ({ draft }: State, node: number): boolean => draft.edits[-node]?.unsentRule != null;

/** Name of the current plan. A new draft has the name that the server is going to give it. */
export function currentPlanName(state: State): string {
  return currentPlan(state)?.name ?? nextPlanName(state);
}

/** Name that the next draft of the chosen node will have. */
export const nextPlanName = (state: State): string =>
  firstFreeName(plansOfNode(state, state.choice.node ?? -1).map(({ name }) => name));

export function currentEditKey(state: State): number {
  return currentPlan(state)?.id ?? -(state.choice.node ?? 0);
}

export function currentEdit(state: State): PlanEdit {
  return state.draft.edits[currentEditKey(state)] ?? emptyPlanEdit;
}

/** The rule that the page shows: the unsent rule if there is one, else the rule of the current plan. */
export function currentRule(state: State): Rule {
  const plan = currentPlan(state);
  return currentEdit(state).unsentRule ?? (plan ? planRule(plan) : emptyRule);
}

/** Rules by plan. The same plan always gets the same rule object, so that results cached for the rule stay valid. */
const ruleByPlan = new WeakMap<Plan, Rule>();

export function planRule(plan: Plan): Rule {
  const rule = ruleByPlan.get(plan) ?? withDefaults(plan.rule);
  ruleByPlan.set(plan, rule);
  return rule;
}

/** The reason that the page shows: the unsaved text if there is one, else the reason saved with the current plan. */
export const currentReason = (state: State): string =>
  currentEdit(state).reason?.text ?? currentPlan(state)?.note ?? "";

/** Status of the last request about a plan if the request was made for the chosen node, else null. */
export const currentPlanRequest = ({ draft: { request }, choice }: State): PlanRequestStatus | null =>
  request?.node === choice.node ? request : null;

export function isApplied(plan: Plan | null): boolean {
  return plan?.state === "applied";
}

export const undoCount = (state: State): number => currentEdit(state).undoHistory.length;

export const redoCount = (state: State): number => currentEdit(state).redoHistory.length;

const cachedPlanModel = memo((layers: NodeLayers) => buildPlanModel(layers), 4);
const cachedRanking = memo(
  (model: PlanModel, scores: Scores, taylor: Scores | null) => rankUnits(model.structure, scores, taylor),
  6,
);
const cachedPartialRanking = memo((model: PlanModel, partialScores: PartialScores) =>
  rankByPartialScores(model.structure, partialScores),
);
const cachedOrderedRanking = memo(
  (model: PlanModel, ranking: Ranking, criterion: string, scope: Scope) =>
    orderRanking(model, ranking, { criterion, scope }),
  6,
);
const cachedReorderedRanking = memo(
  (model: PlanModel, ranking: Ranking, within: Ranking) => reorderWithinLayers(model.structure, ranking, within),
  6,
);
const cachedPlanResult = memo(
  (model: PlanModel, ranking: Ranking | null, rule: Rule) => draftPlan(model, ranking, rule),
  4,
);

export function planModel(state: State): PlanModel | null {
  const layers = state.choice.node === null ? undefined : state.server.layers[state.choice.node];
  return layers && layers.units.length ? cachedPlanModel(layers) : null;
}

/**
 * The order on the x axis: by the chosen criterion with its price (the divisor of scores), within the scope of the
 * current rule.
 */
export const chosenOrder = (state: State): Order => ({
  criterion: state.choice.criterion,
  scope: ruleScope(currentRule(state)),
  within: criterionWithinLayers(currentRule(state)),
});

/**
 * Ranking by the chosen order. It uses complete scores or, until these arrive, the partial scores received so far; null
 * if there are neither.
 */
export function chosenRanking(state: State): Ranking | null {
  const model = planModel(state);
  const { node, criterion } = state.choice;
  if (!model || node === null) return null;
  const order = chosenOrder(state);
  const completeRanking = findCurrentRanking(state, model, order);
  if (completeRanking) return completeRanking;
  const partialScores = state.server.partialScores[scoresKey(node, criterion)];
  return partialScores?.score.length === model.structure.unitCount
    ? cachedOrderedRanking(model, cachedPartialRanking(model, partialScores), order.criterion, order.scope)
    : null;
}

/** Ranking of the chosen node's units by `criterion` over the whole network; null until the scores have arrived. */
export function rankingByCriterion(state: State, criterion: string): Ranking | null {
  const model = planModel(state);
  return model && findRanking(state, model, { criterion, scope: "network", within: null });
}

export function areScoresLoaded(state: State): boolean {
  const { node, criterion } = state.choice;
  return node !== null && state.server.scores[scoresKey(node, criterion)] !== undefined;
}

/**
 * What the current rule removes, computed by the server if the page lacks the scores for it. Null until the node's
 * plans have arrived; an empty result would suggest that nothing is removed.
 */
export function planResult(state: State): PlanResult | null {
  const model = planModel(state);
  return model && !arePlansLoading(state) ? ruleResult(state, model, currentPlan(state), currentRule(state)) : null;
}

/** Whether the plans of the chosen node have been requested for the first time but have not arrived. */
function arePlansLoading({ server, screen, choice }: State): boolean {
  const node = choice.node ?? -1;
  const request = screen.requests[`plans:${node}`];
  return (
    server.nodesWithLoadedPlans[node] === undefined && (request?.state === "pending" || request?.state === "failed")
  );
}

export function ruleResult(state: State, model: PlanModel, plan: Plan | null, rule: Rule): PlanResult {
  const ranking = findCurrentRanking(state, model, ruleOrder(rule));
  if (ranking || rule.rule === "filters") return cachedPlanResult(model, ranking, rule);
  return plan ? serverResult(model, plan) : cachedPlanResult(model, null, rule);
}

/** The newest plan of the chosen node other than the current one, for comparison; null if there is none. */
export function otherPlan(state: State): Plan | null {
  const current = currentPlan(state);
  const plans = Object.values(state.server.plans).filter(
    (plan) => plan.node_id === state.choice.node && plan !== current,
  );
  return plans.sort((a, b) => b.id - a.id)[0] ?? null;
}

/** Whether the server has saved the rule that the page shows. */
export function isRuleSaved(state: State): boolean {
  return currentEdit(state).unsentRule === null;
}

const ruleOrder = (rule: Rule): Order => ({
  criterion: ruleCriterion(rule) ?? "taylor",
  scope: ruleScope(rule),
  within: criterionWithinLayers(rule),
});

/**
 * Ranking by `order`. While the scores by its criterion `within` are missing, returns the ranking without `within`,
 * which removes the same number of units from each layer.
 */
const findCurrentRanking = (state: State, model: PlanModel, order: Order): Ranking | null =>
  findRanking(state, model, order) ?? findRanking(state, model, { ...order, within: null });

function findRanking(state: State, model: PlanModel, { criterion, scope, within }: Order): Ranking | null {
  const findScores = (spec: string) => state.server.scores[scoresKey(model.structure.source.node_id, spec)] ?? null;
  const [scores, taylor] = [findScores(criterion), findScores("taylor")];
  if (!scores) return null;
  const ranking = cachedRanking(model, scores, scores.criterion === "taylor" ? null : taylor);
  const orderedRanking = cachedOrderedRanking(model, ranking, criterion, scope);
  if (within === null) return orderedRanking;
  const rankingWithinLayers = findRanking(state, model, { criterion: within, scope: "network", within: null });
  return rankingWithinLayers && cachedReorderedRanking(model, orderedRanking, rankingWithinLayers);
}

const serverResult = memo((model: PlanModel, plan: Plan): PlanResult => {
  const removed = new Uint8Array(model.structure.unitCount);
  for (const id of plan.units) removed[model.structure.unitById.get(id)!] = 1;
  const overrides = overrideCodes(model.structure, planRule(plan));
  return buildPlanResult(model, null, { removed, overrides, budget: plan.budget });
});

/**
 * Describes how the page's result for a plan differs from the server's; null if they agree or cannot be compared yet.
 */
export function describePlanMismatch(state: State, plan: Plan): string | null {
  const layers = state.server.layers[plan.node_id];
  if (!layers) return null;
  const model = cachedPlanModel(layers);
  const rule = planRule(plan);
  const ranking = findRanking(state, model, ruleOrder(rule));
  if (!ranking && rule.rule !== "filters") return null;
  const result = cachedPlanResult(model, ranking, rule);
  const units = layers.units.filter((_, unit) => result.removed[unit]).map((unit) => unit.id);
  const pageOutcome = JSON.stringify([units.sort((a, b) => a - b), Object.entries(result.cost).sort()]);
  const serverOutcome = JSON.stringify([[...plan.units].sort((a, b) => a - b), Object.entries(plan.cost).sort()]);
  return pageOutcome === serverOutcome
    ? null
    : `Plan ${plan.name}: the page computed ${pageOutcome}, but the server computed ${serverOutcome}.`;
}
