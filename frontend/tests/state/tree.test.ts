import { expect, test } from "vitest";
import { chooseNode } from "../../src/state/actions/choose";
import { explainMarkRefusal } from "../../src/state/actions/tree/tree";
import { applyEvent } from "../../src/state/actions/live";
import { toggleFold } from "../../src/state/changes/foldedBranches";
import { draftGhost } from "../../src/state/selectors/ghost";
import { changeRule } from "../../src/state/changes/edits";
import { withChoice, withTreeDisplay } from "../../src/state/changes/patches";
import { markedNodes, zoomAfterSteps } from "../../src/state/selectors/tree";
import { defaultChoice } from "../../src/state/choice";
import { readChoice, writeChoice } from "../../src/state/url/url";
import { commonFields } from "../../src/planning/rules";
import { planResult } from "../../src/state/selectors/plan";
import { makeEstimate, makeAutopilot } from "../fixtures/treeValues";
import { networkState } from "../fixtures/network";
import { makeEpoch, makeNode, stateWith } from "../fixtures/values";
import { PAPER_ORDER } from "../../src/planning/orders";
import { paperRule } from "../fixtures/rules";

const nodes = [makeNode(0, null), makeNode(1, 0), makeNode(2, 1), makeNode(3, 0), makeNode(4, 0, { state: "running" })];

test("view, marks and folds survive a round trip through a link", () => {
  const tree = {
    view: "compare",
    markedIds: [12, 11],
    foldedIds: [11],
    estimate: 7,
    x: "macs",
    y: "loss",
    zoom: 0.5,
  } as const;
  const choice = { ...defaultChoice, tree, panel: "tree" } as const;
  expect(readChoice(writeChoice(choice))).toEqual(choice);
  expect(writeChoice(choice)).toContain("compare=12-11");
});

test("invalid and duplicate marks are dropped, and at most five are kept", () => {
  expect(readChoice("?compare=1-1-2-3-4-5-6&folded=x&view=kitchen&x=taste&zoom=3").tree).toEqual({
    ...defaultChoice.tree,
    markedIds: [1, 2, 3, 4, 5],
  });
});

test("only finished nodes of this tree are compared, in the order of their marks", () => {
  const state = withTreeDisplay(stateWith(nodes), { markedIds: [13, 14, 99, 11] });
  expect(markedNodes(state).map(({ number }) => number)).toEqual([3, 1]);
});

test("a running node and a sixth node cannot be marked, with a reason", () => {
  expect(explainMarkRefusal(stateWith(nodes), 14)).toContain("running");
  const full = withTreeDisplay(stateWith(nodes), { markedIds: [1, 2, 3, 4, 5] });
  expect(explainMarkRefusal(full, 11)).toContain("Five");
  expect(explainMarkRefusal(withTreeDisplay(full, { markedIds: [11, 2, 3, 4, 5] }), 11)).toBeNull();
});

test("folding moves the choice to the folded node, and choosing a hidden node unfolds", () => {
  const folded = toggleFold(11)(withChoice(stateWith(nodes), { node: 12 }));
  expect(folded.choice.node).toBe(11);
  expect(folded.choice.tree.foldedIds).toEqual([11]);
  expect(chooseNode(12)(folded).choice.tree.foldedIds).toEqual([]);
  expect(toggleFold(12)(folded)).toBe(folded);
});

test("a deleted branch removes its plans, marks and choice; the node above is chosen", () => {
  const estimates = { 7: makeEstimate(), 8: makeEstimate({ id: 8, node_id: 10, from_id: 10 }) };
  const server = { epochs: { 12: [makeEpoch(0, 0.5)] }, estimates };
  const before = withTreeDisplay(withChoice(stateWith(nodes, server), { node: 12, plan: 4 }), {
    markedIds: [12, 13],
    foldedIds: [11],
  });
  const after = applyEvent({ kind: "removed", node_ids: [11, 12], plan_ids: [4] })(before);
  expect(Object.keys(after.server.nodes)).toEqual(["10", "13", "14"]);
  expect(after.server.epochs).toEqual({});
  expect(after.choice).toMatchObject({ node: 10, plan: null });
  expect(after.choice.tree).toMatchObject({ markedIds: [13], foldedIds: [] });
  expect(Object.keys(after.server.estimates)).toEqual(["8"]);
});

test("an estimate requested by somebody else appears at once", () => {
  const after = applyEvent({ kind: "estimate", estimate: makeEstimate({ plan_id: 4 }) })(
    stateWith(nodes, { estimates: { 7: makeEstimate() } }),
  );
  expect(after.server.estimates[7]?.plan_id).toBe(4);
});

test("an Autopilot event updates the Autopilot", () => {
  const after = applyEvent({ kind: "autopilot", autopilot: makeAutopilot({ state: "stopped", reason: "Stopped." }) })(
    stateWith(nodes, { autopilots: { 3: makeAutopilot() } }),
  );
  expect(after.server.autopilots[3]?.state).toBe("stopped");
});

test("zoom changes step by step and stops at its limits", () => {
  expect(zoomAfterSteps(1, 1)).toBe(1.4);
  expect(zoomAfterSteps(2, 1)).toBe(2);
  expect(zoomAfterSteps(0.25, -1)).toBe(0.25);
});

test("the ghost shows the cost of the current edit before it is saved", () => {
  const state = changeRule({ ...commonFields(paperRule), rule: "percent", percent: 50, ...PAPER_ORDER })(
    networkState("vgg"),
  );
  const ghost = draftGhost(state)!;
  expect(ghost.cost).toEqual(planResult(state)!.cost);
  expect(ghost.share).toBeGreaterThan(0.45);
  expect(draftGhost(networkState("vgg"))).toBeNull();
});
