import { expect, test } from "vitest";
import { buildPlanModel, evaluatePlan } from "../../src/planning/evaluate";
import { buildRanking } from "../../src/planning/ranking";
import { emptyRule, type Rule } from "../../src/planning/rule";
import { networkLayers, networkScores } from "../fixtures/network";

const model = buildPlanModel(networkLayers("vgg"));
const taylor = networkScores("vgg");
const apoz = {
  ...taylor,
  criterion: "apoz",
  score: taylor.score.map((_, i) => (i * 37) % 101),
  sensitivity: null,
  instability: taylor.score.map((_, i) => ((i * 53) % 50) / 100),
};
const byApoz = { ...emptyRule, percent: 40, criterion: "apoz" } as Rule;

test("a plan by another criterion is told in sensitivity and its instability, as the same filters by hand are", () => {
  const ranking = buildRanking(model.structure, apoz, taylor);
  const byRank = evaluatePlan(model, ranking, byApoz);
  const filters: Record<string, number[]> = {};
  model.structure.source.units.forEach((unit, u) => {
    if (!byRank.removed[u]) return;
    for (const [layer, number] of unit.members)
      (filters[model.structure.source.layers[layer]!.name] ??= []).push(number);
  });
  const byHand = evaluatePlan(model, buildRanking(model.structure, taylor), { ...emptyRule, rule: "filters", filters });
  expect(byHand.removed).toEqual(byRank.removed);
  expect(byRank.shares.instability).toBeGreaterThan(0);
  expect(byRank.shares).toEqual(byHand.shares);
});

test("without the sensitivity's scores no share of it is told, whatever the criterion has", () => {
  const { shares } = evaluatePlan(model, buildRanking(model.structure, apoz), byApoz);
  expect([shares.sensitivity, shares.instability]).toEqual([null, null]);
});

test("bubbles have the instability of the criterion on the axis", () => {
  const [own, lent] = [
    buildRanking(model.structure, apoz, taylor),
    buildRanking(model.structure, { ...apoz, instability: null }, taylor),
  ];
  expect(own.instability).not.toEqual(lent.instability);
  expect(lent.instability).toEqual(own.sensitivityInstability);
});
