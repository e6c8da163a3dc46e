import { BUILT_IN, makeCriterion, OPTIONS } from "../fixtures/criteria";
import { expect, test } from "vitest";
import {
  criterionInfo,
  criterionName,
  parseOptions,
  brokenCriteria,
  usableCriteria,
  formatCriterionSpec,
} from "../../src/state/selectors/criteria";
import { repairChosenCriterion } from "../../src/state/actions/validChoice";
import { criterionTitle } from "../../src/state/selectors/select";
import { defaultChoice } from "../../src/state/choice";
import { initialState, type State } from "../../src/state/state";
import { readChoice, writeChoice } from "../../src/state/url/url";

const info = makeCriterion("power_norm", { options: OPTIONS });
const broken = makeCriterion("broken", { source: "broken.py", error: "ModuleNotFoundError" });

const stateOf = (choice: Partial<State["choice"]>): State => ({
  ...initialState,
  choice: { ...defaultChoice, ...choice },
  server: { ...initialState.server, criteria: [makeCriterion("taylor"), info, broken] },
});

test("option values are written in the server's canonical form", () => {
  const values = parseOptions(info, "power_norm:mean=true,power=0.5");
  expect(values).toEqual({ power: 0.5, center: "none", mean: true });
  expect(formatCriterionSpec(info, values)).toBe("power_norm:power=0.5,mean=true");
  expect(formatCriterionSpec(info, parseOptions(info, "power_norm"))).toBe("power_norm");
  expect(formatCriterionSpec(info, { power: 2, center: "mean", mean: false })).toBe("power_norm:center=mean");
});

test("the title of a criterion includes its options", () => {
  expect(criterionName("l1:per_weight=true")).toBe("l1");
  expect(criterionTitle(BUILT_IN, "l1:per_weight=true")).toBe("L1 norm, per weight");
  const userDefined = { ...info, short: "Minkowski norm" };
  expect(criterionTitle([userDefined], "power_norm:power=0.5,center=mean")).toBe(
    "Minkowski norm, power 0.5, center mean",
  );
  expect(criterionTitle([], "power_norm")).toBe("power norm");
});

test("broken criteria are listed separately, and a link to one is replaced by the default", () => {
  const state = stateOf({ criterion: "broken", size: "broken:x=1" });
  expect(usableCriteria(state.server.criteria).map(({ name }) => name)).toEqual(["taylor", "power_norm"]);
  expect(brokenCriteria(state.server.criteria)).toEqual([broken]);
  expect(criterionInfo(state, "broken")).toBeNull();
  expect(repairChosenCriterion(state).choice).toMatchObject({ criterion: "loss_change/macs^0.5", size: "instability" });
  const chosen = stateOf({ criterion: "power_norm:power=3", size: "power_norm" });
  expect(repairChosenCriterion(chosen)).toBe(chosen);
});

test("axis, size and agreement survive a round trip through a link", () => {
  const choice = { ...defaultChoice, criterion: "power_norm:power=3,mean=true", size: "l1", agreement: true };
  expect(readChoice(writeChoice(choice))).toEqual(choice);
  expect(writeChoice(defaultChoice)).toBe("");
});
