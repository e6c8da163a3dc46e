/** The plan that is edited, and what follows from the State for it; worked out once per change. */
import type { NodeLayers, Plan, Scores } from "../../api/values";
import {
  buildPlanModel,
  criterionOf,
  describeRemoval,
  draftPlan,
  emptyRule,
  fillRule,
  type PlanModel,
  type PlanResult,
  type Rule,
} from "../../planning/rules";
import { overrideStates } from "../../planning/overrides";
import { memo } from "../memo";
import { type Ranking, rankPartial, rankUnits } from "../../planning/greedy";
import { scoresKey } from "./select";
import type { State } from "../state";
import { type Edit, emptyEdit, type PlanRequest } from "../draft";

/** Drafts and the applied plan of a node, oldest first. */
export function plansOf(state: State, node: number): readonly Plan[] {
  return Object.values(state.server.plans)
    .filter((plan) => plan.node_id === node)
    .sort((a, b) => a.id - b.id);
}

/**
 * The plan that is edited: the chosen one, else the newest draft of the node. A draft in the making is none yet, also once
 * the stream has told of it, or of somebody else's, before the answer that gives it its id.
 */
export function currentPlan(state: State): Plan | null {
  const { node, plan } = state.choice;
  if (node === null) return null;
  const plans = plansOf(state, node);
  return (
    plans.find((one) => one.id === plan) ??
    (hasNewDraft(state, node) ? null : (plans.findLast((one) => one.state === "draft") ?? null))
  );
}

/** A new draft of the node is edited, or on its way to the server. */
export const hasNewDraft = ({ draft }: State, node: number): boolean => draft.edits[-node]?.unsent != null;

export function editKey(state: State): number {
  return currentPlan(state)?.id ?? -(state.choice.node ?? 0);
}

export function currentEdit(state: State): Edit {
  return state.draft.edits[editKey(state)] ?? emptyEdit;
}

/** The rule as the person sees it now. */
export function currentRule(state: State): Rule {
  const plan = currentPlan(state);
  return currentEdit(state).unsent ?? (plan ? filledRule(plan) : emptyRule);
}

/** The same plan gives the same rule object, so that what was worked out from it is found again. */
const filled = new WeakMap<Plan, Rule>();

export function filledRule(plan: Plan): Rule {
  const known = filled.get(plan) ?? fillRule(plan.rule);
  filled.set(plan, known);
  return known;
}

/** The reason as the person sees it now. */
export const currentReason = (state: State): string =>
  currentEdit(state).reason?.text ?? currentPlan(state)?.note ?? "";

/** What was wanted for last at the chosen node. */
export const currentRequest = ({ draft: { request }, choice }: State): PlanRequest | null =>
  request?.node === choice.node ? request : null;

export function isApplied(plan: Plan | null): boolean {
  return plan?.state === "applied";
}

export const undoCount = (state: State): number => currentEdit(state).past.length;

export const redoCount = (state: State): number => currentEdit(state).future.length;

const modelOf = memo((layers: NodeLayers) => buildPlanModel(layers), 4);
const rankedOf = memo(
  (model: PlanModel, scores: Scores, taylor: Scores | null) => rankUnits(model.structure, scores, taylor),
  6,
);
const partialOf = memo(rankPartial);
const evaluate = memo((model: PlanModel, ranking: Ranking | null, rule: Rule) => draftPlan(model, ranking, rule), 4);

export function planModel(state: State): PlanModel | null {
  const layers = state.choice.node === null ? undefined : state.server.layers[state.choice.node];
  return layers && layers.units.length ? modelOf(layers) : null;
}

/** Scores of the chosen criterion: whole ones, else what has streamed in. */
export function chosenRanking(state: State): Ranking | null {
  const model = planModel(state);
  const { node, criterion } = state.choice;
  if (!model || node === null) return null;
  const whole = rankingFor(state, model, criterion);
  if (whole) return whole;
  const partial = state.server.partialScores[node];
  const fits = partial?.criterion === criterion && partial.score.length === model.structure.units;
  return partial && fits ? partialOf(model.structure, partial) : null;
}

/** Scores of any criterion of the chosen node; null while they are not there. */
export function rankingOf(state: State, criterion: string): Ranking | null {
  const model = planModel(state);
  return model && rankingFor(state, model, criterion);
}

export function isScored(state: State): boolean {
  const { node, criterion } = state.choice;
  return node !== null && state.server.scores[scoresKey(node, criterion)] !== undefined;
}

/** The current rule carried out; by the server's word where the page lacks the rule's scores. */
export function planResult(state: State): PlanResult | null {
  const model = planModel(state);
  return model && resultOf(state, model, currentPlan(state), currentRule(state));
}

export function resultOf(state: State, model: PlanModel, plan: Plan | null, rule: Rule): PlanResult {
  const found = rankingFor(state, model, criterionOf(rule) ?? "taylor");
  if (found || rule.rule === "filters") return evaluate(model, found, rule);
  return plan ? fromServer(model, plan) : evaluate(model, null, rule);
}

/** Another draft of the same node, to compare with. */
export function otherDraft(state: State): Plan | null {
  const mine = currentPlan(state);
  const plans = Object.values(state.server.plans).filter((plan) => plan.node_id === state.choice.node && plan !== mine);
  return plans.sort((a, b) => b.id - a.id)[0] ?? null;
}

/** The rule in the page is the one that the server has carried out. */
export function isSaved(state: State): boolean {
  return currentEdit(state).unsent === null;
}

function rankingFor(state: State, model: PlanModel, criterion: string): Ranking | null {
  const scoresOf = (name: string) => state.server.scores[scoresKey(model.structure.source.node_id, name)] ?? null;
  const scores = scoresOf(criterion);
  return scores && rankedOf(model, scores, criterion === "taylor" ? null : scoresOf("taylor"));
}

const fromServer = memo((model: PlanModel, plan: Plan): PlanResult => {
  const removed = new Uint8Array(model.structure.units);
  for (const id of plan.units) removed[model.structure.byId.get(id)!] = 1;
  const hand = overrideStates(model.structure, filledRule(plan));
  return describeRemoval(model, null, { removed, hand, budget: plan.budget });
});

/** What the page has that the server's answer contradicts; null where both agree. */
export function describeMismatch(state: State, plan: Plan): string | null {
  const layers = state.server.layers[plan.node_id];
  if (!layers) return null;
  const model = modelOf(layers);
  const rule = filledRule(plan);
  const found = rankingFor(state, model, criterionOf(rule) ?? "taylor");
  if (!found && rule.rule !== "filters") return null;
  const mine = evaluate(model, found, rule);
  const units = layers.units.filter((_, u) => mine.removed[u]).map((unit) => unit.id);
  const ours = JSON.stringify([units.sort((a, b) => a - b), Object.entries(mine.cost).sort()]);
  const theirs = JSON.stringify([[...plan.units].sort((a, b) => a - b), Object.entries(plan.cost).sort()]);
  return ours === theirs ? null : `Plan ${plan.name}: the page has ${ours}, the server ${theirs}.`;
}
