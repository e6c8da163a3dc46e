import { expect, test } from "vitest";
import { emptyRule, type Rule } from "../../src/plan/rule";
import { changeRule } from "../../src/state/edits";
import { withHover } from "../../src/state/patches";
import { planResult } from "../../src/state/plan";
import { refreshReadout } from "../../src/state/readout";
import { networkState } from "../fixtures/network";

const LAYER = "features.0.0";
const half = { ...emptyRule, percent: 50 } as Rule;
const told = (rule: Rule, filter: number | null): string | undefined => {
  const state = withHover(networkState("vgg"), { layer: LAYER, filter, readout: { title: LAYER, text: "of before" } });
  return refreshReadout(changeRule(rule)(state)).hover.readout?.text;
};

test("a layer is read again after an edit: locked, it loses nothing", () => {
  const gone = planResult(changeRule(half)(networkState("vgg")))!.removedPerLayer[0];
  expect(gone).toBeGreaterThan(0);
  expect(told(half, null)).toContain(`, ${gone} removed ·`);
  expect(told({ ...half, locked: [LAYER] }, null)).toContain(", 0 removed ·");
});

test("a filter is read again after an edit", () => {
  expect(told({ ...half, kept: { [LAYER]: [0] } }, 0)).toContain("kept by hand");
});

test("where nothing of a layer is hovered, what is said stays", () => {
  const state = withHover(networkState("vgg"), { readout: { title: "Node 0", text: "of the tree" } });
  expect(refreshReadout(state).hover.readout?.title).toBe("Node 0");
});
