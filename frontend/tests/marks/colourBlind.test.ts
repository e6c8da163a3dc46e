import { readFileSync } from "node:fs";
import { lab } from "d3-color";
import { expect, test } from "vitest";
import { categoryOf, paintSequence } from "../../src/marks/colour";
import { deltaE, DEFICIENCIES, simulate, type Deficiency } from "./colourBlind";

/** Below this, two colours that mean different things need a second sign. 2.3 is just noticed side by side; marks are small and apart. */
const APART = 10;

type Theme = "light" | "dark";
const THEMES: readonly Theme[] = ["light", "dark"];
const TOKENS = readFileSync("src/styles/tokens.css", "utf8");

/** The page's own colours; the dark theme takes what it does not name from the light one. */
function palette(theme: Theme): ReadonlyMap<string, string> {
  const read = (block: string): [string, string][] =>
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!]);
  const blocks = TOKENS.split("}");
  const [light, dark] = [
    blocks.find((block) => block.includes('[data-theme="light"]'))!,
    blocks.find((block) => block.includes('[data-theme="dark"]'))!,
  ];
  return new Map([...read(light), ...(theme === "dark" ? read(dark) : [])]);
}

interface Pair {
  readonly what: string;
  readonly colours: readonly [string, string];
  /** The second sign, with the source that draws it; null: colour is the only one and must do. */
  readonly sign: { readonly name: string; readonly file: string; readonly text: string } | null;
}

const classes: readonly Pair[] = Array.from({ length: 10 }, (_, i) => i).flatMap((i) =>
  Array.from({ length: i }, (_, j): Pair => ({
    what: `class ${j} and class ${i}`,
    colours: [categoryOf(j).fill, categoryOf(i).fill].map((fill) => fill.slice(6, -1)) as [string, string],
    sign:
      categoryOf(i).shape === categoryOf(j).shape
        ? null
        : {
            name: "shape",
            file: "src/marks/colour.ts",
            text: 'shape: Math.floor(index / 5) % 2 === 0 ? "circle" : "square"',
          },
  })),
);

const PAIRS: readonly Pair[] = [
  ...classes,
  { what: "kinds of layers: conv and fc", colours: ["cat1", "cat0"], sign: null },
  { what: "kinds of layers: conv and depthwise", colours: ["cat1", "cat2"], sign: null },
  { what: "kinds of layers: depthwise and fc", colours: ["cat2", "cat0"], sign: null },
  {
    what: "edges: recovered and not",
    colours: ["mark", "unrec"],
    sign: { name: "dashes", file: "src/styles/panels/graph.css", text: "stroke-dasharray" },
  },
  {
    what: "nodes: recovered and not",
    colours: ["text-3", "unrec"],
    sign: { name: "words", file: "src/views/nodes/descriptions.ts", text: '"not recovered"' },
  },
  {
    what: "filters: kept and removed",
    colours: ["mark", "remove"],
    sign: { name: "✕", file: "src/views/filters/cards/card.ts", text: 'isRemoved ? "✕"' },
  },
  {
    what: "bubbles: kept and removed",
    colours: ["mark", "remove"],
    sign: { name: "ring, not disc", file: "src/views/model/table/paint.ts", text: "stroke" },
  },
  { what: "chosen and other nodes", colours: ["accent", "surface"], sign: null },
  { what: "chosen and removed", colours: ["accent", "remove"], sign: null },
  {
    what: "chosen and not recovered",
    colours: ["accent", "unrec"],
    sign: { name: "dashes", file: "src/styles/panels/graph.css", text: "stroke-dasharray" },
  },
];

const blind = Object.keys(DEFICIENCIES) as Deficiency[];

test("CIEDE2000 gives the values of Sharma, Wu and Dalal's kind: 0 for equal, 100 for black and white", () => {
  expect(deltaE("#123456", "#123456")).toBeCloseTo(0, 6);
  expect(deltaE("#000000", "#ffffff")).toBeCloseTo(100, 0);
  expect(simulate("#888888", "deuteranopia")).toBe("#888888");
  expect(deltaE(simulate("#d62728", "deuteranopia"), simulate("#2ca02c", "deuteranopia"))).toBeLessThan(
    deltaE("#d62728", "#2ca02c") / 2,
  );
});

for (const theme of THEMES) {
  test.each(blind)(`${theme}: colours that mean something stay apart with %s, or carry a second sign`, (deficiency) => {
    const colours = palette(theme);
    const confused = PAIRS.filter(({ sign, colours: [one, other] }) => {
      const distance = deltaE(simulate(colours.get(one)!, deficiency), simulate(colours.get(other)!, deficiency));
      return sign === null && !(distance >= APART);
    });
    expect(confused.map(({ what }) => what)).toEqual([]);
  });

  test(`${theme}: more is always ${theme === "light" ? "darker" : "brighter"}, whoever looks`, () => {
    for (const deficiency of blind) {
      const seen = [0.05, 0.25, 0.5, 0.75, 1].map(
        (share) => lab(simulate(paintSequence(share, theme === "dark").fill, deficiency)).l,
      );
      expect(seen).toEqual([...seen].sort((a, b) => (theme === "light" ? b - a : a - b)));
    }
  });
}

test("every second sign stands in the code that is named", () => {
  for (const { sign } of PAIRS) if (sign) expect(readFileSync(sign.file, "utf8"), sign.name).toContain(sign.text);
});
