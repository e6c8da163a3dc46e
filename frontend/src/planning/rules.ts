/**
 * Applies a pruning rule to a node: determines which units to remove and what the remaining network costs, fast enough
 * to run at every step of a drag. Counterpart of the server's `planning/rules.py`.
 */
import type { Cost, NodeLayers, Plan } from "../api/values";
import { CostTable } from "./cost";
import { GreedyRemoval, type Ranking } from "./greedy";
import { DEFAULT_FLOOR, DEFAULT_ORDER, PAPER_ORDER, type Scope } from "./orders";
import { overrideCodes } from "./overrides";
import { computeShares, type Shares } from "./shares";
import {
  buildStructure,
  countFreeFilters,
  countMembers,
  type Structure,
  unitCostKey,
  unitsOfFilters,
} from "./structure";

type RuleWithAllFields<R> = R extends unknown ? Required<Omit<R, "max_layer_share">> : never;
/** A plan's rule with a value for every optional field of the schema except `max_layer_share`, which is left out. */
export type Rule = RuleWithAllFields<Plan["rule"]>;
type RuleOfKind<RuleKind extends Rule["rule"]> = Extract<Rule, { rule: RuleKind }>;

const COMMON_DEFAULTS = { round_to: 1, locked: [], kept: {}, removed: {}, floor: 0, max_class_loss: null };

/**
 * Fills in the default values of missing fields, as the server does. Drops `max_layer_share`, since the page only uses
 * its complement, `floor`.
 */
export function withDefaults({ max_layer_share: _, ...rule }: Plan["rule"]): Rule {
  const common = { ...COMMON_DEFAULTS, ...rule };
  return common.rule === "filters" ? common : { ...RANKING_DEFAULTS, ...common };
}

/** The ranking that the server assumes for a rule that does not specify one. */
const RANKING_DEFAULTS = PAPER_ORDER;

/** The rule of a new draft: it removes nothing and ranks by the page's default order. */
export const emptyRule: Rule = {
  rule: "percent",
  percent: 0,
  ...DEFAULT_ORDER,
  ...COMMON_DEFAULTS,
  floor: DEFAULT_FLOOR,
};

/** Returns the fields that all kinds of rules have, which are preserved when the user changes the kind of rule. */
export function commonFields(rule: Rule): Pick<Rule, keyof typeof COMMON_DEFAULTS> {
  const { round_to, locked, kept, removed, floor, max_class_loss } = rule;
  return { round_to, locked, kept, removed, floor, max_class_loss };
}

export function ruleCriterion(rule: Rule): string | null {
  return rule.rule === "filters" ? null : rule.criterion;
}

/**
 * Returns the scope of the rule (which units are ranked against each other); `network` for rules that list filters and
 * rank nothing.
 */
export function ruleScope(rule: Rule): Scope {
  return rule.rule === "filters" ? "network" : rule.scope;
}

/** Returns the separate criterion that decides which filters within a layer the rule removes; null if there is none. */
export function criterionWithinLayers(rule: Rule): string | null {
  return rule.rule === "filters" ? null : rule.within;
}

export interface PlanModel {
  readonly structure: Structure;
  readonly costs: CostTable;
  readonly currentCost: Cost;
}

export function buildPlanModel(layers: NodeLayers): PlanModel {
  const structure = buildStructure(layers);
  const costs = new CostTable(structure);
  return { structure, costs, currentCost: costs.currentCost };
}

export interface PlanResult {
  /**
   * For each unit, 1 if it is removed, else 0. `overrides`: 0 for no override, 1 for kept by hand, 2 for removed by
   * hand.
   */
  readonly removed: Uint8Array;
  readonly overrides: Uint8Array;
  readonly removedFiltersPerLayer: Int32Array;
  readonly removedFilterCount: number;
  /** For the rule `percent`, the number of filters that it may remove; null for other rules. */
  readonly budget: number | null;
  /**
   * Units that the rule keeps although it removes units that rank higher: removing one of them would exceed the budget,
   * or the target is reached without it. Empty in results that come from the server.
   */
  readonly passedOverUnits: ReadonlySet<number>;
  readonly cost: Cost;
  readonly shares: Shares;
}

/**
 * A draft plan while its rule is being applied. `candidates` are the units that the rule may remove, lowest rank first.
 */
interface PendingDraft {
  readonly model: PlanModel;
  readonly ranking: Ranking | null;
  readonly candidates: Int32Array;
  removal: GreedyRemoval;
  budget: number | null;
  passedOverUnits: readonly number[];
}

