/** The plan of the chosen node that is edited, and how far its edits have come. */
import type { Plan } from "../../api/values";
import { emptyRule, fillRule, type Rule } from "../../planning/rules";
import { noEdit, type Edit, type Wish } from "../draft";
import type { State } from "../state";

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
    (isMaking(state, node) ? null : (plans.findLast((one) => one.state === "draft") ?? null))
  );
}

/** A new draft of the node is edited, or on its way to the server. */
export const isMaking = ({ draft }: State, node: number): boolean => draft.edits[-node]?.unsent != null;

export function editKey(state: State): number {
  return currentPlan(state)?.id ?? -(state.choice.node ?? 0);
}

export function currentEdit(state: State): Edit {
  return state.draft.edits[editKey(state)] ?? noEdit;
}

/** The rule as the person sees it now. */
export function currentRule(state: State): Rule {
  const plan = currentPlan(state);
  return currentEdit(state).unsent ?? (plan ? fillOnce(plan) : emptyRule);
}

/** The same plan gives the same rule object, so that what was worked out from it is found again. */
const filled = new WeakMap<Plan, Rule>();

export function fillOnce(plan: Plan): Rule {
  const known = filled.get(plan) ?? fillRule(plan.rule);
  filled.set(plan, known);
  return known;
}

/** The reason as the person sees it now. */
export const currentReason = (state: State): string =>
  currentEdit(state).reason?.text ?? currentPlan(state)?.note ?? "";

/** What was wished for last at the chosen node. */
export const currentWish = ({ draft: { wish }, choice }: State): Wish | null =>
  wish?.node === choice.node ? wish : null;

export function isClosed(plan: Plan | null): boolean {
  return plan?.state === "applied";
}

export const undoCount = (state: State): number => currentEdit(state).past.length;

export const redoCount = (state: State): number => currentEdit(state).future.length;
