import { expect, test } from "vitest";
import { addHeading } from "../../src/marks/heading";

const drawing = {
  svg: '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="100"><rect id="own"/></svg>',
  width: 400,
  height: 100,
};
const parse = (svg: string) => new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;

test("a saved drawing has a heading with title, experiment, node and units", () => {
  const titled = addHeading(drawing, { title: "Map <1>", subtitle: "Digits · node 4", caption: "no units" });
  const root = parse(titled.svg);
  expect([...root.querySelectorAll("text")].map((line) => line.textContent)).toEqual([
    "Map <1>",
    "Digits · node 4",
    "no units",
  ]);
  const inner = root.querySelector("svg")!;
  expect(Number(inner.getAttribute("y"))).toBe(titled.height - drawing.height);
  expect(inner.querySelector("#own")).not.toBeNull();
  expect(root.getAttribute("width")).toBe(String(titled.width));
});

test("a long line wraps at the drawing's width, but no narrower than the minimum", () => {
  const { svg, width, height } = addHeading(
    { ...drawing, width: 90 },
    { title: "Radar", subtitle: "Digits", caption: "word ".repeat(40) },
  );
  expect(width).toBe(320);
  expect(parse(svg).querySelectorAll("text").length).toBeGreaterThan(4);
  expect(height).toBeGreaterThan(160);
});
