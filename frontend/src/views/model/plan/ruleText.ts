/** Describes a plan's rule and how much the rule removes, and builds the data of the rule dialog. */
import {
  formatCount,
  formatPercent,
  formatPlural,
  formatShare,
  formatCompactCount,
  formatValue,
} from "../../../marks/format";
import type { Order } from "../../../planning/orders";
import { type PlanResult, type Rule, criterionWithinLayers } from "../../../planning/rules";
import { removedShareOfFreeFilters } from "../../../planning/shares";
import { countFreeFilters } from "../../../planning/structure";
import { criterionName } from "../../../state/selectors/criteria";
import { chosenOrder, currentPlan, currentRule, planModel, ruleResult } from "../../../state/selectors/plan";
import { criterionTitle } from "../../../state/selectors/select";
import type { State } from "../../../state/state";
import { SCOPE_PREFIXES } from "../scopes";
import type { RuleFormData } from "../dialogs/ruleValues";

type Criteria = State["server"]["criteria"];

/** Describes the rule in a few words: what it removes, by which score, and within which limits. */
export function ruleText(rule: Rule, criteria: Criteria): string {
  const within = criterionWithinLayers(rule);
  const limits = [
    within === null ? "" : `within layers by ${criterionTitle(criteria, within)}`,
    rule.floor > 0 ? `floor ${formatDecimalPercent(rule.floor)}` : "",
    rule.max_class_loss === null ? "" : "limited loss per class",
  ].filter(Boolean);
  return `Rule: ${[shortRuleText(rule, criteria), ...limits].join(", ")}`;
}

/** Describes how a rule ranks the filters, without its target: "L1 norm / MACs^0.5, within layers by …". */
export function orderText(rule: Rule, criteria: Criteria): string {
  if (rule.rule === "filters") return shortRuleText(rule, criteria);
  const within = criterionWithinLayers(rule);
  return `${rankingTitle(rule, criteria)}${within === null ? "" : `, within layers by ${criterionTitle(criteria, within)}`}`;
}

function shortRuleText(rule: Rule, criteria: Criteria): string {
  if (rule.rule === "filters") return "listed filters";
  const by = rankingTitle(rule, criteria);
  if (rule.rule === "percent") return `${formatDecimal(rule.percent)}% by ${by}`;
  if (rule.rule === "threshold")
    return `${by} ${removesHighValuesFirst(rule, criteria) ? "above" : "below"} ${formatValue(rule.value)}`;
  if (rule.rule === "layers") return `share of each layer by ${by}`;
  return `down to ${formatCompactCount(rule.value)} ${METRICS[rule.metric]}, by ${by}`;
}

/**
 * Describes the rule in a sentence: "Removes 50% of the free filters, lowest L2 norm first; every layer keeps at
 * least 10% of its filters."
 */
export function ruleSentence(rule: Rule, criteria: Criteria): string {
  const layer = rule.floor > 0 ? `; every layer keeps at least ${formatDecimalPercent(rule.floor)} of its filters` : "";
  const loss =
    rule.max_class_loss === null
      ? ""
      : `; no class may lose more than ${formatDecimal(100 * rule.max_class_loss)} points (checked by Preview)`;
  return `Removes ${longRuleText(rule, criteria)}${withinLayerOrderText(rule, criteria)}${layer}${loss}.`;
}

/** Says which filters of a layer are removed first; empty unless the rule has a separate criterion within layers. */
function withinLayerOrderText(rule: Rule, criteria: Criteria): string {
  const within = criterionWithinLayers(rule);
  if (within === null) return "";
  return `; within each layer, ${keepsLowScores(criteria, within) ? "highest" : "lowest"} ${criterionTitle(criteria, within)} first`;
}

function longRuleText(rule: Rule, criteria: Criteria): string {
  if (rule.rule === "filters") return "the listed filters only";
  const removesHighestFirst = removesHighValuesFirst(rule, criteria);
  const first = `${removesHighestFirst ? "highest" : "lowest"} ${rankingTitle(rule, criteria)} first`;
  if (rule.rule === "percent") return `${formatDecimal(rule.percent)}% of the free filters, ${first}`;
  if (rule.rule === "threshold")
    return `all filters whose ${rankingTitle(rule, criteria)} is ${removesHighestFirst ? "above" : "below"} ${formatValue(rule.value)}`;
  if (rule.rule === "layers") return `a share of each listed layer’s filters, ${first}`;
  return `filters until at most ${formatCount(rule.value)} ${METRICS[rule.metric]} remain, ${first}`;
}

const METRICS = { parameters: "parameters", macs: "MACs", size_bytes: "bytes", filters: "filters" } as const;
const formatDecimal = (value: number): string => String(Number(value.toFixed(2)));
const formatDecimalPercent = (share: number): string => `${formatDecimal(100 * share)}%`;
type RankingRule = Exclude<Rule, { rule: "filters" }>;