/**
 * Applies the overrides, then applies the rule to all other units, and returns the result. If `ranking` is null, the
 * rule takes the units in the order of `structure.unscoredOrder`.
 */
export function draftPlan(model: PlanModel, ranking: Ranking | null, rule: Rule): PlanResult {
  const { structure } = model;
  const pending: PendingDraft = {
    model,
    ranking,
    candidates: removableUnits(structure, ranking, rule),
    removal: new GreedyRemoval(structure, [...unitsOfFilters(structure, rule.removed)], rule.floor),
    budget: null,
    passedOverUnits: [],
  };
  applyRule(pending, rule);
  const removed = buildUnitFlags(structure, pending.removal.units());
  const overrides = overrideCodes(structure, rule);
  return {
    ...buildPlanResult(model, ranking, { removed, overrides, budget: pending.budget }),
    passedOverUnits: new Set(pending.passedOverUnits),
  };
}

function applyRule(pending: PendingDraft, rule: Rule): void {
  if (rule.rule === "percent") removeByPercent(pending, rule);
  else if (rule.rule === "threshold") removeByThreshold(pending, rule);
  else if (rule.rule === "layers") removeByLayers(pending, rule);
  else if (rule.rule === "target") removeByTarget(pending, rule);
  else removeListedFilters(pending, rule);
}

/** Returns the units that the rule may remove, in ranked order: those without an override and outside locked layers. */
export function removableUnits(structure: Structure, ranking: Ranking | null, rule: Rule): Int32Array {
  const excludedUnitFlags = new Uint8Array(structure.unitCount);
  for (const u of unitsOfFilters(structure, rule.kept)) excludedUnitFlags[u] = 1;
  for (const u of unitsOfFilters(structure, rule.removed)) excludedUnitFlags[u] = 1;
  for (const name of rule.locked) {
    for (const u of structure.unitByFilterNumber[structure.layerIndexByName.get(name) ?? -1]?.values() ?? [])
      excludedUnitFlags[u] = 1;
  }
  return (ranking?.rankedUnits ?? structure.unscoredOrder).filter((u) => !excludedUnitFlags[u]);
}

/**
 * Removes the lowest-ranked units until the rule's percentage of the removable filters is reached; skips units whose
 * removal would exceed it.
 */
function removeByPercent(pending: PendingDraft, rule: RuleOfKind<"percent">): void {
  const { removal, candidates } = pending;
  const { structure } = removal;
  const budget = roundHalfEven((rule.percent / 100) * countFreeFilters(structure));
  const skippedUnits: number[] = [];
  let passedOverCount = 0;
  for (const u of candidates) {
    if (removal.removedFilterCount + countMembers(structure, u) > budget) skippedUnits.push(u);
    else if (removal.tryRemoveUnit(u)) passedOverCount = skippedUnits.length;
  }
  removal.roundWidths(rule.round_to);
  pending.budget = budget;
  pending.passedOverUnits = skippedUnits.slice(0, passedOverCount);
}

/** Rounds to an integer as Python does: halves are rounded to the even neighbour. */
export function roundHalfEven(value: number): number {
  const integerBelow = Math.floor(value);
  const fraction = value - integerBelow;
  if (fraction !== 0.5) return Math.round(value);
  return integerBelow % 2 === 0 ? integerBelow : integerBelow + 1;
}

/**
 * Removes every unit whose score is worse than the rule's threshold: lower if the criterion keeps high scores, higher
 * if it keeps low scores.
 */
function removeByThreshold({ removal, candidates, ranking }: PendingDraft, rule: RuleOfKind<"threshold">): void {
  if (ranking) {
    const limit = ranking.keep === "high" ? rule.value : -rule.value;
    for (const u of candidates) {
      if (ranking.signedScores[u]! >= limit) break;
      removal.tryRemoveUnit(u);
    }
  }
  removal.roundWidths(rule.round_to);
}

/**
 * Removes a share of the removable filters of each layer, layer by layer in forward order. Filters that were already
 * removed, by hand or together with coupled filters of an earlier layer, count towards the layer's share.
 */
function removeByLayers({ removal, candidates }: PendingDraft, { shares, round_to }: RuleOfKind<"layers">): void {
  const { filterCounts, freeFilters, source } = removal.structure;
  const removed = new Set<number>();
  for (const { index, name } of source.layers) {
    if (!(name in shares)) continue;
    const target = roundHalfEven(shares[name]! * freeFilters[index]!);
    for (const u of candidates) {
      const count = removal.countFilters(u, index);
      const isWithinTarget = filterCounts[index]! - removal.remainingFilters[index]! + count <= target;
      if (count && !removed.has(u) && isWithinTarget && removal.tryRemoveUnit(u)) removed.add(u);
    }
  }
  removal.roundWidths(round_to);
}

