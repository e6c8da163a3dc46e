/** Ten classes are told apart in the map: as points, as dots of a dense map, and as marks, on the canvas and when saved. */
import { beforeEach, expect, test, vi } from "vitest";
import type { Sample } from "../../../src/api/values";
import { CATEGORY_COUNT, categoryStyle } from "../../../src/marks/colour";
import type { SampleChange } from "../../../src/state/choice";
import { withChoice } from "../../../src/state/changes/patches";
import type { State } from "../../../src/state/state";
import type { ClassColors, MapColors } from "../../../src/views/filters/map/hues";
import { paintDot, paintMark, paintPoint, type Context } from "../../../src/views/filters/map/sprites";
import { mapToSvg } from "../../../src/views/filters/map/svg";
import { embedding } from "../../fixtures/samples";
import { makeExperiment, makeNode, makeSample, stateWith } from "../../fixtures/values";

beforeEach(() =>
  vi.stubGlobal(
    "Path2D",
    class {
      constructor(readonly path: string) {}
    },
  ),
);

const CLASSES = Array.from({ length: CATEGORY_COUNT }, (_, index) => index);
const hueOf = (label: number): ClassColors => {
  const { fill, outline, shape } = categoryStyle(label);
  return { fill, outline, hole: shape === "hollow square" ? "surface" : null };
};
const colors: MapColors = { surface: "surface", text: "text", font: "sans-serif", of: hueOf };

/** Records what is painted: colours and shapes. */
function record(paint: (context: Context) => void): string {
  const painted: string[] = [];
  const context = new Proxy(
    {},
    {
      get:
        (_, name: string) =>
        (...values: unknown[]) =>
          painted.push(`${name}(${JSON.stringify(values)})`),
      set: (_, name: string, value: unknown) => (painted.push(`${name}=${String(value)}`), true),
    },
  );
  paint(context as Context);
  return painted.join(" ");
}

const markOf = (change: SampleChange) => (label: number) =>
  record((context) => paintMark(context, change, hueOf(label), colors));

/** The last column says how many different ones ten classes had in 0.1.0. */
test.each([
  ["points", (label: number) => record((context) => paintPoint(context, hueOf(label), 2.3, 0.5))], // 10
  ["dots of a dense map", (label: number) => record((context) => paintDot(context, hueOf(label)))], // 5
  ["degraded samples", markOf("degraded")], // 5
  ["improved samples", markOf("improved")], // 5
  ["wrong samples", markOf("wrong")], // 5
] as const)("ten classes have ten different %s", (_, paint) => {
  expect(new Set(CLASSES.map(paint)).size).toBe(CATEGORY_COUNT);
  for (const label of CLASSES) {
    const [own, sameHue] = [paint(label), paint((label + 5) % CATEGORY_COUNT)];
    expect(own.includes("=surface fillRect")).not.toBe(sameHue.includes("=surface fillRect")); // a hole or none
  }
});

/** Two samples of a class, both with the same outcome. */
function mapOf(label: number, change: Sample["change"], changes: readonly SampleChange[]): State {
  const items = [0, 1].map((sample) => makeSample(sample, { label, predicted: (label + 1) % CATEGORY_COUNT, change }));
  const state = stateWith([makeNode(0, null), makeNode(1, 0)], {
    experiments: { 1: makeExperiment({ classes: CLASSES.map((index) => `class ${index}`) }) },
    embeddings: { 11: embedding(11, [0, 1], [0, 1], [0, 1]) },
    comparedSamples: { "11:parent": { node_id: 11, images: 2, total: 2, offset: 0, next: null, items } as never },
  });
  return withChoice(state, { node: 11, changes });
}

/** The saved map without names and the symbols beside them. */
const samplesIn = (svg: string): string => svg.replace(/<text.*?<\/text>/g, "").replace(/<[^>]*opacity="1"\/>/g, "");

/** The last column says how many different ones ten classes had in 0.1.0. */
test.each([
  ["plain points", "same", []], // 10
  ["degraded samples", "degraded", ["degraded"]], // 5
  ["improved samples", "improved", ["improved"]], // 5
  ["wrong samples", "same", ["wrong"]], // 5
] as const)("a saved map has ten different %s", (name, change, changes) => {
  const style = vi.spyOn(window, "getComputedStyle");
  style.mockReturnValue({ getPropertyValue: (token: string) => token } as CSSStyleDeclaration);
  document.documentElement.dataset.theme = name; // the colours are read once per theme
  const looks = CLASSES.map((label) =>
    samplesIn(mapToSvg(mapOf(label, change, changes), { width: 400, height: 400 })!.svg),
  );
  style.mockRestore();
  expect(new Set(looks).size).toBe(CATEGORY_COUNT);
  expect(looks.filter((look) => look.includes('--cat0"'))).toHaveLength(2); // classes 0 and 5 have one hue
});
