import { expect, test } from "vitest";
import { layoutNodeAxis, chooseNumbers } from "../../../src/views/axis/nodeAxis";

test("the axis names the chosen node and leaves out numbers beside it", () => {
  const axis = layoutNodeAxis({ width: 400, places: 30, pan: null, chosen: 0, zoom: 0.35 });
  const numbers = Array.from({ length: 30 }, (_, number) => number);
  const named = chooseNumbers(axis, numbers, { chosen: 26, ghost: null });
  expect(named).toContain(26);
  expect(named).not.toContain(25);
  expect(named).toContain(20);
});
