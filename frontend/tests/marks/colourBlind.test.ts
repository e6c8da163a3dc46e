import { readFileSync } from "node:fs";
import { lab } from "d3-color";
import { expect, test } from "vitest";
import { categoryStyle, sequentialColours } from "../../src/marks/colour";
import { palette, THEMES } from "./palette";
import { deltaE, DEFICIENCIES, simulate, type Deficiency } from "./colourBlind";

/**
 * Minimum CIEDE2000 difference without a second cue. 2.3 is just noticeable side by side; marks are small and apart.
 */
const MIN_DIFFERENCE = 10;

interface Pair {
  readonly name: string;
  readonly colours: readonly [string, string];
  /** The second cue, with the source that draws it; null: colour is the only cue and must suffice. */
  readonly cue: { readonly name: string; readonly file: string; readonly text: string } | null;
}

const classes: readonly Pair[] = Array.from({ length: 10 }, (_, i) => i).flatMap((i) =>
  Array.from({ length: i }, (_, j): Pair => ({
    name: `class ${j} and class ${i}`,
    colours: [categoryStyle(j).fill, categoryStyle(i).fill].map((fill) => fill.slice(6, -1)) as [string, string],
    cue:
      categoryStyle(i).shape === categoryStyle(j).shape
        ? null
        : {
            name: "shape",
            file: "src/marks/colour.ts",
            text: 'shape: index % 2 === 0 ? "disc" : "hollow square"',
          },
  })),
);

const PAIRS: readonly Pair[] = [
  ...classes,
  { name: "kinds of layers: conv and fc", colours: ["cat1", "cat0"], cue: null },
  { name: "kinds of layers: conv and depthwise", colours: ["cat1", "cat2"], cue: null },
  { name: "kinds of layers: depthwise and fc", colours: ["cat2", "cat0"], cue: null },
  {
    name: "edges: recovered and not",
    colours: ["mark", "unrec"],
    cue: { name: "dashes", file: "src/styles/panels/graph.css", text: "stroke-dasharray" },
  },
  {
    name: "nodes: recovered and not",
    colours: ["text-3", "unrec"],
    cue: { name: "words", file: "src/views/nodes/descriptions.ts", text: '"not recovered"' },
  },
  {
    name: "filters: kept and removed",
    colours: ["mark", "remove"],
    cue: { name: "✕", file: "src/views/filters/cards/card.ts", text: 'isRemoved ? "✕"' },
  },
  {
    name: "bubbles: kept and removed",
    colours: ["mark", "remove"],
    cue: { name: "ring, not disc", file: "src/views/model/table/paint.ts", text: "stroke" },
  },
  { name: "chosen and other nodes", colours: ["accent", "surface"], cue: null },
  { name: "chosen and removed", colours: ["accent", "remove"], cue: null },
  {
    name: "chosen and not recovered",
    colours: ["accent", "unrec"],
    cue: { name: "dashes", file: "src/styles/panels/graph.css", text: "stroke-dasharray" },
  },
];

const blind = Object.keys(DEFICIENCIES) as Deficiency[];

test("CIEDE2000 is 0 for equal colours and 100 for black and white", () => {
  expect(deltaE("#123456", "#123456")).toBeCloseTo(0, 6);
  expect(deltaE("#000000", "#ffffff")).toBeCloseTo(100, 0);
  expect(simulate("#888888", "deuteranopia")).toBe("#888888");
  expect(deltaE(simulate("#d62728", "deuteranopia"), simulate("#2ca02c", "deuteranopia"))).toBeLessThan(
    deltaE("#d62728", "#2ca02c") / 2,
  );
});

for (const theme of THEMES) {
  test.each(blind)(`${theme}: meaningful colours differ with %s, or have a second cue`, (deficiency) => {
    const colours = palette(theme);
    const confused = PAIRS.filter(({ cue, colours: [first, second] }) => {
      const distance = deltaE(simulate(colours.get(first)!, deficiency), simulate(colours.get(second)!, deficiency));
      return cue === null && !(distance >= MIN_DIFFERENCE);
    });
    expect(confused.map(({ name }) => name)).toEqual([]);
  });

  test(`${theme}: more is ${theme === "light" ? "darker" : "brighter"} with every deficiency`, () => {
    for (const deficiency of blind) {
      const lightness = [0.05, 0.25, 0.5, 0.75, 1].map(
        (share) => lab(simulate(sequentialColours(share, theme === "dark").fill, deficiency)).l,
      );
      expect(lightness).toEqual([...lightness].sort((a, b) => (theme === "light" ? b - a : a - b)));
    }
  });
}

test("every second cue exists in the named source", () => {
  for (const { cue } of PAIRS) if (cue) expect(readFileSync(cue.file, "utf8"), cue.name).toContain(cue.text);
});
