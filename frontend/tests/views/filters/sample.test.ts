import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import { drawChips, type ChipsData } from "../../../src/views/filters/map/chips";
import { drawListHeader, type ListHeaderData } from "../../../src/views/filters/cards/head";
import { layoutDumbbells } from "../../../src/views/filters/dumbbells";
import { describeChosenSamples } from "../../../src/views/samples/chosenSamples";
import {
  describePredictions,
  drawSampleCard,
  readSampleNumber,
  type SampleCardData,
} from "../../../src/views/filters/sampleCard";
import { defaultChoice } from "../../../src/state/choice";
import { makeNode } from "../../fixtures/values";
import { sampleView } from "../../fixtures/samples";

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

const classes = ["cat", "dog", "frog"];

test("a class that a node does not list is shown as less than the last one listed", () => {
  const rows = layoutDumbbells({ view: sampleView, classes, now: 1, before: 0, width: 260, rows: 4 });
  expect(rows.map(({ name, text }) => `${name} ${text}`)).toEqual([
    "cat 0.70 → 0.30",
    "dog <0.20 → 0.60",
    "frog 0.20 → <0.30",
  ]);
  expect(rows.map(({ isTrueClass: isTrue }) => isTrue)).toEqual([true, false, false]);
  expect(rows[1]!.comparedX).toBeNull();
  expect(rows[0]!.comparedX!).toBeGreaterThan(rows[0]!.chosenX!);
});

test("a sample is described in words", () => {
  expect(describePredictions(sampleView, classes)).toBe("true cat · ▼ degraded, now dog");
  expect(describePredictions({ ...sampleView, change: "same", predicted: 0 }, classes)).toBe("true cat · correct");
});

test("the field accepts only numbers of samples, and an empty one clears the choice", () => {
  expect([
    readSampleNumber("12", 20),
    readSampleNumber("20", 20),
    readSampleNumber("x", 20),
    readSampleNumber(" ", 20),
  ]).toEqual([12, undefined, undefined, null]);
});

const card: SampleCardData = {
  experiment: 1,
  sample: 7,
  images: 360,
  view: sampleView,
  error: null,
  classes,
  now: 1,
  before: 0,
  width: 384,
};

test("redrawing the card of a sample does not reload its image; the field chooses another sample", () => {
  const [onChoose, onInvalidSampleNumber] = [vi.fn(), vi.fn()];
  drawSampleCard(select(box), card, { onChoose, onInvalidSampleNumber });
  const image = box.querySelector("img")!;
  drawSampleCard(select(box), { ...card, view: null }, { onChoose, onInvalidSampleNumber });
  expect(box.querySelector("img")).toBe(image);
  const field = box.querySelector<HTMLInputElement>("#sample-number")!;
  expect(field.value).toBe("7");
  field.value = "9";
  field.dispatchEvent(new Event("change"));
  expect(onChoose).toHaveBeenCalledWith(9);
  drawSampleCard(select(box), { ...card, sample: null, view: null }, { onChoose, onInvalidSampleNumber });
  expect(box.textContent).toContain("No sample chosen.");
});

test("a number without a sample is answered with the valid range, and the field shows the chosen sample again", () => {
  const act = { onChoose: vi.fn(), onInvalidSampleNumber: vi.fn() };
  drawSampleCard(select(box), { ...card, images: 5000 }, act);
  const field = box.querySelector<HTMLInputElement>("#sample-number")!;
  for (const typed of ["9999", "−3"]) {
    field.value = typed;
    field.dispatchEvent(new Event("change"));
    expect(act.onInvalidSampleNumber).toHaveBeenLastCalledWith(
      `There is no sample “${typed}”. Enter a number from 0 to 4,999.`,
    );
    expect(field.value).toBe("7");
  }
  expect(act.onChoose).not.toHaveBeenCalled();
});

