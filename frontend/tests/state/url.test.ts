import { expect, test } from "vitest";
import { noChoice, partsOf, type Choice } from "../../src/state/choice";
import { readChoice, writeChoice } from "../../src/state/url";
import { ALL_IN_SIGHT, readZoom, withZoom } from "../../src/state/urlMap";

const full: Choice = {
  ...noChoice,
  experiment: 3,
  node: 12,
  layer: "features.conv 4/2",
  criterion: "l1",
  plan: 7,
  sample: 0,
  cell: { label: 3, predicted: 5 },
  changes: ["degraded", "wrong"],
  against: 2,
  label: 4,
  picked: [0, 7, 8, 4999],
  filter: 17,
  filterSort: "activation",
  classes: [0, 3, 5],
  confusionMode: "delta",
  confusionSort: "errors",
  panel: "model",
};

test("a choice comes back from its link unchanged", () => {
  expect(readChoice(writeChoice(full))).toEqual(full);
  expect(readChoice(writeChoice(noChoice))).toEqual(noChoice);
});

test("nothing chosen needs no query", () => {
  expect(writeChoice(noChoice)).toBe("");
});

test("words and numbers that mean nothing are dropped", () => {
  const broken = "?experiment=x&node=-1&plan=1e9&cell=3&classes=a-b&change=gone&confusion=nice&panel=kitchen&sample=&picked=!&class=x&filters=size";
  expect(readChoice(broken)).toEqual(noChoice);
});

test("how far the map is magnified stands in a link, rounded, and only where it is", () => {
  expect(withZoom("?node=3", { k: 2.5004, x: -0.40001, y: -0.31 })).toBe("?node=3&map=2.5_-0.4_-0.31");
  expect(readZoom("?node=3&map=2.5_-0.4_-0.31")).toEqual({ k: 2.5, x: -0.4, y: -0.31 });
  expect(withZoom("", { k: 3, x: -0, y: -1 })).toBe("?map=3_0_-1");
  expect(withZoom("?node=3", ALL_IN_SIGHT)).toBe("?node=3");
});

test("a link cannot show what lies beyond the map", () => {
  for (const broken of ["", "?map=", "?map=2_x_0", "?map=2_0", "?map=0_0_0", "?map=1e9_0_0"]) expect(readZoom(broken)).toEqual(ALL_IN_SIGHT);
  expect(readZoom("?map=2_3_-9")).toEqual({ k: 2, x: 0, y: -1 });
  expect(readZoom("?map=99_-3_0")).toEqual({ k: 40, x: -3, y: 0 });
});

test("orders of older links are still read, and the usual one is not written", () => {
  expect(["number", "sensitivity", "instability", "activation"].map((word) => readChoice(`?filters=${word}`).filterSort)).toEqual(["number", "sensitivity", "instability", "activation"]);
  expect(partsOf(readChoice("?filters=activation").filterSort)).toEqual({ by: "activation", isDown: true });
  expect(writeChoice({ ...noChoice, filterSort: "score" })).toBe("");
});
