import { expect, test } from "vitest";
import { emptyRule, type Rule } from "../../src/planning/rules";
import { changeRule } from "../../src/state/changes/edits";
import { withHover } from "../../src/state/changes/patches";
import { planResult } from "../../src/state/selectors/plan";
import { refreshReadout } from "../../src/state/selectors/readout";
import { networkScores, networkState } from "../fixtures/network";

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

test("instability that is the score already is told once", () => {
  const start = networkState("vgg");
  const scores = networkScores("vgg");
  const server = {
    ...start.server,
    scores: {
      ...start.server.scores,
      "10:instability": { ...scores, criterion: "instability", score: scores.instability! },
    },
  };
  const words = (criterion: string): number => {
    const state = withHover({ ...start, server, choice: { ...start.choice, criterion } }, { layer: LAYER, filter: 0 });
    return refreshReadout(state).hover.readout!.text.split("instability").length - 1;
  };
  expect([words("taylor"), words("instability")]).toEqual([1, 1]);
});
