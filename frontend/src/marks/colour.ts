/** Colours that carry meaning: cividis for ordered values, Okabe–Ito hues combined with shapes for categories. */
import { rgb, type RGBColor } from "d3-color";
import { interpolateCividis } from "d3-scale-chromatic";

export interface FillAndTextColour {
  readonly fill: string;
  /** Text colour that is readable on `fill`, with a contrast of at least 4.5:1. */
  readonly text: string;
}

const MIN_OPACITY = 0.3;

/**
 * Returns the fill and text colours of a cell for a `share` from 0 to 1. Larger values are darker on a light background
 * and brighter on a dark one; values near zero fade into the background.
 */
export function sequentialColours(share: number, isDark: boolean): FillAndTextColour {
  const clampedShare = Math.max(0, Math.min(1, share));
  const colour = rgb(interpolateCividis(isDark ? 0.25 + 0.75 * clampedShare : 1 - clampedShare));
  const opacity = MIN_OPACITY + (1 - MIN_OPACITY) * Math.sqrt(clampedShare);
  const background = rgb(isDark ? "#15181b" : "#ffffff");
  const mix = (foreground: number, backdrop: number): number =>
    Math.round(foreground * opacity + backdrop * (1 - opacity));
  const blendedColour = rgb(mix(colour.r, background.r), mix(colour.g, background.g), mix(colour.b, background.b));
  return {
    fill: blendedColour.formatHex(),
    text: luminance(blendedColour) > EQUAL_CONTRAST_LUMINANCE ? "#000000" : "#ffffff",
  };
}

/** Luminance of a background on which black and white text are equally readable: the contrast is 4.6:1 (WCAG 2.2). */
const EQUAL_CONTRAST_LUMINANCE = 0.179;

/** Returns the relative luminance of a colour as WCAG 2.2 defines it, 0–1. */
export function luminance({ r, g, b }: RGBColor): number {
  const linearRgb = [r, g, b].map((value) =>
    value / 255 <= 0.04045 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * linearRgb[0]! + 0.7152 * linearRgb[1]! + 0.0722 * linearRgb[2]!;
}

/** Fill of an empty cell; the same as `--well` in `tokens.css`. */
export const EMPTY_CELL_FILLS = { light: "#f1f3f5", dark: "#1f2327" } as const;

/** Minimum contrast ratio of graphics against adjacent colours (WCAG 2.2, success criterion 1.4.11). */
export const MIN_GRAPHICS_CONTRAST = 3;

/** Whether a cell with this fill needs an outline, because the fill hardly differs from that of an empty cell. */
export const isFaintFill = (fill: string, isDark: boolean): boolean =>
  contrastRatio(fill, EMPTY_CELL_FILLS[isDark ? "dark" : "light"]) < MIN_GRAPHICS_CONTRAST;

/** Returns the contrast ratio of two colours (WCAG 2.2), 1–21. */
export function contrastRatio(first: string, second: string): number {
  const [higherLuminance, lowerLuminance] = [luminance(rgb(first)), luminance(rgb(second))].sort((a, b) => b - a);
  return (higherLuminance! + 0.05) / (lowerLuminance! + 0.05);
}

export type Shape = "disc" | "hollow square";

export interface CategoryStyle {
  readonly fill: string;
  readonly outline: string;
  readonly shape: Shape;
}

/** Number of combinations of hue and shape for classes. If there are more classes, some look the same. */
export const CATEGORY_COUNT = 10;

/**
 * Returns the hue and shape of a class: one of five hues, as a disc or as a square with a hole. Ten consecutive classes
 * differ in hue or shape, and neighbouring classes differ in both.
 */
export const categoryStyle = (index: number): CategoryStyle => ({
  fill: `var(--cat${index % 5})`,
  outline: `var(--cat${index % 5}l)`,
  shape: index % 2 === 0 ? "disc" : "hollow square",
});
