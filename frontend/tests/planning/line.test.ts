/** The threshold line and overrides, on the planning side of the page. */
import { expect, test } from "vitest";
import { buildPlanModel, draftPlan, roundHalfEven, type Rule } from "../../src/planning/rules";
import { setOverrides, toggleUnitOverride } from "../../src/planning/overrides";
import { countUnitsBelow, thresholdLineScore, moveThresholdLine } from "../../src/planning/line";
import { rankUnits } from "../../src/planning/greedy";
import { networkLayers, networkScores } from "../fixtures/network";
import { paperRule } from "../fixtures/rules";

const model = buildPlanModel(networkLayers("vgg"));
const ranking = rankUnits(model.structure, networkScores("vgg"));
const percent = (value: number, fields: Partial<Rule> = {}): Rule =>
  ({ ...paperRule, percent: value, ...fields }) as Rule;

test("halves are rounded to the even neighbour, as in Python", () => {
  expect([0.5, 1.5, 2.5, 3.49, 3.51].map(roundHalfEven)).toEqual([0, 2, 2, 3, 4]);
});

test("the line of a percentage, used as a threshold, removes the same filters", () => {
  for (const value of [10, 25, 50]) {
    const result = draftPlan(model, ranking, percent(value));
    const score = thresholdLineScore(percent(value), ranking, result.removed, result.overrides)!;
    const same = draftPlan(model, ranking, { ...paperRule, rule: "threshold", value: score } as Rule);
    expect(Math.abs(same.removedFilterCount - result.removedFilterCount)).toBeLessThanOrEqual(tiesAt(score));
  }
});

/** How many filters have the same score as the first one above the line: a threshold cannot separate them. */
function tiesAt(score: number): number {
  const above = ranking.rankedUnits[countUnitsBelow(ranking, score)];
  return ranking.rankedUnits.filter((u) => ranking.score[u] === ranking.score[above ?? -1]).length;
}

test("a step moves the line past one score, an infinite step past all", () => {
  const start = moveThresholdLine(ranking, 0, -Infinity);
  const next = moveThresholdLine(ranking, start, 1);
  expect(countUnitsBelow(ranking, start)).toBe(0);
  expect(countUnitsBelow(ranking, next)).toBeGreaterThan(0);
  expect(countUnitsBelow(ranking, moveThresholdLine(ranking, next, -1))).toBe(0);
  expect(countUnitsBelow(ranking, moveThresholdLine(ranking, next, Infinity))).toBe(ranking.rankedUnits.length);
});

test("a click keeps a filter that would be removed, and a second click leaves it to the rule again", () => {
  const rule = percent(50);
  const u = ranking.rankedUnits[0]!;
  expect(draftPlan(model, ranking, rule).removed[u]).toBe(1);
  const kept = toggleUnitOverride(model.structure, rule, u, true);
  expect(draftPlan(model, ranking, kept).removed[u]).toBe(0);
  expect(toggleUnitOverride(model.structure, kept, u, false)).toEqual(rule);
});

test("an override covers all coupled filters", () => {
  const coupled = buildPlanModel(networkLayers("resnet_a"));
  const u = coupled.structure.source.units.findIndex((unit) => unit.free && unit.members.length > 1);
  const rule = setOverrides(coupled.structure, paperRule, [u], "removed");
  const count = Object.values(rule.removed).flat().length;
  expect(count).toBe(coupled.structure.source.units[u]!.members.length);
  expect(draftPlan(coupled, null, rule).removedFilterCount).toBe(count);
});

test("a rule of 0% has a line for every criterion; any other rule only for its own", () => {
  const [none, some] = [percent(0, { criterion: "l1" }), percent(25, { criterion: "l1" })];
  const result = draftPlan(model, ranking, none);
  const score = thresholdLineScore(none, ranking, result.removed, result.overrides);
  expect(score).not.toBeNull();
  expect(countUnitsBelow(ranking, score!)).toBe(0);
  expect(thresholdLineScore(some, ranking, result.removed, result.overrides)).toBeNull();
});
