import { expect, test, vi } from "vitest";
import { trackScroll } from "../../src/marks/scroll";

test("a box opens once where a link says, and every scroll of a person is told", async () => {
  const box: HTMLElement = document.createElement("div");
  const told = vi.fn();
  trackScroll(box, () => 120, told);
  await Promise.resolve();
  expect(box.scrollTop).toBe(120);
  box.scrollTop = 40.4;
  box.dispatchEvent(new Event("scroll"));
  expect(told).toHaveBeenLastCalledWith(40);
  trackScroll(box, () => 120, told); // drawn again
  await Promise.resolve();
  expect(box.scrollTop).toBeCloseTo(40.4);
});
