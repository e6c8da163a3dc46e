import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Rule } from "../../../../src/planning/rules";
import { createActions } from "../../../../src/state/actions";
import { changeRule } from "../../../../src/state/changes/edits";
import { withChoice, withServer } from "../../../../src/state/changes/patches";
import { chosenOrder, chosenRanking, currentRule, planResult } from "../../../../src/state/selectors/plan";
import { createStore } from "../../../../src/state/store";
import type { State } from "../../../../src/state/state";
import { networkScores, networkState } from "../../../fixtures/network";
import { paperRule } from "../../../fixtures/rules";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", () => new Promise(() => undefined));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const DEFAULT = "loss_change/macs^0.5";

/** A node with scores by loss change as well, and no plan. */
function start(): State {
  const state = networkState("vgg");
  const taylor = networkScores("vgg");
  const lossChange = {
    ...taylor,
    criterion: "loss_change",
    score: taylor.score.map((score, i) => score && score * (i % 7)),
  };
  return withServer(withChoice(state, { criterion: DEFAULT }), {
    scores: { ...state.server.scores, "10:loss_change": lossChange },
  });
}

function open(state: State) {
  const store = createStore(
    state,
    () => undefined,
    () => 0,
  );
  return { store, act: createActions({ store, notify: vi.fn() }) };
}

test("a new draft ranks by the default order with the default floor", () => {
  const { store, act } = open(start());
  act.removePercent(30);
  expect(currentRule(store.state())).toMatchObject({
    rule: "percent",
    percent: 30,
    criterion: DEFAULT,
    scope: "network",
    floor: 0.1,
  });
  expect(chosenRanking(store.state())?.criterion).toBe(DEFAULT);
  expect(planResult(store.state())!.removedFilterCount).toBeGreaterThan(0);
});

test("the paper’s order is one action: sensitivity on the axis, no floor, the same percentage", () => {
  const { store, act } = open(start());
  act.removePercent(30);
  act.usePaperOrder();
  expect(store.state().choice.criterion).toBe("taylor");
  expect(currentRule(store.state())).toMatchObject({
    rule: "percent",
    percent: 30,
    criterion: "taylor",
    scope: "network",
    floor: 0,
  });
  act.undo();
  expect(currentRule(store.state())).toMatchObject({ criterion: DEFAULT, floor: 0.1 });
});

test("a threshold by another criterion becomes the percentage that it removes", () => {
  const { store, act } = open(
    changeRule({ ...paperRule, rule: "threshold", value: 0.4, criterion: DEFAULT } as Rule)(start()),
  );
  const removed = planResult(store.state())!.removedFilterCount;
  act.usePaperOrder();
  expect(currentRule(store.state())).toMatchObject({
    rule: "percent",
    criterion: "taylor",
    percent: (100 * removed) / 40,
  });
});

test("a rule from the form puts its criterion on the axis, and its scope ranks there too", () => {
  const { store, act } = open(start());
  act.setRule({ ...paperRule, percent: 20, criterion: "taylor/macs^0.5", scope: "group" } as Rule);
  expect(chosenOrder(store.state())).toEqual({ criterion: "taylor/macs^0.5", scope: "group", within: null });
  const scores = [...chosenRanking(store.state())!.score].filter((score) => !Number.isNaN(score));
  expect(Math.max(...scores)).toBeLessThan(1);
  act.removeBelow(0.25);
  expect(currentRule(store.state())).toMatchObject({ rule: "threshold", criterion: "taylor/macs^0.5", scope: "group" });
});
