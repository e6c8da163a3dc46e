import { expect, test } from "vitest";
import epochs from "../../../../src/views/stats/charts/epochs";
import { makeNode } from "../../../fixtures/values";
import { contextOf, drawAlone, SPAN, statsOf } from "./context";

test("a root trained ten times as long does not flatten the other bars", () => {
  const stats = statsOf([makeNode(0, null, { epochs: 160 }), makeNode(1, 0, { epochs: 15 })]);
  const { group, scale } = drawAlone(epochs, stats);
  expect(scale.isRootInScale).toBe(false);
  expect(SPAN.bottom - scale.toY(15)).toBeGreaterThan((SPAN.bottom - SPAN.top) / 2);
  expect(group.querySelectorAll("rect.done")).toHaveLength(1);
  expect([...group.querySelectorAll("text")].map((text) => text.textContent)).toEqual(["↑160", "15"]);
});

test("a node in training has a frame as high as its planned epochs", () => {
  const running = makeNode(1, 0, { state: "running", epochs: 4, epochs_planned: 20 });
  const { group, scale } = drawAlone(epochs, statsOf([makeNode(0, null), running]));
  expect(Number(group.querySelector("rect.planned")!.getAttribute("y"))).toBe(scale.toY(20));
  expect(group.querySelector("rect.done.live")).not.toBeNull();
  expect(epochs.describe(statsOf([running])[0]!)).toBe("epoch 4 of 20, best epoch 12");
});

test("ticks are integers and do not overlap", () => {
  const stats = statsOf([makeNode(0, null, { epochs: 6 }), makeNode(1, 0, { epochs: 6 })]);
  const { ticks } = epochs.scale(contextOf(stats), SPAN);
  expect(ticks.length).toBeGreaterThan(1);
  expect(ticks.every(({ value }) => Number.isInteger(value))).toBe(true);
  ticks.slice(1).forEach((tick, index) => expect(ticks[index]!.y - tick.y).toBeGreaterThanOrEqual(11));
});
