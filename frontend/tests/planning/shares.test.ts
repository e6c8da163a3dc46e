/** The shares of a node that a plan removes. */
import { expect, test } from "vitest";
import { buildPlanModel, draftPlan, type Rule } from "../../src/planning/rules";
import { rankUnits } from "../../src/planning/greedy";
import { networkLayers, networkScores } from "../fixtures/network";
import { paperRule } from "../fixtures/rules";

const model = buildPlanModel(networkLayers("vgg"));
const taylor = networkScores("vgg");
const apoz = {
  ...taylor,
  criterion: "apoz",
  score: taylor.score.map((_, i) => (i * 37) % 101),
  sensitivity: null,
  instability: taylor.score.map((_, i) => ((i * 53) % 50) / 100),
};
const byApoz = { ...paperRule, percent: 40, criterion: "apoz" } as Rule;

test("a plan by another criterion has the same shares of sensitivity and instability as a list of the same filters", () => {
  const ranking = rankUnits(model.structure, apoz, taylor);
  const byRank = draftPlan(model, ranking, byApoz);
  const filters: Record<string, number[]> = {};
  model.structure.source.units.forEach((unit, u) => {
    if (!byRank.removed[u]) return;
    for (const [layer, number] of unit.members)
      (filters[model.structure.source.layers[layer]!.name] ??= []).push(number);
  });
  const byList = draftPlan(model, rankUnits(model.structure, taylor), { ...paperRule, rule: "filters", filters });
  expect(byList.removed).toEqual(byRank.removed);
  expect(byRank.shares.instability).toBeGreaterThan(0);
  expect(byRank.shares).toEqual(byList.shares);
});

test("without sensitivity scores a plan has no share of sensitivity, whatever its criterion", () => {
  const { shares } = draftPlan(model, rankUnits(model.structure, apoz), byApoz);
  expect([shares.sensitivity, shares.instability]).toEqual([null, null]);
});

test("a ranking has its criterion's own instability, or the sensitivity's if it has none", () => {
  const [apozRanking, fallback] = [
    rankUnits(model.structure, apoz, taylor),
    rankUnits(model.structure, { ...apoz, instability: null }, taylor),
  ];
  expect(apozRanking.instability).not.toEqual(fallback.instability);
  expect(fallback.instability).toEqual(apozRanking.sensitivityInstability);
});
