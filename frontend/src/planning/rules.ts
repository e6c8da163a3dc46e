/** Which units a rule takes: hands first, then the walk over what the rule may touch; twin of `engine/plans.py`. */
import { computeCost, type CostModel, sum } from "./cost";
import type { Ranking } from "./ranking";
import type { Rule } from "./rule";
import { memberCount, type Structure, unitsOf } from "./structure";
import { Walk } from "./greedy";

export interface Selected {
  /** 1 by unit position where it goes. */
  readonly removed: Uint8Array;
  /** B of rule percent: filters that may go. */
  readonly budget: number | null;
  /** Units too large for what was left of B, while some that rank higher were not. */
  readonly passedOver: ReadonlySet<number>;
}

export interface Costed {
  readonly structure: Structure;
  readonly costs: CostModel;
}

export function selectUnits(model: Costed, ranking: Ranking | null, rule: Rule): Selected {
  const { structure } = model;
  const byHand = [...unitsOf(structure, rule.removed)];
  const open = openUnits(structure, ranking, rule);
  const walk = new Walk(structure, byHand, rule.max_layer_share);
  const budget = rule.rule === "percent" ? percentBudget(structure, rule.percent) : null;
  const done = rule.rule === "target" ? walkToTarget(model, walk, open, rule) : walk;
  const passedOver = new Set(budget === null ? [] : walkPercent(walk, open, budget));
  if (rule.rule === "threshold" && ranking) walkThreshold(walk, open, ranking, rule.value);
  if (rule.rule === "layers") walkShares(walk, open, rule.shares);
  if (rule.rule === "filters") walkFilters(walk, open, rule.filters);
  done.roundWidths(rule.round_to);
  const removed = new Uint8Array(structure.units);
  for (const u of done.units()) removed[u] = 1;
  return { removed, budget, passedOver };
}

/** Ranked free units but for those set by hand and those of locked layers. */
export function openUnits(structure: Structure, ranking: Ranking | null, rule: Rule): Int32Array {
  const spared = new Uint8Array(structure.units);
  for (const u of unitsOf(structure, rule.kept)) spared[u] = 1;
  for (const u of unitsOf(structure, rule.removed)) spared[u] = 1;
  for (const name of rule.locked) {
    for (const u of structure.unitAt[structure.layerOf.get(name) ?? -1]?.values() ?? []) spared[u] = 1;
  }
  return (ranking?.ascending ?? structure.byPlace).filter((u) => !spared[u]);
}

function percentBudget(structure: Structure, percent: number): number {
  return roundHalfEven((percent / 100) * sum(structure.freeFilters));
}

/** As Python rounds: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** What does not fit into the budget is skipped; gives what was skipped before others went. */
function walkPercent(walk: Walk, open: Int32Array, budget: number): number[] {
  const skipped: number[] = [];
  let passed = 0;
  for (const u of open) {
    if (walk.removed + memberCount(walk.structure, u) > budget) skipped.push(u);
    else if (walk.take(u)) passed = skipped.length;
  }
  return skipped.slice(0, passed);
}

/** All that ranks below the value; where low scores are kept, that is all above it. */
function walkThreshold(walk: Walk, open: Int32Array, { order, keep }: Ranking, value: number): void {
  const limit = keep === "high" ? value : -value;
  for (const u of open) {
    if (order[u]! >= limit) break;
    walk.take(u);
  }
}

/** Layer by layer in forward order; what went with an earlier layer, or by hand, counts. */
function walkShares(walk: Walk, open: Int32Array, shares: Readonly<Record<string, number>>): void {
  const { filters, freeFilters, source } = walk.structure;
  const gone = new Set<number>();
  for (const { index, name } of source.layers) {
    if (!(name in shares)) continue;
    const wanted = roundHalfEven(shares[name]! * freeFilters[index]!);
    for (const u of open) {
      const mine = walk.countIn(u, index);
      const fits = filters[index]! - walk.left[index]! + mine <= wanted;
      if (mine && !gone.has(u) && fits && walk.take(u)) gone.add(u);
    }
  }
}

function walkFilters(walk: Walk, open: Int32Array, filters: Readonly<Record<string, number[]>>): void {
  const wanted = unitsOf(walk.structure, filters);
  for (const u of open) if (wanted.has(u)) walk.take(u);
}

/** The shortest walk after which, widths rounded, no more than the value remains; else the longest. */
function walkToTarget(
  { structure, costs }: Costed,
  longest: Walk,
  open: Int32Array,
  rule: Extract<Rule, { rule: "target" }>,
): Walk {
  for (const u of open) longest.take(u);
  const walked = (steps: number): Walk => {
    const walk = new Walk(structure, longest.byHand, rule.max_layer_share);
    for (let i = 0; i < steps; i++) walk.take(longest.taken[i]!);
    walk.roundWidths(rule.round_to);
    return walk;
  };
  let [low, high] = [0, longest.taken.length + 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    const reached = middle > longest.taken.length || remains(costs, walked(middle))[rule.metric] <= rule.value;
    if (reached) high = middle;
    else low = middle + 1;
  }
  return walked(Math.min(low, longest.taken.length));
}

function remains(costs: CostModel, walk: Walk): ReturnType<typeof computeCost> {
  const { dimLength, dimStart, dimList } = walk.structure;
  const live = dimLength.slice();
  for (const u of walk.units()) {
    for (let d = dimStart[u]!; d < dimStart[u + 1]!; d++) live[dimList[d]!]!--;
  }
  return computeCost(costs, live, 0);
}