const chips: ChipsData = {
  shownChanges: ["degraded", "improved"],
  counts: { degraded: 4, improved: 3, wrong: 9 },
  comparedNode: makeNode(0, null),
  otherNodes: [makeNode(0, null), makeNode(2, 0)],
  parent: 10,
  isReady: true,
  width: 384,
};

test("chips toggle their marks, and the list chooses the compared node, by default the parent", () => {
  const act = { onToggleChange: vi.fn(), onCompareNode: vi.fn() };
  drawChips(select(box), chips, act);
  drawChips(select(box), chips, act);
  expect(
    [...box.querySelectorAll(".tog")].map((chip) => `${chip.textContent} ${chip.getAttribute("aria-pressed")}`),
  ).toEqual(["▼ degraded 4 true", "▲ improved 3 true", "✕ wrong 9 false"]);
  box.querySelector<HTMLButtonElement>("[data-testid=wrong]")!.click();
  expect(act.onToggleChange).toHaveBeenCalledWith("wrong");
  const list = box.querySelector("select")!;
  for (const [value, expected] of [
    ["12", 12],
    ["10", null],
  ] as const) {
    list.value = value;
    list.dispatchEvent(new Event("change"));
    expect(act.onCompareNode).toHaveBeenLastCalledWith(expected);
  }
});

test("without a node to compare with, only wrong samples can be marked", () => {
  drawChips(select(box), { ...chips, comparedNode: null }, { onToggleChange: vi.fn(), onCompareNode: vi.fn() });
  expect([...box.querySelectorAll<HTMLButtonElement>(".tog")].map(({ disabled }) => disabled)).toEqual([
    true,
    true,
    false,
  ]);
  drawChips(select(box), { ...chips, width: 240 }, { onToggleChange: vi.fn(), onCompareNode: vi.fn() });
  expect(
    [...box.querySelectorAll(".tog")].map((chip) => `${chip.textContent}|${chip.getAttribute("aria-label")}`)[0],
  ).toBe("▼ 4|▼ degraded 4");
});

test("large counts shorten the row: first the list, then the chips, never a number", () => {
  const texts = (width: number): string[] => {
    drawChips(
      select(box),
      { ...chips, counts: { degraded: 1231, improved: 535, wrong: 3838 }, width },
      { onToggleChange: vi.fn(), onCompareNode: vi.fn() },
    );
    return [...box.querySelectorAll(".tog, option:checked")].map(({ textContent }) => textContent);
  };
  expect(texts(480)).toEqual(["▼ degraded 1,231", "▲ improved 535", "✕ wrong 3,838", "vs node 0"]);
  expect(texts(400)).toEqual(["▼ degraded 1,231", "▲ improved 535", "✕ wrong 3,838", "vs 0"]);
  expect(texts(292)).toEqual(["▼ 1,231", "▲ 535", "✕ 3,838", "vs node 0"]);
});

test("the list says how many filters of the layer are removed, without the word in a narrow panel", () => {
  const head: ListHeaderData = {
    layers: ["conv1", "layer3.2.conv2"],
    layer: "conv1",
    removed: 0,
    filters: 11,
    sort: "number",
    scoreTitle: "sensitivity",
    width: 384,
  };
  const counted = (width: number): string => {
    drawListHeader(select(box), { ...head, width }, { onChooseLayer: vi.fn(), onChooseSort: vi.fn() });
    return box.querySelector("[data-testid=layer-removed]")!.textContent;
  };
  expect([counted(384), counted(292)]).toEqual(["0 of 11 removed", "0 of 11"]);
});

test("the chosen samples have a name", () => {
  expect(describeChosenSamples({ ...defaultChoice, cell: { label: 0, predicted: 1 } }, classes)).toBe("cat → dog");
  expect(describeChosenSamples({ ...defaultChoice, label: 2 }, classes)).toBe("frog");
  expect(describeChosenSamples(defaultChoice, classes)).toBeNull();
});
