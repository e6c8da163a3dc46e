import { expect, test } from "vitest";
import { type Rule } from "../../src/planning/rules";
import { changeRule } from "../../src/state/changes/edits";
import { withHover } from "../../src/state/changes/patches";
import { planResult } from "../../src/state/selectors/plan";
import { refreshReadout } from "../../src/state/selectors/readout";
import { networkScores, networkState } from "../fixtures/network";
import { paperRule } from "../fixtures/rules";

const LAYER = "features.0.0";
const half = { ...paperRule, percent: 50 } as Rule;
const readoutText = (rule: Rule, filter: number | null): string | undefined => {
  const state = withHover(networkState("vgg"), { layer: LAYER, filter, readout: { title: LAYER, text: "of before" } });
  return refreshReadout(changeRule(rule)(state)).hover.readout?.text;
};

test("a layer's readout is updated after an edit: locked, it loses nothing", () => {
  const removed = planResult(changeRule(half)(networkState("vgg")))!.removedFiltersPerLayer[0];
  expect(removed).toBeGreaterThan(0);
  expect(readoutText(half, null)).toContain(`, ${removed} removed ·`);
  expect(readoutText({ ...half, locked: [LAYER] }, null)).toContain(", 0 removed ·");
});

test("a filter's readout is updated after an edit", () => {
  expect(readoutText({ ...half, kept: { [LAYER]: [0] } }, 0)).toContain("kept by hand");
});

test("the readout stays if no layer is hovered", () => {
  const state = withHover(networkState("vgg"), { readout: { title: "Node 0", text: "of the tree" } });
  expect(refreshReadout(state).hover.readout?.title).toBe("Node 0");
});

test("instability appears once if it is the score", () => {
  const start = networkState("vgg");
  const scores = networkScores("vgg");
  const server = {
    ...start.server,
    scores: {
      ...start.server.scores,
      "10:instability": { ...scores, criterion: "instability", score: scores.instability! },
    },
  };
  const mentions = (criterion: string): number => {
    const state = withHover({ ...start, server, choice: { ...start.choice, criterion } }, { layer: LAYER, filter: 0 });
    return refreshReadout(state).hover.readout!.text.split("instability").length - 1;
  };
  expect([mentions("taylor"), mentions("instability")]).toEqual([1, 1]);
});
