/** A plan's rule with every field there: what the schema lets a caller leave out is filled with its default. */
import type { Plan } from "../api/values";

type Filled<R> = R extends unknown ? Required<R> : never;
export type Rule = Filled<Plan["rule"]>;

const COMMON = { round_to: 1, locked: [], kept: {}, removed: {}, max_layer_share: 1, max_class_loss: null };

export function fillRule(rule: Plan["rule"]): Rule {
  return { ...COMMON, ...rule };
}

/** Nothing goes yet. */
export const emptyRule: Rule = { rule: "percent", percent: 0, criterion: "taylor", ...COMMON };

/** What a person decided by hand, carried over when the kind of rule changes. */
export function commonOf(rule: Rule): Pick<Rule, keyof typeof COMMON> {
  const { round_to, locked, kept, removed, max_layer_share, max_class_loss } = rule;
  return { round_to, locked, kept, removed, max_layer_share, max_class_loss };
}

export function criterionOf(rule: Rule): string | null {
  return rule.rule === "filters" ? null : rule.criterion;
}
