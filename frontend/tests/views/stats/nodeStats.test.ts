import { expect, test } from "vitest";
import { toNodeStats } from "../../../src/views/stats/nodeStats";
import { makeEpoch, makeNode } from "../../fixtures/values";

test("a running node shows the range of its epochs so far", () => {
  const node = makeNode(1, 0, {
    state: "running",
    accuracy_low: null,
    accuracy_high: null,
    epochs: 0,
    epochs_planned: 20,
  });
  const stats = toNodeStats(node, [makeEpoch(0, 0.3, 2), makeEpoch(1, 0.8, 0.7), makeEpoch(2, 0.75, 0.8)]);
  expect(stats).toMatchObject({
    isLive: true,
    low: 0.3,
    high: 0.8,
    bestAccuracy: 0.8,
    firstLoss: 2,
    lastLoss: 0.8,
    epochs: 2,
    plannedEpochs: 20,
  });
});

test("the needed accuracy is the share of images that must be correct", () => {
  expect(toNodeStats(makeNode(1, 0, { needed_correct: 350, images: 360 }), []).neededAccuracy).toBeCloseTo(350 / 360);
});
