/**
 * Applies a rule to a node: which units it removes, and what remains; twin of `planning/rules.py`.
 * Fast enough to run at every step of a drag.
 */
import type { Cost, NodeLayers, Plan } from "../api/values";
import { CostTable } from "./cost";
import { GreedyRemoval, type Ranking } from "./greedy";
import { overrideStates } from "./overrides";
import { computeShares, type Shares } from "./shares";
import { buildStructure, countFreeFilters, memberCount, type Structure, unitsOfFilters } from "./structure";

type Filled<R> = R extends unknown ? Required<R> : never;
/** A plan's rule with all fields: those that the schema lets a caller omit have their defaults. */
export type Rule = Filled<Plan["rule"]>;
type RuleOf<Kind extends Rule["rule"]> = Extract<Rule, { rule: Kind }>;

const COMMON = { round_to: 1, locked: [], kept: {}, removed: {}, max_layer_share: 1, max_class_loss: null };

export function fillRule(rule: Plan["rule"]): Rule {
  return { ...COMMON, ...rule };
}

/** Removes nothing. */
export const emptyRule: Rule = { rule: "percent", percent: 0, criterion: "taylor", ...COMMON };

/** The fields that all rules share, kept when the kind of rule changes. */
export function commonFields(rule: Rule): Pick<Rule, keyof typeof COMMON> {
  const { round_to, locked, kept, removed, max_layer_share, max_class_loss } = rule;
  return { round_to, locked, kept, removed, max_layer_share, max_class_loss };
}

export function criterionOf(rule: Rule): string | null {
  return rule.rule === "filters" ? null : rule.criterion;
}

export interface PlanModel {
  readonly structure: Structure;
  readonly costs: CostTable;
  readonly now: Cost;
}

export function buildPlanModel(layers: NodeLayers): PlanModel {
  const structure = buildStructure(layers);
  const costs = new CostTable(structure);
  return { structure, costs, now: costs.now };
}

export interface PlanResult {
  /** Indexed by unit position. `overrides`: 0 none, 1 kept by hand, 2 removed by hand. */
  readonly removed: Uint8Array;
  readonly overrides: Uint8Array;
  readonly removedPerLayer: Int32Array;
  readonly reached: number;
  /** Of rule percent: the number of filters that it may remove. */
  readonly budget: number | null;
  /** Units skipped because they did not fit the rest of the budget, ranked below units that did; empty if the server applied the rule. */
  readonly passedOver: ReadonlySet<number>;
  readonly cost: Cost;
  readonly shares: Shares;
}

/** A draft while its rule is applied: `removable` are the units that the rule may remove, lowest rank first. */
interface PendingDraft {
  readonly model: PlanModel;
  readonly ranking: Ranking | null;
  readonly removable: Int32Array;
  greedy: GreedyRemoval;
  budget: number | null;
  passedOver: readonly number[];
}

/** Applies the overrides, then the rule to all other units; `ranking` may be null only for rule filters. */
export function draftPlan(model: PlanModel, ranking: Ranking | null, rule: Rule): PlanResult {
  const { structure } = model;
  const pending: PendingDraft = {
    model,
    ranking,
    removable: removableUnits(structure, ranking, rule),
    greedy: new GreedyRemoval(structure, [...unitsOfFilters(structure, rule.removed)], rule.max_layer_share),
    budget: null,
    passedOver: [],
  };
  applyRule(pending, rule);
  const removed = markUnits(structure, pending.greedy.units());
  const overrides = overrideStates(structure, rule);
  return {
    ...describeRemoval(model, ranking, { removed, overrides, budget: pending.budget }),
    passedOver: new Set(pending.passedOver),
  };
}

function applyRule(pending: PendingDraft, rule: Rule): void {
  if (rule.rule === "percent") removeByPercent(pending, rule);
  else if (rule.rule === "threshold") removeByThreshold(pending, rule);
  else if (rule.rule === "layers") removeByLayers(pending, rule);
  else if (rule.rule === "target") removeByTarget(pending, rule);
  else removeByFilters(pending, rule);
}

/** Ranked free units, without those with an override and those of locked layers. */
export function removableUnits(structure: Structure, ranking: Ranking | null, rule: Rule): Int32Array {
  const excluded = new Uint8Array(structure.units);
  for (const u of unitsOfFilters(structure, rule.kept)) excluded[u] = 1;
  for (const u of unitsOfFilters(structure, rule.removed)) excluded[u] = 1;
  for (const name of rule.locked) {
    for (const u of structure.unitAt[structure.layerOf.get(name) ?? -1]?.values() ?? []) excluded[u] = 1;
  }
  return (ranking?.ascending ?? structure.unscoredOrder).filter((u) => !excluded[u]);
}

