import { expect, test } from "vitest";
import { emptyRule, type Rule } from "../../src/planning/rules";
import { changeRule } from "../../src/state/changes/edits";
import { planModel, planResult, chosenRanking } from "../../src/state/selectors/plan";
import { filterReadout, type ReadoutInput } from "../../src/state/selectors/readout";
import { networkState } from "../fixtures/network";

function readAt(percent: number): ReadoutInput {
  const state = changeRule({ ...emptyRule, percent } as Rule)(networkState("resnet_a"));
  return {
    criteria: state.server.criteria,
    model: planModel(state)!,
    ranking: chosenRanking(state)!,
    result: planResult(state)!,
  };
}

const reads = Array.from({ length: 99 }, (_, percent) => readAt(percent + 1));
const read = reads.find(({ result }) => result.passedOver.size > 0)!;

test("a coupled filter that ranks below some that go says why it is kept", () => {
  const [unit] = read.result.passedOver;
  const { members } = read.model.structure.source.units[unit!]!;
  const [layer] = members[0]!;
  expect(members.length).toBeGreaterThan(1);
  expect(read.result.removed[unit!]).toBe(0);
  const { text } = filterReadout(read, layer, unit!);
  expect(text).toContain(
    `kept: it is one of ${members.length} coupled filters, and fewer were left of the ${read.result.budget} that may go`,
  );
  expect(text).not.toContain("goes with");
});

test("a filter that ranks above all that go is simply kept", () => {
  const last = read.ranking.ascending.at(-1)!;
  expect(read.result.passedOver.has(last)).toBe(false);
  const [layer] = read.model.structure.source.units[last]!.members[0]!;
  expect(filterReadout(read, layer, last).text).toMatch(/· kept($| · goes with)/);
  for (const { ranking: order, result } of reads) {
    const highest = Math.max(-1, ...Array.from(order.ascending).map((u, place) => (result.removed[u] ? place : -1)));
    for (const u of result.passedOver) expect(order.place[u]).toBeLessThan(highest);
  }
});
