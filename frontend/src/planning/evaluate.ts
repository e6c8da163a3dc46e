/** A rule carried out on a node: which units go, and what is left. Fast enough for every tick of a drag. */
import type { Cost, NodeLayers } from "../api/values";
import { buildCostModel, computeCost, type CostModel, costNow } from "./cost";
import { handStates } from "./overrides";
import type { Ranking } from "./ranking";
import type { Rule } from "./rule";
import { selectUnits } from "./rules";
import { computeShares, type Shares } from "./shares";
import { buildStructure, type Structure } from "./structure";

export interface PlanModel {
  readonly structure: Structure;
  readonly costs: CostModel;
  readonly now: Cost;
}

export interface PlanResult {
  /** By unit position. `hand`: 0 by rule, 1 kept by hand, 2 removed by hand. */
  readonly removed: Uint8Array;
  readonly hand: Uint8Array;
  readonly removedPerLayer: Int32Array;
  readonly reached: number;
  readonly budget: number | null;
  /** Units too large for what was left of the budget; none where the server has carried out the rule. */
  readonly passedOver: ReadonlySet<number>;
  readonly cost: Cost;
  readonly shares: Shares;
}

export function buildPlanModel(layers: NodeLayers): PlanModel {
  const structure = buildStructure(layers);
  const costs = buildCostModel(structure);
  return { structure, costs, now: costNow(costs) };
}

export function evaluatePlan(model: PlanModel, ranking: Ranking | null, rule: Rule): PlanResult {
  const { removed, budget, passedOver } = selectUnits(model, ranking, rule);
  return {
    ...describeRemoval(model, ranking, { removed, hand: handStates(model.structure, rule), budget }),
    passedOver,
  };
}

const NONE: ReadonlySet<number> = new Set();

/** What is left when these units go. */
export function describeRemoval(
  { structure, costs, now }: PlanModel,
  ranking: Ranking | null,
  { removed, hand, budget }: Pick<PlanResult, "removed" | "hand" | "budget">,
): PlanResult {
  const removedPerLayer = new Int32Array(structure.source.layers.length);
  const live = structure.dimLength.slice();
  let reached = 0;
  for (let u = 0; u < structure.units; u++) {
    if (!removed[u]) continue;
    for (let m = structure.memberStart[u]!; m < structure.memberStart[u + 1]!; m++) {
      removedPerLayer[structure.memberLayer[m]!]!++;
      reached++;
    }
    for (let d = structure.dimStart[u]!; d < structure.dimStart[u + 1]!; d++) live[structure.dimList[d]!]!--;
  }
  const cost = computeCost(costs, live, now.filters - reached);
  const shares = computeShares({ structure, ranking, removed, now, after: cost });
  return { removed, hand, removedPerLayer, reached, budget, passedOver: NONE, cost, shares };
}
