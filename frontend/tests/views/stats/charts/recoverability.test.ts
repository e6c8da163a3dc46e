import { expect, test } from "vitest";
import recoverability from "../../../../src/views/stats/charts/recoverability";
import { makeNode } from "../../../fixtures/values";
import { contextOf, drawAlone, SPAN, statsOf } from "./context";

test("half a point near the top is larger than half a point near the bottom", () => {
  const { toY } = recoverability.scale(contextOf(statsOf([makeNode(0, null)])), SPAN);
  expect(toY(0.975) - toY(0.98)).toBeGreaterThan(5 * (toY(0.5) - toY(0.505)));
  expect(toY(1)).toBe(SPAN.top);
});

test("a bar reaches from the lowest to the highest accuracy, with a stroke at the kept one", () => {
  const { group, scale } = drawAlone(recoverability, statsOf([makeNode(0, null)]));
  const bar = group.querySelector("rect.range")!;
  expect(Number(bar.getAttribute("y"))).toBe(scale.toY(0.98));
  expect(Number(bar.getAttribute("height"))).toBeCloseTo(scale.toY(0.4) - scale.toY(0.98));
  expect(Number(group.querySelector("line.best")!.getAttribute("y1"))).toBe(scale.toY(0.975));
  expect(group.querySelector("path.needed")).toBeNull();
});

test("a node that had to recover has a mark where it counts as recovered", () => {
  const { group, scale } = drawAlone(recoverability, statsOf([makeNode(0, null), makeNode(1, 0)]));
  expect(group.querySelector("path.needed")!.getAttribute("transform")).toContain(`,${scale.toY(350 / 360)})`);
});

test("it says range, kept accuracy, and whether that counts as recovered", () => {
  const [root, missed] = statsOf([makeNode(0, null), makeNode(1, 0, { recovered: false })]);
  expect(recoverability.describe(root!)).toBe("accuracy 40.00%–98.00% over its epochs, 97.50% kept");
  expect(recoverability.describe(missed!)).toMatch(/kept, recovered from 97\.22%, not recovered$/);
});
