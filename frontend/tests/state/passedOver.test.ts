import { expect, test } from "vitest";
import { type Rule } from "../../src/planning/rules";
import { changeRule } from "../../src/state/changes/edits";
import { planModel, planResult, chosenRanking } from "../../src/state/selectors/plan";
import { readoutOfFilter, type ReadoutInput } from "../../src/state/selectors/readout";
import { networkState } from "../fixtures/network";
import { paperRule } from "../fixtures/rules";

const readoutInput = (percent: number): ReadoutInput => readoutInputOf({ ...paperRule, percent } as Rule);

function readoutInputOf(rule: Rule): ReadoutInput {
  const state = changeRule(rule)(networkState("resnet_a"));
  return {
    criteria: state.server.criteria,
    model: planModel(state)!,
    ranking: chosenRanking(state)!,
    result: planResult(state)!,
  };
}

const inputs = Array.from({ length: 99 }, (_, percent) => readoutInput(percent + 1));
const input = inputs.find(({ result }) => result.passedOverUnits.size > 0)!;

test("a coupled filter that ranks below removed ones says why it is kept", () => {
  const [unit] = input.result.passedOverUnits;
  const { members } = input.model.structure.source.units[unit!]!;
  const [layer] = members[0]!;
  expect(members.length).toBeGreaterThan(1);
  expect(input.result.removed[unit!]).toBe(0);
  const { text } = readoutOfFilter(input, layer, unit!);
  expect(text).toContain(
    `kept: removing it with its ${members.length - 1} coupled filter${members.length > 2 ? "s" : ""} would exceed the plan’s budget of ${input.result.budget} filters`,
  );
  expect(text).not.toContain("coupled with");
});

test("a filter that was put back says that the target is reached without it", () => {
  const { currentCost } = planModel(networkState("resnet_a"))!;
  const targets = Array.from({ length: 30 }, (_, i) => Math.round(currentCost.parameters * (1 - 0.02 * i)));
  const readouts = targets.flatMap((value) => {
    const rule = { ...paperRule, rule: "target", metric: "parameters", value } as Rule;
    const input = readoutInputOf(rule);
    expect(input.result.cost.parameters).toBeLessThanOrEqual(value);
    return [...input.result.passedOverUnits].map((unit) => {
      const [layer] = input.model.structure.source.units[unit]!.members[0]!;
      return readoutOfFilter(input, layer, unit).text;
    });
  });
  expect(readouts.length).toBeGreaterThan(0);
  for (const text of readouts) expect(text).toContain("kept: the plan reaches its target cost without removing it");
});

test("a filter that ranks above all removed ones is simply kept", () => {
  const last = input.ranking.rankedUnits.at(-1)!;
  expect(input.result.passedOverUnits.has(last)).toBe(false);
  const [layer] = input.model.structure.source.units[last]!.members[0]!;
  expect(readoutOfFilter(input, layer, last).text).toMatch(/· kept($| · coupled with)/);
  for (const { ranking: order, result } of inputs) {
    const highest = Math.max(-1, ...Array.from(order.rankedUnits).map((u, place) => (result.removed[u] ? place : -1)));
    for (const u of result.passedOverUnits) expect(order.rank[u]).toBeLessThan(highest);
  }
});
