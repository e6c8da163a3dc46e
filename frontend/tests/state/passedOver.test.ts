import { expect, test } from "vitest";
import { emptyRule, type Rule } from "../../src/planning/rules";
import { changeRule } from "../../src/state/changes/edits";
import { planModel, planResult, chosenRanking } from "../../src/state/selectors/plan";
import { filterReadout, type ReadoutInput } from "../../src/state/selectors/readout";
import { networkState } from "../fixtures/network";

function readoutInput(percent: number): ReadoutInput {
  const state = changeRule({ ...emptyRule, percent } as Rule)(networkState("resnet_a"));
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
  const { text } = filterReadout(input, layer, unit!);
  expect(text).toContain(
    `kept: removing it with its ${members.length - 1} coupled filter${members.length > 2 ? "s" : ""} would exceed the ${input.result.budget} filters to remove`,
  );
  expect(text).not.toContain("removed only with");
});

test("a filter that ranks above all removed ones is simply kept", () => {
  const last = input.ranking.ascendingUnits.at(-1)!;
  expect(input.result.passedOverUnits.has(last)).toBe(false);
  const [layer] = input.model.structure.source.units[last]!.members[0]!;
  expect(filterReadout(input, layer, last).text).toMatch(/· kept($| · removed only with)/);
  for (const { ranking: order, result } of inputs) {
    const highest = Math.max(
      -1,
      ...Array.from(order.ascendingUnits).map((u, place) => (result.removed[u] ? place : -1)),
    );
    for (const u of result.passedOverUnits) expect(order.rank[u]).toBeLessThan(highest);
  }
});
