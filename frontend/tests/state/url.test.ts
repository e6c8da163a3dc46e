import { expect, test } from "vitest";
import { defaultChoice, parseFilterSort, type Choice } from "../../src/state/choice";
import { readChoice, writeChoice } from "../../src/state/url/url";
import { DEFAULT_VIEWPORT, NO_ZOOM, readViewport, appendViewport } from "../../src/state/url/viewport";

const full: Choice = {
  ...defaultChoice,
  experiment: 3,
  node: 12,
  layer: "features.conv 4/2",
  criterion: "l1",
  plan: 7,
  brush: { x: [-0.0012, 0.5], rows: [3, 5] },
  sample: 0,
  cell: { label: 3, predicted: 5 },
  changes: ["degraded", "wrong"],
  against: 2,
  label: 4,
  pickedSamples: [0, 7, 8, 4999],
  filter: 17,
  filterSort: "activation",
  classes: [0, 3, 5],
  confusionMatrixMode: "delta",
  confusionMatrixSort: "errors",
  panel: "model",
};

test("a choice survives a round trip through its link", () => {
  expect(readChoice(writeChoice(full))).toEqual(full);
  expect(readChoice(writeChoice(defaultChoice))).toEqual(defaultChoice);
});

test("the default choice has an empty query string", () => {
  expect(writeChoice(defaultChoice)).toBe("");
});

test("a price is part of the criterion in the link", () => {
  const priced = { ...defaultChoice, criterion: "l1:per_weight=true/parameters^0.25" };
  expect(writeChoice(priced)).toBe("?criterion=l1%3Aper_weight%3Dtrue%2Fparameters%5E0.25");
  expect(readChoice(writeChoice(priced))).toEqual(priced);
  expect(readChoice("?criterion=taylor").criterion).toBe("taylor");
});

test("invalid values are dropped", () => {
  const broken =
    "?experiment=x&node=-1&plan=1e9&cell=3&classes=a-b&change=gone&confusion=nice&panel=kitchen&sample=&picked=!&class=x&filters=size&brush=1_0_2_3";
  expect(readChoice(broken)).toEqual(defaultChoice);
});

test("a link contains the viewport, rounded, and only where it differs from the default", () => {
  const viewport = {
    zoom: { k: 2.5004, x: -0.40001, y: -0.31 },
    pan: 12,
    firstCard: 96,
    firstRow: 7,
    statsScroll: 120,
    comparisonScroll: 300,
  };
  expect(appendViewport("?node=3", viewport)).toBe(
    "?node=3&from=12&cards=96&rows=7&stats=120&compared=300&map=2.5_-0.4_-0.31",
  );
  expect(readViewport("?node=3&from=12&cards=96&rows=7&stats=120&compared=300&map=2.5_-0.4_-0.31")).toEqual({
    ...viewport,
    zoom: { k: 2.5, x: -0.4, y: -0.31 },
  });
  expect(appendViewport("", { ...DEFAULT_VIEWPORT, zoom: { k: 3, x: -0, y: -1 } })).toBe("?map=3_0_-1");
  expect(appendViewport("?node=3", DEFAULT_VIEWPORT)).toBe("?node=3");
  expect(readViewport("?node=3&from=-1&cards=x&rows=1.5")).toEqual(DEFAULT_VIEWPORT);
});

test("a link cannot zoom or pan beyond the map", () => {
  for (const broken of ["", "?map=", "?map=2_x_0", "?map=2_0", "?map=0_0_0", "?map=1e9_0_0"])
    expect(readViewport(broken).zoom).toEqual(NO_ZOOM);
  expect(readViewport("?map=2_3_-9").zoom).toEqual({ k: 2, x: 0, y: -1 });
  expect(readViewport("?map=99_-3_0").zoom).toEqual({ k: 40, x: -3, y: 0 });
});

test("sort orders of older links are still read, and the default is not written", () => {
  expect(
    ["number", "sensitivity", "instability", "activation"].map((word) => readChoice(`?filters=${word}`).filterSort),
  ).toEqual(["number", "sensitivity", "instability", "activation"]);
  expect(parseFilterSort(readChoice("?filters=activation").filterSort)).toEqual({
    by: "activation",
    isDescending: true,
  });
  expect(writeChoice({ ...defaultChoice, filterSort: "score" })).toBe("");
});
