import { expect, test, vi } from "vitest";
import { trackScroll } from "../../src/marks/scroll";

test("an element opens once at its initial position, and every scroll is reported", async () => {
  const box: HTMLElement = document.createElement("div");
  const onScroll = vi.fn();
  trackScroll(box, () => 120, onScroll);
  await Promise.resolve();
  expect(box.scrollTop).toBe(120);
  box.scrollTop = 40.4;
  box.dispatchEvent(new Event("scroll"));
  expect(onScroll).toHaveBeenLastCalledWith(40);
  trackScroll(box, () => 120, onScroll); // drawn again
  await Promise.resolve();
  expect(box.scrollTop).toBeCloseTo(40.4);
});
