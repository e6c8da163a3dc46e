import { expect, test } from "vitest";
import type { Plan } from "../../src/api/values";
import {
  appendPrice,
  orderRanking,
  reorderWithinLayers,
  parseCriterionAndPrice,
  unitPrices,
} from "../../src/planning/orders";
import { rankUnits } from "../../src/planning/greedy";
import { thresholdLineScore } from "../../src/planning/line";
import { buildPlanModel, draftPlan, withDefaults, type PlanResult, type Rule } from "../../src/planning/rules";
import { networkLayers, networkScores } from "../fixtures/network";
import { paperRule } from "../fixtures/rules";

const model = buildPlanModel(networkLayers("vgg"));
const ranking = rankUnits(model.structure, networkScores("vgg"));

test("a spec is split into criterion and price, and written back", () => {
  expect(parseCriterionAndPrice("l1:per_weight=true/bytes^0.25")).toEqual({
    criterion: "l1:per_weight=true",
    price: { metric: "bytes", exponent: 0.25 },
  });
  expect(parseCriterionAndPrice("taylor")).toEqual({ criterion: "taylor", price: null });
  expect(appendPrice("taylor", { metric: "macs", exponent: 1 })).toBe("taylor/macs^1");
  expect(appendPrice("taylor", { metric: "macs", exponent: 0 })).toBe("taylor");
});

test("an invalid price leaves a criterion that no server knows, so that a link to it is repaired", () => {
  for (const spec of ["taylor/flops^1", "taylor/macs", "taylor/macs^", "taylor/macs^x"])
    expect(parseCriterionAndPrice(spec)).toEqual({ criterion: spec, price: null });
});

test("prices are computed once per node", () => {
  expect(unitPrices(model.costs, "macs")).toBe(unitPrices(model.costs, "macs"));
  expect(unitPrices(model.costs, "bytes")).not.toBe(unitPrices(model.costs, "macs"));
});

test.each([
  ["taylor/macs^0.5", "network"],
  ["taylor", "group"],
  ["taylor/parameters^1", "alike"],
] as const)(
  "the line of a percentage by %s in the scope %s, used as a threshold, removes the same filters",
  (criterion, scope) => {
    const ordered = orderRanking(model, ranking, { criterion, scope });
    const rule = { ...paperRule, percent: 40, criterion, scope } as Rule;
    const result = draftPlan(model, ordered, rule);
    const value = thresholdLineScore(rule, ordered, result.removed, result.overrides)!;
    const threshold = draftPlan(model, ordered, {
      ...paperRule,
      rule: "threshold",
      value,
      criterion,
      scope,
      within: null,
    });
    const isTied = (u: number): boolean =>
      ordered.rankedUnits.some((other) => other !== u && ordered.score[other] === ordered.score[u]);
    const different = [...result.removed.keys()].filter((u) => result.removed[u] !== threshold.removed[u]);
    expect(different.filter((u) => !isTied(u))).toEqual([]);
  },
);

test("the line is not drawn on the axis of another order", () => {
  const rule = { ...paperRule, percent: 40 } as Rule;
  const priced = orderRanking(model, ranking, { criterion: "taylor/macs^0.5", scope: "network" });
  const result = draftPlan(model, ranking, rule);
  expect(thresholdLineScore(rule, ranking, result.removed, result.overrides)).not.toBeNull();
  expect(thresholdLineScore(rule, priced, result.removed, result.overrides)).toBeNull();
});

test("a rule from the server is completed, and its floor alone is sent back", () => {
  const rule = { rule: "percent", percent: 20, round_to: 1, floor: 0.3, max_layer_share: 0.7 } as Plan["rule"];
  expect(withDefaults(rule)).toMatchObject({ criterion: "taylor", scope: "network", floor: 0.3 });
  expect(withDefaults(rule)).not.toHaveProperty("max_layer_share");
  expect(withDefaults({ rule: "filters", filters: {}, round_to: 1, floor: 0 })).not.toHaveProperty("scope");
});

test("a criterion for the filters of a layer leaves the widths and the cost as they are", () => {
  const reversed = {
    ...ranking,
    score: ranking.score.map((value) => -value),
    signedScores: ranking.signedScores.map((value) => -value),
  };
  const rule = { ...paperRule, percent: 40 } as Rule;
  const [before, after] = [ranking, reorderWithinLayers(model.structure, ranking, reversed)].map((order) =>
    draftPlan(model, order, rule),
  ) as [PlanResult, PlanResult];
  expect([...after.removedFiltersPerLayer]).toEqual([...before.removedFiltersPerLayer]);
  expect(after.cost).toEqual(before.cost);
  expect([...after.removed]).not.toEqual([...before.removed]);
});
