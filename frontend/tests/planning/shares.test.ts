import { expect, test } from "vitest";
import { buildPlanModel, draftPlan, emptyRule, type Rule } from "../../src/planning/rules";
import { rankUnits } from "../../src/planning/greedy";
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
  const ranking = rankUnits(model.structure, apoz, taylor);
  const byRank = draftPlan(model, ranking, byApoz);
  const filters: Record<string, number[]> = {};
  model.structure.source.units.forEach((unit, u) => {
    if (!byRank.removed[u]) return;
    for (const [layer, number] of unit.members)
      (filters[model.structure.source.layers[layer]!.name] ??= []).push(number);
  });
  const byHand = draftPlan(model, rankUnits(model.structure, taylor), { ...emptyRule, rule: "filters", filters });
  expect(byHand.removed).toEqual(byRank.removed);
  expect(byRank.shares.instability).toBeGreaterThan(0);
  expect(byRank.shares).toEqual(byHand.shares);
});

test("without the sensitivity's scores no share of it is told, whatever the criterion has", () => {
  const { shares } = draftPlan(model, rankUnits(model.structure, apoz), byApoz);
  expect([shares.sensitivity, shares.instability]).toEqual([null, null]);
});

test("bubbles have the instability of the criterion on the axis", () => {
  const [own, lent] = [
    rankUnits(model.structure, apoz, taylor),
    rankUnits(model.structure, { ...apoz, instability: null }, taylor),
  ];
  expect(own.instability).not.toEqual(lent.instability);
  expect(lent.instability).toEqual(own.sensitivityInstability);
});
