import { expect, test } from "vitest";
import loss from "../../../../src/views/stats/charts/loss";
import { toNodeStats } from "../../../../src/views/stats/nodeStats";
import { makeEpoch, makeNode } from "../../../fixtures/values";
import { contextOf, drawAlone, SPAN, statsOf } from "./context";

const LABELLED = { loss_first: 0.3, loss_last: 0.11 };

test("a line runs from the first loss to a dot at the last", () => {
  const { group, scale } = drawAlone(loss, statsOf([makeNode(0, null, LABELLED)]));
  expect(group.querySelector("path")!.getAttribute("d")).toMatch(
    new RegExp(`,${scale.toY(0.3)}h8M.*V${scale.toY(0.11)}$`),
  );
  expect(Number(group.querySelector("circle")!.getAttribute("cy"))).toBe(scale.toY(0.11));
});

const rootAndChildren = (first: number, last = 0.05) => [
  makeNode(0, null, { loss_first: first, loss_last: last }),
  makeNode(1, 0, { loss_first: 0.12, loss_last: 0.06 }),
  makeNode(2, 1, { loss_first: 0.14, loss_last: 0.09 }),
];
/** Share of the chart's height that the trained losses span. */
function spreadOfDots(group: SVGElement): number {
  const ys = [...group.querySelectorAll("circle")].map((dot) => Number(dot.getAttribute("cy")));
  return (Math.max(...ys) - Math.min(...ys)) / (SPAN.bottom - SPAN.top);
}

/** The last column says which share of the height the trained losses spanned in 0.1.0. */
test.each([
  ["a fresh root, ten classes", 2.303, "2.3"], // 0.016
  ["a fresh root, a thousand classes", 6.91, "6.9"], // 0.005
  ["a root whose first logits are huge", 1.7e9, "1.70 G"], // 0.00002
])("the scale fits the trained epochs, not %s", (_, first, text) => {
  const { group, scale } = drawAlone(loss, statsOf(rootAndChildren(first)));
  expect(spreadOfDots(group)).toBeGreaterThan(0.25);
  expect(group.querySelectorAll(".head")).toHaveLength(1);
  expect(group.querySelector(".head")!.getAttribute("d")).toContain(`,${SPAN.top}L`);
  expect(group.querySelector(".whisker")!.getAttribute("d")).not.toContain("h8");
  expect(loss.unit(scale)).toContain("↑ off the scale");
  expect([...group.querySelectorAll(".beyond text")].map((label) => label.textContent)).toEqual(
    text.length > 3 ? [] : [text], // a column is 29 pixels wide
  );
  expect(loss.describe(statsOf(rootAndChildren(first))[0]!)).toContain(
    `(${Number(first.toPrecision(3))} before training`,
  );
});

test("a loss that fits has no arrow, and the chart does not mention arrows", () => {
  const { group, scale } = drawAlone(loss, statsOf(rootAndChildren(0.2)));
  expect(group.querySelector("path")!.getAttribute("d")).toContain("h8");
  expect(group.querySelectorAll(".beyond text")).toHaveLength(0);
  expect(loss.unit(scale)).not.toContain("↑");
  expect(scale.ticks.every(({ y }) => y >= SPAN.top - 0.5)).toBe(true);
});

test("a training that diverged does not flatten the others; its dot is at the upper end", () => {
  const { group } = drawAlone(
    loss,
    statsOf([...rootAndChildren(0.2), makeNode(3, 2, { loss_first: 0.1, loss_last: 40 })]),
  );
  const dots = [...group.querySelectorAll("circle")].map((dot) => Number(dot.getAttribute("cy")));
  expect(dots[3]).toBe(SPAN.top);
  expect(Math.max(...dots.slice(0, 3)) - Math.min(...dots.slice(0, 3))).toBeGreaterThan(0.1 * (SPAN.bottom - SPAN.top));
  expect(group.querySelectorAll(".whiskers path")[3]!.getAttribute("d")).toContain("h8");
  expect(group.querySelectorAll(".head")).toHaveLength(1);
});

test("a root that learned nothing, and one before its first epoch, are in the scale", () => {
  const untrained = statsOf([makeNode(0, null, { loss_first: 2.31, loss_last: 2.29 })]);
  expect(drawAlone(loss, untrained).scale.hasLossAboveScale).toBe(false);
  const running = makeNode(0, null, { state: "running" });
  const live = [toNodeStats(running, [makeEpoch(0, 0.1, 2.3)]), ...statsOf(rootAndChildren(0.2).slice(1))];
  expect(drawAlone(loss, live).scale.isAboveScale(2.3)).toBe(true); // not yet a trained loss
  expect(drawAlone(loss, live.slice(0, 1)).scale.hasLossAboveScale).toBe(false);
});

test("small losses fill the chart", () => {
  const { group } = drawAlone(loss, statsOf([makeNode(0, null, { loss_first: 0.03, loss_last: 0.012 })]));
  expect(SPAN.bottom - Number(group.querySelector("circle")!.getAttribute("cy"))).toBeGreaterThan(15); // 0.1.0: 6
});

test("a node without epochs has no mark", () => {
  const { group } = drawAlone(loss, statsOf([makeNode(0, null, { loss_first: null, loss_last: null })]));
  expect(group.querySelector("path, circle, text")).toBeNull();
});

test("ticks do not overlap", () => {
  const { ticks } = loss.scale(contextOf(statsOf([makeNode(0, null, { loss_first: 5.9 })])), SPAN);
  expect(ticks.length).toBeGreaterThan(1);
  ticks.slice(1).forEach((tick, index) => expect(ticks[index]!.y - tick.y).toBeGreaterThanOrEqual(11));
});

test("the readout has the node's loss and that of the first and last epoch", () => {
  expect(loss.describe(statsOf([makeNode(0, null)])[0]!)).toBe(
    "loss 0.1 (1.9 before training, 0.11 after the last epoch)",
  );
});
