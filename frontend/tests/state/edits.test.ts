import { expect, test } from "vitest";
import { type Rule } from "../../src/planning/rules";
import {
  changeRule,
  changeRuleDuringDrag,
  endRuleDrag,
  isSameRule,
  redoRuleChange,
  markRuleSaved,
  undoRuleChange,
} from "../../src/state/changes/edits";
import type { Reducer } from "../../src/state/changes/patches";
import type { State } from "../../src/state/state";
import { networkState } from "../fixtures/network";
import { currentEdit, currentRule, redoCount, undoCount } from "../../src/state/selectors/plan";
import { paperRule } from "../fixtures/rules";

const percent = (value: number): Rule => ({ ...paperRule, percent: value }) as Rule;
const run = (...steps: Reducer[]): State => steps.reduce((state, step) => step(state), networkState("vgg"));
const shown = (state: State): number => (currentRule(state) as { percent: number }).percent;

test("undo and redo step through the changes", () => {
  const state = run(changeRule(percent(10)), changeRule(percent(20)), undoRuleChange);
  expect([shown(state), undoCount(state), redoCount(state)]).toEqual([10, 1, 1]);
  expect(shown(redoRuleChange(state))).toBe(20);
  expect(shown(undoRuleChange(undoRuleChange(state)))).toBe(0);
});

test("a whole drag is one undo step, and a new change clears redo", () => {
  const state = run(
    changeRule(percent(10)),
    ...[11, 12, 13, 14].map((value) => changeRuleDuringDrag(percent(value))),
    endRuleDrag,
  );
  expect([shown(state), undoCount(state)]).toEqual([14, 2]);
  const undone = undoRuleChange(state);
  expect(shown(undone)).toBe(10);
  expect(redoCount(changeRule(percent(50))(undone))).toBe(0);
});

test("a drag that ends where it began adds no undo step", () => {
  expect(
    undoCount(
      run(changeRule(percent(10)), changeRuleDuringDrag(percent(30)), changeRuleDuringDrag(percent(10)), endRuleDrag),
    ),
  ).toBe(1);
});

test("what the server has saved is no longer unsent, later changes are", () => {
  const [sent, later] = [percent(10), percent(20)];
  expect(run(changeRule(sent), markRuleSaved(-10, { id: 5, revision: 1 }, sent)).draft.edits[5]?.unsentRule).toBeNull();
  const state = run(changeRule(sent), changeRule(later), markRuleSaved(-10, { id: 5, revision: 1 }, sent));
  expect(state.draft.edits[5]?.unsentRule).toBe(later);
  expect(state.draft.edits[-10]).toBeUndefined();
  expect(currentEdit(state).undoHistory).toHaveLength(0);
});

test("rules are the same whatever the order of their fields", () => {
  const { percent: share, ...rest } = percent(10) as Extract<Rule, { rule: "percent" }>;
  expect(isSameRule(percent(10), { percent: share, ...rest })).toBe(true);
  expect(isSameRule(percent(10), percent(11))).toBe(false);
});
