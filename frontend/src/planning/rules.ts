/** A rule carried out on a node: which units go, and what is left; twin of `planning/rules.py`. Fast enough for every tick of a drag. */
import type { Cost, NodeLayers, Plan } from "../api/values";
import { CostTable } from "./cost";
import { GreedyRemoval, type Ranking } from "./greedy";
import { overrideStates } from "./overrides";
import { computeShares, type Shares } from "./shares";
import { buildStructure, countFreeFilters, memberCount, type Structure, unitsOfFilters } from "./structure";

type Filled<R> = R extends unknown ? Required<R> : never;
/** A plan's rule with every field there: what the schema lets a caller leave out is filled with its default. */
export type Rule = Filled<Plan["rule"]>;
type RuleOf<Kind extends Rule["rule"]> = Extract<Rule, { rule: Kind }>;

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
  /** By unit position. `hand`: 0 by rule, 1 kept by hand, 2 removed by hand. */
  readonly removed: Uint8Array;
  readonly hand: Uint8Array;
  readonly removedPerLayer: Int32Array;
  readonly reached: number;
  /** Of rule percent: filters that may go. */
  readonly budget: number | null;
  /** Units too large for what was left of the budget, while some that rank higher were not; none where the server has carried out the rule. */
  readonly passedOver: ReadonlySet<number>;
  readonly cost: Cost;
  readonly shares: Shares;
}

/** What a rule may take, in order, and what it has taken. */
interface Drafting {
  readonly model: PlanModel;
  readonly ranking: Ranking | null;
  readonly open: Int32Array;
  greedy: GreedyRemoval;
  budget: number | null;
  passedOver: readonly number[];
}

/** Overrides first, then what the rule takes of the rest; `ranking` may be null for rule filters only. */
export function draftPlan(model: PlanModel, ranking: Ranking | null, rule: Rule): PlanResult {
  const { structure } = model;
  const drafting: Drafting = {
    model,
    ranking,
    open: openUnits(structure, ranking, rule),
    greedy: new GreedyRemoval(structure, [...unitsOfFilters(structure, rule.removed)], rule.max_layer_share),
    budget: null,
    passedOver: [],
  };
  carryOut(drafting, rule);
  const removed = mark(structure, drafting.greedy.units());
  const hand = overrideStates(structure, rule);
  return {
    ...describeRemoval(model, ranking, { removed, hand, budget: drafting.budget }),
    passedOver: new Set(drafting.passedOver),
  };
}

function carryOut(drafting: Drafting, rule: Rule): void {
  if (rule.rule === "percent") byPercent(drafting, rule);
  else if (rule.rule === "threshold") byThreshold(drafting, rule);
  else if (rule.rule === "layers") byLayers(drafting, rule);
  else if (rule.rule === "target") byTarget(drafting, rule);
  else byFilters(drafting, rule);
}

/** Ranked free units but for those with an override and those of locked layers. */
export function openUnits(structure: Structure, ranking: Ranking | null, rule: Rule): Int32Array {
  const spared = new Uint8Array(structure.units);
  for (const u of unitsOfFilters(structure, rule.kept)) spared[u] = 1;
  for (const u of unitsOfFilters(structure, rule.removed)) spared[u] = 1;
  for (const name of rule.locked) {
    for (const u of structure.unitAt[structure.layerOf.get(name) ?? -1]?.values() ?? []) spared[u] = 1;
  }
  return (ranking?.ascending ?? structure.byPlace).filter((u) => !spared[u]);
}

/** What does not fit into the budget is skipped. */
function byPercent(drafting: Drafting, rule: RuleOf<"percent">): void {
  const { greedy, open } = drafting;
  const { structure } = greedy;
  const budget = roundHalfEven((rule.percent / 100) * countFreeFilters(structure));
  const tooLarge: number[] = [];
  let passed = 0;
  for (const u of open) {
    if (greedy.removed + memberCount(structure, u) > budget) tooLarge.push(u);
    else if (greedy.take(u)) passed = tooLarge.length;
  }
  greedy.roundWidths(rule.round_to);
  drafting.budget = budget;
  drafting.passedOver = tooLarge.slice(0, passed);
}

/** As Python rounds: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** All that ranks below the value; where low scores are kept, that is all above it. */
function byThreshold({ greedy, open, ranking }: Drafting, rule: RuleOf<"threshold">): void {
  if (ranking) {
    const limit = ranking.keep === "high" ? rule.value : -rule.value;
    for (const u of open) {
      if (ranking.order[u]! >= limit) break;
      greedy.take(u);
    }
  }
  greedy.roundWidths(rule.round_to);
}

/** Layer by layer in forward order; what went with an earlier layer, or by hand, counts. */
function byLayers({ greedy, open }: Drafting, { shares, round_to }: RuleOf<"layers">): void {
  const { filters, freeFilters, source } = greedy.structure;
  const gone = new Set<number>();
  for (const { index, name } of source.layers) {
    if (!(name in shares)) continue;
    const wanted = roundHalfEven(shares[name]! * freeFilters[index]!);
    for (const u of open) {
      const mine = greedy.countIn(u, index);
      const fits = filters[index]! - greedy.left[index]! + mine <= wanted;
      if (mine && !gone.has(u) && fits && greedy.take(u)) gone.add(u);
    }
  }
  greedy.roundWidths(round_to);
}

/** The shortest removal after which, widths rounded, no more than the value remains; else the longest. */
function byTarget(drafting: Drafting, rule: RuleOf<"target">): void {
  const { model, greedy: longest } = drafting;
  for (const u of drafting.open) longest.take(u);
  const shorten = (steps: number): GreedyRemoval => {
    const greedy = new GreedyRemoval(model.structure, longest.byHand, rule.max_layer_share);
    for (let i = 0; i < steps; i++) greedy.take(longest.taken[i]!);
    greedy.roundWidths(rule.round_to);
    return greedy;
  };
  const remains = (steps: number): number =>
    model.costs.cost(mark(model.structure, shorten(steps).units()))[rule.metric];
  let [low, high] = [0, longest.taken.length + 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (middle > longest.taken.length || remains(middle) <= rule.value) high = middle;
    else low = middle + 1;
  }
  drafting.greedy = shorten(Math.min(low, longest.taken.length));
}

/** Exactly these and what is coupled to them, but for what overrides and locks keep. */
function byFilters({ greedy, open }: Drafting, rule: RuleOf<"filters">): void {
  const wanted = unitsOfFilters(greedy.structure, rule.filters);
  for (const u of open) if (wanted.has(u)) greedy.take(u);
  greedy.roundWidths(rule.round_to);
}

/** 1 by unit position. */
function mark(structure: Structure, units: readonly number[]): Uint8Array {
  const marked = new Uint8Array(structure.units);
  for (const u of units) marked[u] = 1;
  return marked;
}

const NONE: ReadonlySet<number> = new Set();

/** What is left when these units go. */
export function describeRemoval(
  { structure, costs, now }: PlanModel,
  ranking: Ranking | null,
  { removed, hand, budget }: Pick<PlanResult, "removed" | "hand" | "budget">,
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
  return { removed, hand, removedPerLayer, reached, budget, passedOver: NONE, cost, shares };
}
