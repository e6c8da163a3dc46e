/**
 * What the canvas of the layer table shows, and the colours of the theme. The colours are read as strings, because a
 * canvas cannot use CSS custom properties.
 */
import type { Structure } from "../../../planning/structure";
import type { Bubbles } from "./bubbles";
import type { TableLayout } from "./rows";
import { memo } from "../../../state/memo";

/** Colours of the current theme, as CSS colour strings. */
export interface Palette {
  readonly markColor: string;
  readonly secondaryMarkColor: string;
  readonly tertiaryMarkColor: string;
  readonly removeColor: string;
  readonly surface: string;
  readonly well: string;
  readonly text: string;
  readonly accent: string;
}

const CSS_VARIABLE_NAMES = {
  markColor: "--mark",
  secondaryMarkColor: "--mark-2",
  tertiaryMarkColor: "--mark-3",
  removeColor: "--remove",
  surface: "--surface",
  well: "--well",
  text: "--text",
  accent: "--accent",
} as const;

const readPalette = memo((_theme: string): Palette => {
  const style = getComputedStyle(document.documentElement);
  const color = (key: keyof typeof CSS_VARIABLE_NAMES): string =>
    style.getPropertyValue(CSS_VARIABLE_NAMES[key]).trim();
  const [markColor, secondaryMarkColor, tertiaryMarkColor, removeColor] = [
    color("markColor"),
    color("secondaryMarkColor"),
    color("tertiaryMarkColor"),
    color("removeColor"),
  ];
  return {
    markColor,
    secondaryMarkColor,
    tertiaryMarkColor,
    removeColor,
    surface: color("surface"),
    well: color("well"),
    text: color("text"),
    accent: color("accent"),
  };
});

export const currentPalette = (): Palette => readPalette(document.documentElement.dataset.theme ?? "light");

/**
 * What the plan decides for each unit, by unit position. Values of `overrides`: 0 if the unit follows the rule, 1 if
 * the user keeps it, 2 if the user removes it.
 */
export interface UnitStates {
  readonly removed: Uint8Array;
  readonly overrides: Uint8Array;
}

export interface TablePicture {
  readonly structure: Structure;
  readonly layout: TableLayout;
  readonly bubbles: Bubbles;
  readonly states: UnitStates;
  readonly palette: Palette;
  readonly chosenLayer: number;
  readonly cursorUnit: number;
}
