import { expect, test } from "vitest";
import { noChoice, type Choice } from "../../src/state/choice";
import { readChoice, writeChoice } from "../../src/state/url";

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
