import { rgb } from "d3-color";
import { expect, test } from "vitest";
import { categoryOf, luminance, paintSequence } from "../../src/marks/colour";

const SHARES = Array.from({ length: 21 }, (_, index) => index / 20);

test.each([true, false])("numbers on the sequence reach 4.5:1 (dark: %s)", (isDark) => {
  for (const share of SHARES) {
    const { fill, text } = paintSequence(share, isDark);
    const [light, dark] = [luminance(rgb(fill)), luminance(rgb(text))].sort((a, b) => b - a);
    expect((light! + 0.05) / (dark! + 0.05)).toBeGreaterThanOrEqual(4.5);
  }
});

test("more is darker on light ground and brighter on dark ground, at every step", () => {
  const lights = (isDark: boolean) => SHARES.map((share) => luminance(rgb(paintSequence(share, isDark).fill)));
  expect(lights(false)).toEqual(lights(false).toSorted((a, b) => b - a));
  expect(lights(true)).toEqual(lights(true).toSorted((a, b) => a - b));
});

test("ten classes differ in hue or shape", () => {
  const looks = Array.from({ length: 10 }, (_, index) => `${categoryOf(index).fill} ${categoryOf(index).shape}`);
  expect(new Set(looks).size).toBe(10);
});
