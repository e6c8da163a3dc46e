/** Edits of plans that live in the page until the server has them, each with undo and redo of its own. */
import type { Plan, TrainingChoice } from "../api/values";
import { emptyRule, fillRule, type Rule } from "../plan/rule";
import type { State } from "./state";

/** What was done to one plan here. */
export interface Edit {
  readonly past: readonly Rule[];
  readonly future: readonly Rule[];
  /** The rule that the server does not have yet; null: as the plan says. */
  readonly unsent: Rule | null;
  /** Revision of the plan that `unsent` was made from; null: there was no plan. */
  readonly base: number | null;
  /** The rule before the drag that is under way. */
  readonly gesture: Rule | null;
}

/** How the last wish on the plan area stands. `error` is the server's sentence, shown at the buttons. */
export interface Wish {
  readonly kind: "save" | "preview" | "apply";
  readonly isPending: boolean;
  readonly error: string | null;
}

/** Filters chosen with the brush: its rectangle in the table, and their unit positions. */
export interface Brushed {
  readonly rect: readonly [number, number, number, number];
  readonly units: readonly number[];
}

export interface Draft {
  /** By plan id; edits of a node that has no plan yet under minus its id. */
  readonly edits: Readonly<Record<number, Edit>>;
  readonly wish: Wish | null;
  readonly brushed: Brushed | null;
  /** What differs from the experiment's defaults of fine-tuning, by experiment. */
  readonly training: Readonly<Record<number, TrainingChoice>>;
}

export const noEdit: Edit = { past: [], future: [], unsent: null, base: null, gesture: null };
export const noDraft: Draft = { edits: {}, wish: null, brushed: null, training: {} };

/** Drafts and the applied plan of a node, oldest first. */
export function plansOf(state: State, node: number): readonly Plan[] {
  return Object.values(state.server.plans)
    .filter((plan) => plan.node_id === node)
    .sort((a, b) => a.id - b.id);
}

/** The plan that is edited: the chosen one, else the newest draft of the node. */
export function currentPlan(state: State): Plan | null {
  const { node, plan } = state.choice;
  if (node === null) return null;
  const plans = plansOf(state, node);
  return plans.find((one) => one.id === plan) ?? plans.findLast((one) => one.state === "draft") ?? null;
}

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

export function isClosed(plan: Plan | null): boolean {
  return plan?.state === "applied";
}

export const undoCount = (state: State): number => currentEdit(state).past.length;
export const redoCount = (state: State): number => currentEdit(state).future.length;
