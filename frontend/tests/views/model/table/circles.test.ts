import { expect, test } from "vitest";
import { SvgContext } from "../../../../src/marks/svgContext";
import type { TablePicture } from "../../../../src/views/model/table/picture";
import { paintCircles } from "../../../../src/views/model/table/paint";

const palette = {
  markColor: "grey",
  tertiaryMarkColor: "pale",
  surface: "white",
  removeColor: "red",
  text: "black",
  accent: "blue",
};

/** Draws one free bubble of radius 5. */
function draw(removed: number, overrides: number): string {
  const bubbles = { unit: [0], x: [10], y: [10], radius: [5], start: [0, 1] };
  const states = { removed: Uint8Array.of(removed), overrides: Uint8Array.of(overrides) };
  const picture = {
    bubbles,
    states,
    palette,
    structure: { freeUnitFlags: [1] },
    chosenLayer: 0,
    cursorUnit: -1,
  } as unknown as TablePicture;
  const pen = new SvgContext();
  paintCircles(pen, picture, [0], 0);
  return pen.markup;
}

const RING = 'stroke="black"';

test("a filter kept by override is grey with a ring", () => {
  expect(draw(0, 0)).not.toContain(RING);
  expect(draw(0, 1)).toContain('fill="grey"');
  expect(draw(0, 1)).toContain(RING);
  expect(draw(0, 1)).not.toContain('fill="black"');
});

test("a filter removed by override is hollow red with a ring", () => {
  expect(draw(1, 0)).not.toContain(RING);
  expect(draw(1, 2)).toContain('stroke="red"');
  expect(draw(1, 2)).toContain(RING);
  expect(draw(1, 2)).not.toContain('fill="grey"');
});
