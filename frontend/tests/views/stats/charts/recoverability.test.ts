import { expect, test } from "vitest";
import recoverability from "../../../../src/views/stats/charts/recoverability";
import { makeNode } from "../../../fixtures/values";
import { contextOf, drawAlone, SPAN, statsOf } from "./context";

test("half a point of accuracy is larger near the top than near the bottom", () => {
  const { toY } = recoverability.scale(contextOf(statsOf([makeNode(0, null)])), SPAN);
  expect(toY(0.975) - toY(0.98)).toBeGreaterThan(5 * (toY(0.5) - toY(0.505)));
  expect(toY(1)).toBe(SPAN.top);
});

test("a bar spans the lowest to the highest accuracy, with a line at the node's accuracy", () => {
  const { group, scale } = drawAlone(recoverability, statsOf([makeNode(0, null)]));
  const bar = group.querySelector("rect.range")!;
  expect(Number(bar.getAttribute("y"))).toBe(scale.toY(0.98));
  expect(Number(bar.getAttribute("height"))).toBeCloseTo(scale.toY(0.4) - scale.toY(0.98));
  expect(Number(group.querySelector("line.best")!.getAttribute("y1"))).toBe(scale.toY(0.975));
  expect(group.querySelector("path.needed")).toBeNull();
});

test("a child has a mark at the accuracy needed to recover", () => {
  const { group, scale } = drawAlone(recoverability, statsOf([makeNode(0, null), makeNode(1, 0)]));
  expect(group.querySelector("path.needed")!.getAttribute("transform")).toContain(`,${scale.toY(350 / 360)})`);
});

test("the readout has accuracy, range, and whether the node recovered", () => {
  const [root, missed] = statsOf([makeNode(0, null), makeNode(1, 0, { recovered: false })]);
  expect(recoverability.describe(root!)).toBe("accuracy 97.50% (40.00%–98.00% over the epochs)");
  expect(recoverability.describe(missed!)).toMatch(/, 97\.22% needed to recover, not recovered$/);
});
