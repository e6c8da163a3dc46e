/** Cases computed by the Python twin: the page must get the same result, to the unit and the byte. */
import { describe, expect, test } from "vitest";
import type { Cost, NodeLayers, Plan, Scores } from "../../src/api/values";
import {
  buildPlanModel,
  ruleCriterion,
  draftPlan,
  buildPlanResult,
  ruleScope,
  withDefaults,
  criterionWithinLayers,
  type PlanModel,
} from "../../src/planning/rules";
import { orderRanking, reorderWithinLayers } from "../../src/planning/orders";
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
const plans = readFixture("plan_cases") as {
  scores: Record<string, Scores>;
  within: Record<string, Scores>;
  cases: PlanCase[];
};

const models = new Map(Object.entries(costs.networks).map(([name, layers]) => [name, buildPlanModel(layers)]));
const modelOf = (name: string): PlanModel => models.get(name)!;
const idsOf = (model: PlanModel, removed: Uint8Array): number[] =>
  model.structure.source.units.flatMap((unit, u) => (removed[u] ? [unit.id] : [])).sort((a, b) => a - b);

describe("the cost of a cut equals the cost that Python computes", () => {
  test.each(costs.cases.map((cut, i) => [`${cut.network} ${i}`, cut] as const))("%s", (_, cut) => {
    const model = modelOf(cut.network);
    const removed = new Uint8Array(model.structure.unitCount);
    for (const id of cut.units) removed[model.structure.unitById.get(id)!] = 1;
    const overrides = new Uint8Array(model.structure.unitCount);
    expect(buildPlanResult(model, null, { removed, overrides, budget: null }).cost).toEqual(cut.cost);
  });
});

describe("every rule removes the same units as on the server", () => {
  test.each(plans.cases.map((plan, i) => [`${plan.network} ${plan.rule.rule} ${i}`, plan] as const))(
    "%s",
    (_, plan) => {
      const model = modelOf(plan.network);
      const rule = withDefaults(plan.rule);
      const byScore = rankUnits(model.structure, { ...plans.scores[plan.network]!, keep: plan.keep });
      const ordered = orderRanking(model, byScore, {
        criterion: ruleCriterion(rule) ?? "taylor",
        scope: ruleScope(rule),
      });
      const within = criterionWithinLayers(rule) && rankUnits(model.structure, plans.within[plan.network]!);
      const ranking = within ? reorderWithinLayers(model.structure, ordered, within) : ordered;
      const result = draftPlan(model, ranking, rule);
      expect(idsOf(model, result.removed)).toEqual(plan.units);
      expect([...result.passedOverUnits].map((u) => model.structure.source.units[u]!.id).sort((a, b) => a - b)).toEqual(
        plan.passed_over,
      );
      expect(result).toMatchObject({ budget: plan.budget, removedFilterCount: plan.reached, cost: plan.cost });
    },
  );
});