/** Names the value that the rule ranks by: "loss change / MACs^0.5", or "rank in its group by sensitivity". */
const rankingTitle = ({ criterion, scope }: RankingRule, criteria: Criteria): string =>
  `${SCOPE_PREFIXES[scope]}${criterionTitle(criteria, criterion)}`;

/**
 * Whether the rule removes high values first. This depends on the criterion if the rule ranks filters over the whole
 * network; if it ranks them within groups or similar layers, it always removes low ranks first.
 */
const removesHighValuesFirst = ({ criterion, scope }: RankingRule, criteria: Criteria): boolean =>
  scope === "network" && keepsLowScores(criteria, criterion);

const keepsLowScores = (criteria: Criteria, criterion: string): boolean =>
  criteria.find(({ name }) => name === criterionName(criterion))?.keep === "low";

export function ruleFormData(state: State): RuleFormData | null {
  const model = planModel(state);
  if (!model) return null;
  const { structure, currentCost: now } = model;
  const layerFilterCounts = structure.source.layers.map(({ index, name }) => ({
    name,
    freeFilterCount: structure.freeFilters[index]!,
  }));
  return {
    rule: currentRule(state),
    order: initialRankingOrder(currentRule(state), chosenOrder(state)),
    criteria: state.server.criteria,
    layers: layerFilterCounts.filter((layer) => layer.freeFilterCount > 0),
    cost: now,
    describe: (rule) => {
      const { removedFilterCount: reached, cost } = ruleResult(state, model, currentPlan(state), rule);
      const freeFilterCount = countFreeFilters(structure);
      const share = formatPercent(removedShareOfFreeFilters(reached, freeFilterCount));
      return `Removes ${formatCount(reached)} of ${formatCount(freeFilterCount)} free filters (${share}); leaves ${formatCount(cost.parameters)} parameters (${remainingShare(cost.parameters, now.parameters)}) and ${formatCount(cost.macs)} MACs (${remainingShare(cost.macs, now.macs)}).`;
    },
  };
}

/**
 * Returns the ranking order that the form shows when it opens: that of the rule or, if the rule removes nothing yet,
 * that of the x axis.
 */
function initialRankingOrder(rule: Rule, fallbackOrder: Order): Order {
  const removesNothing = rule.rule === "filters" || (rule.rule === "percent" && rule.percent === 0);
  return removesNothing ? fallbackOrder : { criterion: rule.criterion, scope: rule.scope, within: rule.within };
}

const remainingShare = (after: number, now: number): string => formatPercent(after / (now || 1));

/**
 * Smallest shortfall of a rule that is reported, as a share of all free filters. Smaller shortfalls occur because
 * coupled filters are removed together.
 */
const MIN_REPORTED_SHORTFALL = 0.005;

/**
 * Describes how far the rule falls short of its goal: "The plan removes 25.0% instead of 50% of the free filters: every
 * layer keeps at least 70% of its filters." Null if the rule reaches its goal.
 */
export function describeShortfall(
  rule: Rule,
  { removedFilterCount: reached, budget, cost }: Pick<PlanResult, "removedFilterCount" | "budget" | "cost">,
  free: number,
): string | null {
  if (rule.rule === "percent" && budget !== null && free > 0 && (budget - reached) / free >= MIN_REPORTED_SHORTFALL) {
    return `The plan removes ${formatShare(removedShareOfFreeFilters(reached, free))}% instead of ${formatDecimal(rule.percent)}% of the free filters: ${listRuleLimits(rule)}.`;
  }
  if (rule.rule === "target" && cost[rule.metric] > rule.value) {
    return `The plan leaves ${formatCompactCount(cost[rule.metric])} ${METRICS[rule.metric]} instead of the requested ${formatCompactCount(rule.value)}: ${listRuleLimits(rule)}.`;
  }
  return null;
}

/**
 * Lists the settings that may stop the rule from removing more or, if there are none, the two limits that always apply.
 */
function listRuleLimits({ floor, locked, kept, round_to }: Rule): string {
  const overrides = Object.values(kept).reduce((sum, numbers) => sum + numbers.length, 0);
  const reasons = [
    floor > 0 ? `every layer keeps at least ${formatDecimalPercent(floor)} of its filters` : "",
    locked.length ? `${formatPlural(locked.length, "layer is", "layers are")} locked` : "",
    overrides ? `you chose to keep ${formatPlural(overrides, "filter")}` : "",
    round_to > 1 ? `layer widths must be multiples of ${round_to}` : "",
  ].filter(Boolean);
  return reasons.length
    ? reasons.join(", ")
    : "every layer keeps at least one filter, and coupled filters are removed together";
}
