import { expect, test } from "vitest";
import loss from "../../../../src/views/stats/charts/loss";
import { makeNode } from "../../../fixtures/values";
import { contextOf, drawAlone, SPAN, statsOf } from "./context";

test("a line runs from the first loss to a dot at the last", () => {
  const { group, scale } = drawAlone(loss, statsOf([makeNode(0, null)]));
  expect(group.querySelector("path")!.getAttribute("d")).toMatch(
    new RegExp(`,${scale.toY(1.9)}h8M.*V${scale.toY(0.11)}$`),
  );
  expect(Number(group.querySelector("circle")!.getAttribute("cy"))).toBe(scale.toY(0.11));
});

test("a node without epochs has no mark", () => {
  const { group } = drawAlone(loss, statsOf([makeNode(0, null, { loss_first: null, loss_last: null })]));
  expect(group.childElementCount).toBe(0);
});

test("ticks do not overlap", () => {
  const { ticks } = loss.scale(contextOf(statsOf([makeNode(0, null, { loss_first: 5.9 })])), SPAN);
  expect(ticks.length).toBeGreaterThan(1);
  ticks.slice(1).forEach((tick, index) => expect(ticks[index]!.y - tick.y).toBeGreaterThanOrEqual(11));
});

test("the readout has the node's loss and that of the first and last epoch", () => {
  expect(loss.describe(statsOf([makeNode(0, null)])[0]!)).toBe("loss 0.1 (1.9 in the first epoch, 0.11 in the last)");
});
