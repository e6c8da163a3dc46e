import { expect, test } from "vitest";
import cost, { clipLine } from "../../../../src/views/stats/charts/cost";
import { makeNode } from "../../../fixtures/values";
import { contextOf, drawAlone, SPAN, statsOf } from "./context";

test("lines of parameters connect only parents and children", () => {
  const nodes = [makeNode(0, null), makeNode(1, 0), makeNode(2, 1, { macs: null, parameters: null }), makeNode(3, 0)];
  const { group } = drawAlone(cost, statsOf(nodes));
  expect(group.querySelectorAll(".parent-lines line")).toHaveLength(2);
  expect(group.querySelectorAll("rect.macs")).toHaveLength(3);
});

test("a line to a node out of view ends before the tick labels", () => {
  expect(clipLine([0, 0], [100, 50], [40, 200])).toEqual([40, 20, 100, 50]);
  expect(clipLine([0, 0], [100, 50], [-10, 60])).toEqual([0, 0, 60, 30]);
});

test("the unit is thousands, millions or billions, depending on the largest value", () => {
  const unitOf = (macs: number): string =>
    cost.unit(cost.scale(contextOf(statsOf([makeNode(0, null, { macs })])), SPAN));
  expect([2e4, 2e6, 4e9].map(unitOf)).toEqual(["▮ MACs, thousands", "▮ MACs, millions", "▮ MACs, billions"]);
  expect(cost.describe(statsOf([makeNode(0, null)])[0]!)).toBe("2,100,000 MACs, 305,000 parameters");
});
