/** Colours with a meaning: cividis for sequences, Okabe–Ito hues × shapes for categories. */
import { interpolateCividis } from "d3-scale-chromatic";

export interface Paint {
  readonly fill: string;
  /** Readable on it, 4.5:1. */
  readonly text: string;
}

const FAINTEST = 0.3;

/** `share` 0-1. More is darker on light ground and brighter on dark ground, and near zero it fades into the ground. */
export function paintSequence(share: number, isDark: boolean): Paint {
  const strength = Math.max(0, Math.min(1, share));
  const colour = interpolateCividis(isDark ? 0.25 + 0.75 * strength : 1 - strength);
  const opacity = FAINTEST + (1 - FAINTEST) * Math.sqrt(strength);
  const isDarkFill = isDark ? strength < 0.35 : strength > 0.52;
  return { fill: colour.replace("rgb(", "rgba(").replace(")", `,${opacity.toFixed(2)})`), text: isDarkFill ? "#ffffff" : "#101418" };
}

export type Shape = "circle" | "square";

export interface Category {
  readonly fill: string;
  readonly outline: string;
  readonly shape: Shape;
}

/** Ten classes can be told apart: five hues, each as circle and as square. */
export const categoryOf = (index: number): Category => ({
  fill: `var(--cat${index % 5})`,
  outline: `var(--cat${index % 5}l)`,
  shape: Math.floor(index / 5) % 2 === 0 ? "circle" : "square",
});
