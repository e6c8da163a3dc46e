import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import { drawThumbs, type ThumbsData } from "../../src/views/samples/thumbs";
import { makeSample } from "../fixtures/values";

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

const data: ThumbsData = {
  experiment: 1,
  samples: [
    makeSample(7),
    makeSample(9, { change: "improved", predicted: 0, before: 1 }),
    makeSample(12, { change: "same" }),
  ],
  classes: ["cat", "dog", "frog"],
  chosen: 9,
  maxThumbs: 10,
  size: 32,
};

test("thumbnails are marked degraded or improved, and redrawing reloads none", () => {
  const callbacks = { onChoose: vi.fn(), onHover: vi.fn() };
  drawThumbs(select(box), data, callbacks);
  const before = [...box.querySelectorAll("img")];
  drawThumbs(select(box), { ...data, chosen: 7 }, callbacks);
  expect([...box.querySelectorAll("img")]).toEqual(before);
  expect([...box.querySelectorAll("i")].map((mark) => mark.textContent)).toEqual(["▼", "▲", ""]);
  expect(before[0]!.getAttribute("src")).toBe("/api/experiments/1/samples/7/image?size=32");
  box.querySelector<HTMLButtonElement>("[data-testid=sample-12]")!.click();
  expect(callbacks.onChoose).toHaveBeenCalledWith(12);
});

test("one thumbnail is in the tab order, and arrows move from it", () => {
  drawThumbs(select(box), data, { onChoose: vi.fn(), onHover: vi.fn() });
  const stops = box.querySelectorAll<HTMLElement>("[tabindex='0']");
  expect([...stops].map((stop) => stop.dataset.testid)).toEqual(["sample-9"]);
  stops[0]!.focus();
  stops[0]!.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
  expect((document.activeElement as HTMLElement).dataset.testid).toBe("sample-12");
});
