import { OURS, makeCriterion, OPTIONS } from "../fixtures/criteria";
import { expect, test } from "vitest";
import {
  criterionInfo,
  criterionName,
  parseOptions,
  brokenCriteria,
  usableCriteria,
  formatSpec,
} from "../../src/state/selectors/criteria";
import { repairCriterion } from "../../src/state/actions/validChoice";
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

test("settings have the one spelling of the server", () => {
  const settings = parseOptions(info, "power_norm:mean=true,power=0.5");
  expect(settings).toEqual({ power: 0.5, center: "none", mean: true });
  expect(formatSpec(info, settings)).toBe("power_norm:power=0.5,mean=true");
  expect(formatSpec(info, parseOptions(info, "power_norm"))).toBe("power_norm");
  expect(formatSpec(info, { power: 2, center: "mean", mean: false })).toBe("power_norm:center=mean");
});

test("a criterion with options is named with them", () => {
  expect(criterionName("l1:per_weight=true")).toBe("l1");
  expect(criterionTitle(OURS, "l1:per_weight=true")).toBe("L1 norm, per weight");
  const own = { ...info, short: "Minkowski norm" };
  expect(criterionTitle([own], "power_norm:power=0.5,center=mean")).toBe("Minkowski norm, power 0.5, center mean");
  expect(criterionTitle([], "power_norm")).toBe("power norm");
});

test("broken ones are told apart, and a link to one gives way", () => {
  const state = stateOf({ criterion: "broken", size: "broken:x=1" });
  expect(usableCriteria(state.server.criteria).map(({ name }) => name)).toEqual(["taylor", "power_norm"]);
  expect(brokenCriteria(state.server.criteria)).toEqual([broken]);
  expect(criterionInfo(state, "broken")).toBeNull();
  expect(repairCriterion(state).choice).toMatchObject({ criterion: "taylor", size: "instability" });
  const chosen = stateOf({ criterion: "power_norm:power=3", size: "power_norm" });
  expect(repairCriterion(chosen)).toBe(chosen);
});

test("axis, size and agreement stand in the link and come back from it", () => {
  const choice = { ...defaultChoice, criterion: "power_norm:power=3,mean=true", size: "l1", agreement: true };
  expect(readChoice(writeChoice(choice))).toEqual(choice);
  expect(writeChoice(defaultChoice)).toBe("");
});
