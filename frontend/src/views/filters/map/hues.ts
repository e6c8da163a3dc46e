/** Colours and shapes of classes for the canvas, which cannot read CSS custom properties. */
import { categoryOf } from "../../../marks/colour";
import { memo } from "../../../state/memo";

export interface Hue {
  readonly fill: string;
  readonly outline: string;
  readonly isSquare: boolean;
}

export interface Hues {
  readonly surface: string;
  readonly text: string;
  readonly font: string;
  /** Returns the hue of a class; -1: the class is not known yet. */
  of(label: number): Hue;
}

const CATEGORY_COUNT = 10;

const readHues = memo((_theme: string): Hues => {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const resolve = (value: string): string => color(value.slice(4, -1)); // var(--cat0)
  const hues = Array.from({ length: CATEGORY_COUNT }, (_, label) => {
    const { fill, outline, shape } = categoryOf(label);
    return { fill: resolve(fill), outline: resolve(outline), isSquare: shape === "square" };
  });
  const unknownClassHues = { fill: color("--mark-2"), outline: color("--mark"), isSquare: false };
  return {
    surface: color("--surface"),
    text: color("--text"),
    font: color("--font") || "sans-serif",
    of: (label) => (label < 0 ? unknownClassHues : hues[label % CATEGORY_COUNT]!),
  };
});

export const currentHues = (): Hues => readHues(document.documentElement.dataset.theme ?? "light");
