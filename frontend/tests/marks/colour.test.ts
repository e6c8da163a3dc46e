import { rgb } from "d3-color";
import { expect, test } from "vitest";
import { categoryStyle, luminance, sequentialColours } from "../../src/marks/colour";

const SHARES = Array.from({ length: 21 }, (_, index) => index / 20);

test.each([true, false])("text on the colour sequence has a contrast of 4.5:1 (dark: %s)", (isDark) => {
  for (const share of SHARES) {
    const { fill, text } = sequentialColours(share, isDark);
    const [light, dark] = [luminance(rgb(fill)), luminance(rgb(text))].sort((a, b) => b - a);
    expect((light! + 0.05) / (dark! + 0.05)).toBeGreaterThanOrEqual(4.5);
  }
});

test("more is darker on a light background and brighter on a dark one, at every step", () => {
  const luminances = (isDark: boolean) => SHARES.map((share) => luminance(rgb(sequentialColours(share, isDark).fill)));
  expect(luminances(false)).toEqual(luminances(false).toSorted((a, b) => b - a));
  expect(luminances(true)).toEqual(luminances(true).toSorted((a, b) => a - b));
});

test("ten classes differ in hue or shape", () => {
  const categories = Array.from(
    { length: 10 },
    (_, index) => `${categoryStyle(index).fill} ${categoryStyle(index).shape}`,
  );
  expect(new Set(categories).size).toBe(10);
});

test("neighbouring classes differ in hue and shape, also across the end of the palette", () => {
  for (let index = 0; index < 20; index++) {
    const [first, second] = [categoryStyle(index), categoryStyle(index + 1)];
    expect(second.fill).not.toBe(first.fill);
    expect(second.shape).not.toBe(first.shape); // 0.1.0: 0 to 4 were circles, 5 to 9 squares
  }
});