/**
 * Removes the lowest-ranked units until the network, with layer widths rounded, costs at most the target; if that is
 * impossible, removes every unit that the rule may remove. Without rounding, it finally puts back those units that the
 * target still allows, highest rank first.
 */
function removeByTarget(pending: PendingDraft, rule: RuleOfKind<"target">): void {
  const { model, removal: maximalRemoval } = pending;
  for (const u of pending.candidates) maximalRemoval.tryRemoveUnit(u);
  const removeFirstUnits = (steps: number): GreedyRemoval => {
    const removal = new GreedyRemoval(model.structure, maximalRemoval.removedByHand, rule.floor);
    for (let i = 0; i < steps; i++) removal.tryRemoveUnit(maximalRemoval.removedByRule[i]!);
    removal.roundWidths(rule.round_to);
    return removal;
  };
  const remainingCost = (steps: number): number =>
    model.costs.cost(buildUnitFlags(model.structure, removeFirstUnits(steps).units()))[rule.metric];
  let [low, high] = [0, maximalRemoval.removedByRule.length + 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (middle > maximalRemoval.removedByRule.length || remainingCost(middle) <= rule.value) high = middle;
    else low = middle + 1;
  }
  pending.removal = removeFirstUnits(Math.min(low, maximalRemoval.removedByRule.length));
  const isTargetReached = low <= maximalRemoval.removedByRule.length;
  // a single unit put back would break a round width
  if (isTargetReached && rule.round_to === 1) pending.passedOverUnits = putBackSpareUnits(pending, rule);
}

/**
 * Puts back removed units, highest rank first, as long as the cost stays within the target, and returns them. Once one
 * unit is too expensive, later units of the same kind are skipped, since putting units back never lowers the cost.
 */
function putBackSpareUnits({ model, removal }: PendingDraft, rule: RuleOfKind<"target">): number[] {
  const { structure, costs } = model;
  const putBackUnits: number[] = [];
  const tooExpensiveCostKeys = new Set<string>();
  const removed = buildUnitFlags(structure, removal.units());
  for (const u of [...removal.removedByRule].reverse()) {
    const kind = unitCostKey(structure, u);
    if (tooExpensiveCostKeys.has(kind)) continue;
    removed[u] = 0;
    if (costs.cost(removed)[rule.metric] <= rule.value) {
      removal.putBackUnit(u);
      putBackUnits.push(u);
    } else {
      removed[u] = 1;
      tooExpensiveCostKeys.add(kind);
    }
  }
  return putBackUnits;
}

/** Removes the filters that the rule lists and those coupled with them, except those kept by an override or a lock. */
function removeListedFilters({ removal, candidates }: PendingDraft, rule: RuleOfKind<"filters">): void {
  const listedUnits = unitsOfFilters(removal.structure, rule.filters);
  for (const u of candidates) if (listedUnits.has(u)) removal.tryRemoveUnit(u);
  removal.roundWidths(rule.round_to);
}

/** Returns an array with one entry per unit: 1 for the given `units`, 0 for all others. */
function buildUnitFlags(structure: Structure, units: readonly number[]): Uint8Array {
  const unitFlags = new Uint8Array(structure.unitCount);
  for (const u of units) unitFlags[u] = 1;
  return unitFlags;
}

const NO_PASSED_OVER_UNITS: ReadonlySet<number> = new Set();

/**
 * Returns what results from removing the units marked in `removed`: the removed filters per layer, the cost and the
 * shares.
 */
export function buildPlanResult(
  { structure, costs, currentCost }: PlanModel,
  ranking: Ranking | null,
  { removed, overrides, budget }: Pick<PlanResult, "removed" | "overrides" | "budget">,
): PlanResult {
  const removedFiltersPerLayer = new Int32Array(structure.source.layers.length);
  let removedFilterCount = 0;
  for (let u = 0; u < structure.unitCount; u++) {
    if (!removed[u]) continue;
    for (let m = structure.memberStart[u]!; m < structure.memberStart[u + 1]!; m++) {
      removedFiltersPerLayer[structure.memberLayer[m]!]!++;
      removedFilterCount++;
    }
  }
  const cost = costs.cost(removed);
  const shares = computeShares({ structure, ranking, removed, costBefore: currentCost, costAfter: cost });
  return {
    removed,
    overrides,
    removedFiltersPerLayer,
    removedFilterCount,
    budget,
    passedOverUnits: NO_PASSED_OVER_UNITS,
    cost,
    shares,
  };
}
