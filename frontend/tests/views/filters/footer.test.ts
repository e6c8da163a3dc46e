import { select } from "d3-selection";
import { expect, test } from "vitest";
import { drawFooter, listFooterTexts, type FooterData } from "../../../src/views/filters/map/footer";

const data: FooterData = {
  markedCount: 1766,
  imageCount: 5000,
  drawnCount: 5000,
  chosenSamples: { name: "chosen", count: 120 },
  layout: "t-SNE, perplexity 30",
  classCount: 10,
  canZoomOut: true,
  isLayoutRunning: true,
  width: 293,
};
const LETTER = 6;

function draw(changes: Partial<FooterData>) {
  const row: HTMLElement = document.createElement("div");
  drawFooter(
    select(row),
    { ...data, ...changes },
    { onClearChoice: () => undefined, onZoomOut: () => undefined, onStopLayout: () => undefined },
  );
  const shown = [...row.children].filter((child) => !child.hasAttribute("hidden") && child.textContent);
  const pixels = shown.reduce(
    (sum, { textContent, tagName }) => sum + textContent.length * LETTER + 6 + (tagName === "BUTTON" ? 8 : 0),
    24,
  );
  return { row, pixels, texts: shown.map(({ textContent }) => textContent) };
}

test("a wide panel shows every word", () => {
  expect(draw({ width: 700 }).texts).toEqual([
    "1,766 of 5,000 marked",
    "chosen: 120 of 5,000 ✕",
    "t-SNE, perplexity 30",
    "show all",
    "stop",
  ]);
  expect(draw({ width: 700, chosenSamples: null, drawnCount: 4000 }).texts).toEqual([
    "1,766 of 5,000 marked, 4,000 drawn",
    "Shift-drag: choose samples",
    "t-SNE, perplexity 30",
    "show all",
    "stop",
  ]);
});

test.each([293, 369, 420, 480])("at %i pixels words are left out, and no button is cut off", (width) => {
  const { row, pixels, texts } = draw({ width });
  expect(pixels).toBeLessThanOrEqual(width);
  expect(texts).toEqual(expect.arrayContaining(["show all", "stop"]));
  expect(texts.some((text) => text.startsWith("chosen") && text.endsWith("✕"))).toBe(true);
  expect(texts[0]).toContain("1,766 of 5,000");
  const titles = [...row.children].map((child) => child.getAttribute("title") ?? "").join("\n");
  expect(titles).toContain("t-SNE, perplexity 30");
  expect(titles).toContain("chosen: 120 of 5,000");
});

test("each wording is shorter than the one before", () => {
  const lengths = listFooterTexts({ ...data, chosenSamples: null, drawnCount: 4000 }).map(
    (words) => Object.values(words).join("").length,
  );
  expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
});

test("with more than ten classes the footer says that they share marks, in short if there is little room", () => {
  const shared = (classCount: number, width: number): string | undefined =>
    draw({ classCount, width, chosenSamples: null }).texts.find((text) => text.includes("symbols"));
  expect(shared(10, 900)).toBeUndefined();
  expect(shared(11, 900)).toBe("11 classes share 10 symbols"); // 0.1.0 said nothing
  expect(shared(100, 900)).toBe("100 classes share 10 symbols");
  expect(shared(100, 293)).toBe("10 symbols");
  expect(draw({ classCount: 100, width: 293, chosenSamples: null }).pixels).toBeLessThanOrEqual(293);
});
