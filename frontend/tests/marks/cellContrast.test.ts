/**
 * A cell with one image is told from an empty one in both themes: by the contrast of its fill, or by an outline (WCAG
 * 2.2, 1.4.11).
 */
import { rgb } from "d3-color";
import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import type { Confusion } from "../../src/api/values";
import {
  contrastRatio,
  EMPTY_CELL_FILLS,
  isFaintFill,
  MIN_GRAPHICS_CONTRAST,
  sequentialColours,
} from "../../src/marks/colour";
import type { ConfusionMatrixMode } from "../../src/state/choice";
import { cellOpacity } from "../../src/views/compare/confusion";
import { layoutMatrix } from "../../src/views/confusion/layout";
import { drawMatrix } from "../../src/views/confusion/matrix";
import { palette, THEMES, type Theme } from "./palette";

const SHARES = Array.from({ length: 201 }, (_, index) => index / 200);
let box: HTMLElement;

beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

/** Counts of `size` classes: cells off the diagonal are empty but for one with 1 image and one with `most`. */
function makeConfusion(size: number, most: number): Confusion {
  const counts = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (__, i): number => (i === row ? 90 : 0)),
  );
  counts[0]![1] = 1;
  counts[1]![0] = most;
  const before = counts.map((row, label) =>
    row.map((count, i) => (label === 2 && i === 0 ? 3 : i === label ? count : 0)),
  );
  return { node_id: 1, classes: counts.map((_, i) => `c${i}`), counts, parent_counts: before, images: 90 * size };
}

function drawCells(theme: Theme, confusion: Confusion, mode: ConfusionMatrixMode): HTMLElement {
  const layout = layoutMatrix({ confusion, classes: null, mode, sort: "class", width: 282, height: 180 });
  const { classes, counts } = confusion;
  const data = { layout, classes, counts, chosenSampleCounts: null, label: null, chosen: null, hovered: null };
  const callbacks = {
    onChoose: vi.fn(),
    onHover: vi.fn(),
    onMoveCursor: vi.fn(),
    onChooseFocusedCell: vi.fn(),
    onChooseRow: vi.fn(),
  };
  drawMatrix(
    select(box),
    { ...data, isDark: theme === "dark", describe: () => "" },
    { ...callbacks, onChooseColumn: vi.fn() },
  );
  return box;
}

const cellAt = (key: string): SVGRectElement =>
  select(box)
    .selectAll<SVGRectElement, { key: string }>(".squares rect")
    .filter((square) => square.key === key)
    .node()!;

/** The contrast of a cell with one image against an empty cell; the outline counts if it has one. */
function contrastOfOne(theme: Theme): number {
  const [cell, colours] = [cellAt("0-1"), palette(theme)];
  const fill = cell.getAttribute("fill")!;
  const colour = cell.classList.contains("faint") ? colours.get("mark-2")! : fill;
  return contrastRatio(colour, colours.get("well")!);
}

/** The last column is the contrast that 0.1.0 had, light and dark. */
const CASES = [
  [10, 5], // 1.33 and 1.78
  [10, 40], // 1.01 and 1.18
  [10, 400], // 1.03 and 1.10
  [100, 40], // 1.01 and 1.18
] as const;

for (const theme of THEMES) {
  test.each(CASES)(`${theme}: 1 of %i classes is seen beside cells of %i`, (classes, most) => {
    for (const mode of ["count", "row", "delta"] as const) {
      drawCells(theme, makeConfusion(classes, most), mode);
      expect(contrastOfOne(theme), mode).toBeGreaterThanOrEqual(MIN_GRAPHICS_CONTRAST);
    }
  });

  test(`${theme}: every fill has the contrast or is outlined, and the outline has it`, () => {
    const colours = palette(theme);
    expect(EMPTY_CELL_FILLS[theme]).toBe(colours.get("well"));
    for (const share of SHARES) {
      const { fill } = sequentialColours(share, theme === "dark");
      const isSeen = contrastRatio(fill, colours.get("well")!) >= MIN_GRAPHICS_CONTRAST;
      expect(isFaintFill(fill, theme === "dark")).toBe(!isSeen);
    }
    expect(contrastRatio(colours.get("mark-2")!, colours.get("well")!)).toBeGreaterThanOrEqual(MIN_GRAPHICS_CONTRAST);
    expect(isFaintFill(sequentialColours(1, theme === "dark").fill, theme === "dark")).toBe(false);
  });

  test(`${theme}: a change of one image is seen in the comparison`, () => {
    const [text, well] = ["text", "well"].map((name) => rgb(palette(theme).get(name)!));
    const opacity = cellOpacity(1, 1000); // 0.1.0: 0.35, contrast 2.1 in the light theme
    const mix = (from: number, to: number): number => from * opacity + to * (1 - opacity);
    const blended = rgb(mix(text!.r, well!.r), mix(text!.g, well!.g), mix(text!.b, well!.b)).formatHex();
    expect(contrastRatio(blended, well!.formatHex())).toBeGreaterThanOrEqual(MIN_GRAPHICS_CONTRAST);
  });
}

test("an increase of one image and a decrease differ by their outlines", () => {
  drawCells("dark", makeConfusion(10, 40), "delta");
  expect([cellAt("0-1").getAttribute("class"), cellAt("2-0").getAttribute("class")]).toEqual(["more faint", "less"]);
});
