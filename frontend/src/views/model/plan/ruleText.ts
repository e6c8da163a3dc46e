/** Describes a plan's rule and how much the rule removes, and builds the data of the rule dialog. */
import { formatCount, formatPercent, formatPlural, formatShare, formatShort, formatValue } from "../../../marks/format";
import type { PlanResult, Rule } from "../../../planning/rules";
import { freeFilterShare } from "../../../planning/shares";
import { countFreeFilters } from "../../../planning/structure";
import { criterionName } from "../../../state/selectors/criteria";
import { currentPlan, currentRule, planModel, resultOfRule } from "../../../state/selectors/plan";
import { criterionTitle } from "../../../state/selectors/select";
import type { State } from "../../../state/state";
import type { RuleFormData } from "../dialogs/ruleValues";

type Criteria = State["server"]["criteria"];

/** Describes the rule in a few words: what it removes, and by which score. */
export function ruleText(rule: Rule, criteria: Criteria): string {
  const isLimited = rule.max_layer_share < 1 || rule.max_class_loss !== null;
  return `Rule: ${shortRuleText(rule, criteria)}${isLimited ? ", limited" : ""}`;
}

function shortRuleText(rule: Rule, criteria: Criteria): string {
  if (rule.rule === "filters") return "listed filters";
  const by = criterionTitle(criteria, rule.criterion);
  if (rule.rule === "percent") return `${formatDecimal(rule.percent)} % by ${by}`;
  if (rule.rule === "threshold")
    return `${by} ${keepsLowScores(rule.criterion, criteria) ? "above" : "below"} ${formatValue(rule.value)}`;
  if (rule.rule === "layers") return `share of each layer by ${by}`;
  return `down to ${formatShort(rule.value)} ${METRICS[rule.metric]}, by ${by}`;
}

/**
 * Describes the rule in a sentence: "Removes 50 % of the free filters, lowest L2 norm first; at most 30 % of each
 * layer."
 */
export function ruleSentence(rule: Rule, criteria: Criteria): string {
  const layer = rule.max_layer_share < 1 ? `; at most ${formatDecimalPercent(rule.max_layer_share)} of each layer` : "";
  const loss =
    rule.max_class_loss === null
      ? ""
      : `; no class may lose more than ${formatDecimal(100 * rule.max_class_loss)} points (checked by Preview)`;
  return `Removes ${longRuleText(rule, criteria)}${layer}${loss}.`;
}

function longRuleText(rule: Rule, criteria: Criteria): string {
  if (rule.rule === "filters") return "the listed filters only";
  const removesHigh = keepsLowScores(rule.criterion, criteria);
  const first = `${removesHigh ? "highest" : "lowest"} ${criterionTitle(criteria, rule.criterion)} first`;
  if (rule.rule === "percent") return `${formatDecimal(rule.percent)} % of the free filters, ${first}`;
  if (rule.rule === "threshold")
    return `all filters whose ${criterionTitle(criteria, rule.criterion)} is ${removesHigh ? "above" : "below"} ${formatValue(rule.value)}`;
  if (rule.rule === "layers") return `a share of the filters of each listed layer, ${first}`;
  return `filters until at most ${formatCount(rule.value)} ${METRICS[rule.metric]} remain, ${first}`;
}

const METRICS = { parameters: "parameters", macs: "MACs" } as const;
const formatDecimal = (value: number): string => String(Number(value.toFixed(2)));
const formatDecimalPercent = (share: number): string => `${formatDecimal(100 * share)} %`;
const keepsLowScores = (spec: string, criteria: Criteria): boolean =>
  criteria.find(({ name }) => name === criterionName(spec))?.keep === "low";

export function ruleFormData(state: State): RuleFormData | null {
  const model = planModel(state);
  if (!model) return null;
  const { structure, currentCost: now } = model;
  const layerCounts = structure.source.layers.map(({ index, name }) => ({
    name,
    freeCount: structure.freeFilters[index]!,
  }));
  return {
    rule: currentRule(state),
    criterion: state.choice.criterion,
    score: criterionTitle(state.server.criteria, state.choice.criterion),
    layers: layerCounts.filter((layer) => layer.freeCount > 0),
    cost: now,
    describe: (rule) => {
      const { removedCount: reached, cost } = resultOfRule(state, model, currentPlan(state), rule);
      const freeCount = countFreeFilters(structure);
      const share = formatPercent(freeFilterShare(reached, freeCount));
      return `Removes ${formatCount(reached)} of ${formatCount(freeCount)} free filters (${share}); leaves ${formatCount(cost.parameters)} parameters (${remainingShare(cost.parameters, now.parameters)}) and ${formatCount(cost.macs)} MACs (${remainingShare(cost.macs, now.macs)}).`;
    },
  };
}

const remainingShare = (after: number, now: number): string => formatPercent(after / (now || 1));

/**
 * Minimum shortfall that is mentioned, as a share of all free filters. Smaller ones arise because coupled filters are
 * removed together.
 */
const MIN_REPORTED_SHORTFALL = 0.005;

/** Describes how far the rule fell short: "25.0 of 50 % of the free filters: at most 30 % per layer." Null if the rule reached its goal. */
export function describeShortfall(
  rule: Rule,
  { removedCount: reached, budget, cost }: Pick<PlanResult, "removedCount" | "budget" | "cost">,
  free: number,
): string | null {
  if (rule.rule === "percent" && budget !== null && free > 0 && (budget - reached) / free >= MIN_REPORTED_SHORTFALL) {
    return `${formatShare(freeFilterShare(reached, free))} of ${formatDecimal(rule.percent)} % of the free filters: ${limitReasons(rule)}.`;
  }
  if (rule.rule === "target" && cost[rule.metric] > rule.value) {
    const metric = rule.metric === "macs" ? "MACs" : "parameters";
    return `${formatShort(cost[rule.metric])} ${metric} remain instead of the requested ${formatShort(rule.value)}: ${limitReasons(rule)}.`;
  }
  return null;
}

/** Lists the settings that may limit the rule; if there are none, names the two limits that always apply. */
function limitReasons({ max_layer_share, locked, kept, round_to }: Rule): string {
  const overrides = Object.values(kept).reduce((sum, numbers) => sum + numbers.length, 0);
  const reasons = [
    max_layer_share < 1 ? `at most ${formatDecimal(100 * max_layer_share)} % per layer` : "",
    locked.length ? `${formatPlural(locked.length, "layer")} locked` : "",
    overrides ? `${formatPlural(overrides, "filter")} kept by hand` : "",
    round_to > 1 ? `widths are multiples of ${round_to}` : "",
  ].filter(Boolean);
  return reasons.length
    ? reasons.join(", ")
    : "every layer keeps at least one filter, and coupled filters are removed together";
}
