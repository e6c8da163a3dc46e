/** The cases that Python has worked out: the page must come to the same, to the unit and the byte. */
import { describe, expect, test } from "vitest";
import type { Cost, NodeLayers, Plan, Scores } from "../../src/api/values";
import { buildPlanModel, describeRemoval, draftPlan, fillRule, type PlanModel } from "../../src/planning/rules";
import { rankUnits } from "../../src/planning/greedy";
import { readFixture } from "../fixtures/network";

interface CostCase {
  readonly network: string;
  readonly units: number[];
  readonly cost: Cost;
}

interface PlanCase extends CostCase {
  readonly keep: Scores["keep"];
  readonly rule: Plan["rule"];
  readonly budget: number | null;
  readonly reached: number;
  readonly passed_over: number[];
}

const costs = readFixture("cost_model") as { networks: Record<string, NodeLayers>; cases: CostCase[] };
const plans = readFixture("plan_cases") as { scores: Record<string, Scores>; cases: PlanCase[] };

const models = new Map(Object.entries(costs.networks).map(([name, layers]) => [name, buildPlanModel(layers)]));
const modelOf = (name: string): PlanModel => models.get(name)!;
const idsOf = (model: PlanModel, removed: Uint8Array): number[] =>
  model.structure.source.units.flatMap((unit, u) => (removed[u] ? [unit.id] : [])).sort((a, b) => a - b);

describe("cost of any cut equals the network that it leaves", () => {
  test.each(costs.cases.map((one, i) => [`${one.network} ${i}`, one] as const))("%s", (_, one) => {
    const model = modelOf(one.network);
    const removed = new Uint8Array(model.structure.units);
    for (const id of one.units) removed[model.structure.byId.get(id)!] = 1;
    const hand = new Uint8Array(model.structure.units);
    expect(describeRemoval(model, null, { removed, hand, budget: null }).cost).toEqual(one.cost);
  });
});

describe("every rule takes the same units as the server", () => {
  test.each(plans.cases.map((one, i) => [`${one.network} ${one.rule.rule} ${i}`, one] as const))("%s", (_, one) => {
    const model = modelOf(one.network);
    const ranking = rankUnits(model.structure, { ...plans.scores[one.network]!, keep: one.keep });
    const result = draftPlan(model, ranking, fillRule(one.rule));
    expect(idsOf(model, result.removed)).toEqual(one.units);
    expect([...result.passedOver].map((u) => model.structure.source.units[u]!.id).sort((a, b) => a - b)).toEqual(
      one.passed_over,
    );
    expect(result).toMatchObject({ budget: one.budget, reached: one.reached, cost: one.cost });
  });
});
