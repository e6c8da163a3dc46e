/** Colours and shapes of classes for the canvas, which cannot read CSS custom properties. */
import { CATEGORY_COUNT, categoryStyle } from "../../../marks/colour";
import { memo } from "../../../state/memo";

export interface ClassColors {
  readonly fill: string;
  readonly outline: string;
  /** Colour of the hole if the class is drawn as a hollow square; null if the class is drawn as a disc. */
  readonly hole: string | null;
}

export interface MapColors {
  readonly surface: string;
  readonly text: string;
  readonly font: string;
  /** Returns the colours of a class; `label` is -1 if the class is not known yet. */
  of(label: number): ClassColors;
}

const readMapColors = memo((_theme: string): MapColors => {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const resolve = (value: string): string => color(value.slice(4, -1)); // var(--cat0)
  const classColors = Array.from({ length: CATEGORY_COUNT }, (_, label) => {
    const { fill, outline, shape } = categoryStyle(label);
    const hole = shape === "hollow square" ? color("--surface") : null;
    return { fill: resolve(fill), outline: resolve(outline), hole };
  });
  const unknownClassColors = { fill: color("--mark-2"), outline: color("--mark"), hole: null };
  return {
    surface: color("--surface"),
    text: color("--text"),
    font: color("--font") || "sans-serif",
    of: (label) => (label < 0 ? unknownClassColors : classColors[label % CATEGORY_COUNT]!),
  };
});

export const currentMapColors = (): MapColors => readMapColors(document.documentElement.dataset.theme ?? "light");
