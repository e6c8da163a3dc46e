import { expect, test } from "vitest";
import { layoutNodeAxis, chooseLabelledNumbers } from "../../../src/views/axis/nodeAxis";

test("the axis labels the chosen node and leaves out numbers too close to it", () => {
  const axis = layoutNodeAxis({ width: 400, columnCount: 30, pan: null, chosen: 0, zoom: 0.35 });
  const numbers = Array.from({ length: 30 }, (_, number) => number);
  const labelled = chooseLabelledNumbers(axis, numbers, { chosen: 26, ghost: null });
  expect(labelled).toContain(26);
  expect(labelled).not.toContain(25);
  expect(labelled).toContain(20);
});