/** Removes the lowest units up to a budget of filters; skips units that do not fit. */
function removeByPercent(pending: PendingDraft, rule: RuleOf<"percent">): void {
  const { greedy, removable } = pending;
  const { structure } = greedy;
  const budget = roundHalfEven((rule.percent / 100) * countFreeFilters(structure));
  const tooLarge: number[] = [];
  let passedOver = 0;
  for (const u of removable) {
    if (greedy.removed + memberCount(structure, u) > budget) tooLarge.push(u);
    else if (greedy.take(u)) passedOver = tooLarge.length;
  }
  greedy.roundWidths(rule.round_to);
  pending.budget = budget;
  pending.passedOver = tooLarge.slice(0, passedOver);
}

/** Rounds as Python does: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Removes every unit that scores below the value; above it if low scores are kept. */
function removeByThreshold({ greedy, removable, ranking }: PendingDraft, rule: RuleOf<"threshold">): void {
  if (ranking) {
    const limit = ranking.keep === "high" ? rule.value : -rule.value;
    for (const u of removable) {
      if (ranking.order[u]! >= limit) break;
      greedy.take(u);
    }
  }
  greedy.roundWidths(rule.round_to);
}

/** Removes a share of each layer, in forward order; filters removed with an earlier layer or by hand count. */
function removeByLayers({ greedy, removable }: PendingDraft, { shares, round_to }: RuleOf<"layers">): void {
  const { filters, freeFilters, source } = greedy.structure;
  const removed = new Set<number>();
  for (const { index, name } of source.layers) {
    if (!(name in shares)) continue;
    const target = roundHalfEven(shares[name]! * freeFilters[index]!);
    for (const u of removable) {
      const count = greedy.countIn(u, index);
      const fits = filters[index]! - greedy.remaining[index]! + count <= target;
      if (count && !removed.has(u) && fits && greedy.take(u)) removed.add(u);
    }
  }
  greedy.roundWidths(round_to);
}

/** The shortest removal that leaves at most the value after rounding widths; the longest if none does. */
function removeByTarget(pending: PendingDraft, rule: RuleOf<"target">): void {
  const { model, greedy: longest } = pending;
  for (const u of pending.removable) longest.take(u);
  const shorten = (steps: number): GreedyRemoval => {
    const greedy = new GreedyRemoval(model.structure, longest.byHand, rule.max_layer_share);
    for (let i = 0; i < steps; i++) greedy.take(longest.taken[i]!);
    greedy.roundWidths(rule.round_to);
    return greedy;
  };
  const remainingCost = (steps: number): number =>
    model.costs.cost(markUnits(model.structure, shorten(steps).units()))[rule.metric];
  let [low, high] = [0, longest.taken.length + 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (middle > longest.taken.length || remainingCost(middle) <= rule.value) high = middle;
    else low = middle + 1;
  }
  pending.greedy = shorten(Math.min(low, longest.taken.length));
}

/** Removes exactly these filters and those coupled to them, except what overrides and locks keep. */
function removeByFilters({ greedy, removable }: PendingDraft, rule: RuleOf<"filters">): void {
  const listed = unitsOfFilters(greedy.structure, rule.filters);
  for (const u of removable) if (listed.has(u)) greedy.take(u);
  greedy.roundWidths(rule.round_to);
}

/** An array by unit position, with 1 for `units`. */
function markUnits(structure: Structure, units: readonly number[]): Uint8Array {
  const marked = new Uint8Array(structure.units);
  for (const u of units) marked[u] = 1;
  return marked;
}

const NONE: ReadonlySet<number> = new Set();

/** The result of removing these units. */
export function describeRemoval(
  { structure, costs, now }: PlanModel,
  ranking: Ranking | null,
  { removed, overrides, budget }: Pick<PlanResult, "removed" | "overrides" | "budget">,
): PlanResult {
  const removedPerLayer = new Int32Array(structure.source.layers.length);
  let reached = 0;
  for (let u = 0; u < structure.units; u++) {
    if (!removed[u]) continue;
    for (let m = structure.memberStart[u]!; m < structure.memberStart[u + 1]!; m++) {
      removedPerLayer[structure.memberLayer[m]!]!++;
      reached++;
    }
  }
  const cost = costs.cost(removed);
  const shares = computeShares({ structure, ranking, removed, now, after: cost });
  return { removed, overrides, removedPerLayer, reached, budget, passedOver: NONE, cost, shares };
}
