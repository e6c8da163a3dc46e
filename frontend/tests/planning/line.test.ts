import { expect, test } from "vitest";
import { buildPlanModel, draftPlan, emptyRule, roundHalfEven, type Rule } from "../../src/planning/rules";
import { decide, toggleUnit } from "../../src/planning/overrides";
import { countBelow, lineScore, stepScore } from "../../src/planning/line";
import { rankUnits } from "../../src/planning/greedy";
import { networkLayers, networkScores } from "../fixtures/network";

const model = buildPlanModel(networkLayers("vgg"));
const ranking = rankUnits(model.structure, networkScores("vgg"));
const percent = (value: number, more: Partial<Rule> = {}): Rule => ({ ...emptyRule, percent: value, ...more }) as Rule;

test("halves are rounded to the even neighbour, as Python does", () => {
  expect([0.5, 1.5, 2.5, 3.49, 3.51].map(roundHalfEven)).toEqual([0, 2, 2, 3, 4]);
});

test("the line of a percentage, sent as a threshold, removes the same filters", () => {
  for (const value of [10, 25, 50]) {
    const result = draftPlan(model, ranking, percent(value));
    const score = lineScore(percent(value), ranking, result.removed, result.hand)!;
    const same = draftPlan(model, ranking, { ...emptyRule, rule: "threshold", value: score, criterion: "taylor" });
    expect(Math.abs(same.reached - result.reached)).toBeLessThanOrEqual(tiesAt(score));
  }
});

/** Filters whose scores are the same as the first above the line: a threshold cannot part them. */
function tiesAt(score: number): number {
  const above = ranking.ascending[countBelow(ranking, score)];
  return ranking.ascending.filter((u) => ranking.score[u] === ranking.score[above ?? -1]).length;
}

test("a step moves the line over one score, Home and End over all", () => {
  const start = stepScore(ranking, 0, -Infinity);
  const one = stepScore(ranking, start, 1);
  expect(countBelow(ranking, start)).toBe(0);
  expect(countBelow(ranking, one)).toBeGreaterThan(0);
  expect(countBelow(ranking, stepScore(ranking, one, -1))).toBe(0);
  expect(countBelow(ranking, stepScore(ranking, one, Infinity))).toBe(ranking.ascending.length);
});

test("a click keeps what would go, and a second click gives it back to the rule", () => {
  const rule = percent(50);
  const u = ranking.ascending[0]!;
  expect(draftPlan(model, ranking, rule).removed[u]).toBe(1);
  const kept = toggleUnit(model.structure, rule, u, true);
  expect(draftPlan(model, ranking, kept).removed[u]).toBe(0);
  expect(toggleUnit(model.structure, kept, u, false)).toEqual(rule);
});

test("what is decided by hand covers all coupled filters", () => {
  const coupled = buildPlanModel(networkLayers("resnet_a"));
  const u = coupled.structure.source.units.findIndex((unit) => unit.free && unit.members.length > 1);
  const rule = decide(coupled.structure, emptyRule, [u], "removed");
  const named = Object.values(rule.removed).flat().length;
  expect(named).toBe(coupled.structure.source.units[u]!.members.length);
  expect(draftPlan(coupled, null, rule).reached).toBe(named);
});

test("where nothing goes the line can be taken by any criterion; a rule by another one has none", () => {
  const [none, some] = [percent(0, { criterion: "l1" }), percent(25, { criterion: "l1" })];
  const result = draftPlan(model, ranking, none);
  const score = lineScore(none, ranking, result.removed, result.hand);
  expect(score).not.toBeNull();
  expect(countBelow(ranking, score!)).toBe(0);
  expect(lineScore(some, ranking, result.removed, result.hand)).toBeNull();
});
