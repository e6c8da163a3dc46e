/** A plan's rule in words, and what its dialog needs. */
import { formatCount, formatPercent } from "../../marks/format";
import type { Rule } from "../../plan/rule";
import { currentPlan, currentRule } from "../../state/currentPlan";
import { planModel, resultOf } from "../../state/plan";
import { criterionTitle } from "../../state/select";
import type { State } from "../../state/state";
import type { RuleFormData } from "./ruleValues";

export function ruleText(rule: Rule): string {
  const isLimited = rule.max_layer_share < 1 || rule.max_class_loss !== null;
  return `Rule: ${NAMES[rule.rule]}${isLimited ? ", limited" : ""}`;
}

const NAMES: Readonly<Record<Rule["rule"], string>> = {
  percent: "share",
  threshold: "score",
  layers: "by layer",
  target: "target",
  filters: "filters",
};

export function ruleFormData(state: State): RuleFormData | null {
  const model = planModel(state);
  if (!model) return null;
  const { structure, now } = model;
  const free = structure.source.layers.map(({ index, name }) => ({ name, free: structure.freeFilters[index]! }));
  return {
    rule: currentRule(state),
    criterion: state.choice.criterion,
    score: criterionTitle(state.choice.criterion),
    layers: free.filter((layer) => layer.free > 0),
    now,
    tell: (rule) => {
      const { reached, cost } = resultOf(state, model, currentPlan(state), rule);
      const share = formatPercent(reached / (now.filters || 1));
      return `Removes ${formatCount(reached)} of ${formatCount(now.filters)} filters (${share}); leaves ${formatCount(cost.parameters)} parameters (${left(cost.parameters, now.parameters)}) and ${formatCount(cost.macs)} MACs (${left(cost.macs, now.macs)}).`;
    },
  };
}

const left = (after: number, now: number): string => formatPercent(after / (now || 1));
