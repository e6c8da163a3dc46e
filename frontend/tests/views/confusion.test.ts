import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import type { Confusion } from "../../src/api/values";
import { describeCell, drawCell, type CellData } from "../../src/views/confusion/cell";
import { chooseFocusedCells, moveCellCursor, adjacentCell } from "../../src/state/changes/confusionCells";
import { countChosenSamplesByCell } from "../../src/state/selectors/map";
import { withChoice } from "../../src/state/changes/patches";
import { confusion, makeNode, makeSample, stateWith } from "../fixtures/values";
import { explainMissingMatrix } from "../../src/views/confusion/confusion";
import {
  commonPrefixLength,
  layoutMatrix,
  listLabelledClasses,
  type MatrixInput,
} from "../../src/views/confusion/layout";
import { drawMatrix } from "../../src/views/confusion/matrix";
import type { MatrixData } from "../../src/views/confusion/matrixData";
import { drawToolbar, toggleClass } from "../../src/views/confusion/tools";

const layoutOf = (changes: Partial<MatrixInput> = {}) =>
  layoutMatrix({ confusion, classes: null, mode: "count", sort: "class", width: 282, height: 180, ...changes });

const textOf = (changes: Partial<MatrixInput>, key: string) =>
  layoutOf(changes).squares.find((square) => square.key === key)?.text;

test("the diagonal shows the percentage correct and is not filled; a 1 is coloured, not printed", () => {
  const { squares } = layoutOf();
  const at = (key: string) => squares.find((square) => square.key === key);
  expect(at("0-0")).toMatchObject({ text: "94", share: null });
  expect(at("0-1")).toMatchObject({ text: "5", share: 1 });
  expect(at("0-2")).toMatchObject({ text: "", share: 0.2 });
  expect(at("1-0")).toBeUndefined();
});

test("cells show row percentages or the change against the parent", () => {
  expect(textOf({ mode: "row" }, "0-1")).toBe("5");
  expect(textOf({ mode: "delta" }, "0-1")).toBe("+3");
  expect(textOf({ mode: "delta" }, "2-1")).toBe("−1");
  expect(textOf({ mode: "delta" }, "0-0")).toBe("−3");
});

test("chosen classes keep their rows and every column they are predicted as; classes can be sorted by errors", () => {
  expect(layoutOf({ classes: [0] })).toMatchObject({ rows: [0], columns: [0, 1, 2] });
  expect(layoutOf({ classes: [0] }).squares.map(({ key }) => key)).toEqual(["0-0", "0-1", "0-2"]);
  expect(layoutOf({ classes: [1] })).toMatchObject({ rows: [1], columns: [0, 1] }); // the parent predicted a dog as cat
  expect(layoutOf({ sort: "errors" })).toMatchObject({ rows: [0, 2, 1], columns: [0, 2, 1] });
  expect(layoutOf({ sort: "delta" }).rows).toEqual([0, 1, 2]);
});

test("the legend ends at the largest value in use, even if the scale is longer", () => {
  expect(layoutOf()).toMatchObject({ colorScaleMax: 5, maxOffDiagonal: 5 });
  expect(layoutOf({ classes: [1] })).toMatchObject({ colorScaleMax: 5, maxOffDiagonal: 0 });
});

test("with a hundred classes the matrix scrolls, thins out labels and draws only non-empty cells", () => {
  const size = 100;
  const counts = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => (row === column ? 90 : column === row + 1 ? 3 : 0)),
  );
  const many: Confusion = {
    node_id: 1,
    classes: counts.map((_, index) => `class ${index}`),
    counts,
    parent_counts: null,
    images: 9300,
  };
  const layout = layoutOf({ confusion: many });
  expect(layout.squares).toHaveLength(199);
  expect(layout.width).toBeGreaterThanOrEqual(700);
  expect(layout.labelInterval).toEqual({ rows: 2, columns: 3 });
  expect(layout.squares.every(({ text }) => text === "")).toBe(true);
});

test("in narrow cells long numbers and column names are smaller, so that nothing touches", () => {
  const size = 10;
  const counts = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => (row === column ? 90 : column === 0 ? 1161 : column === 1 ? 161 : 7)),
  );
  const ten: Confusion = {
    node_id: 1,
    classes: counts.map((_, index) => `${index}mmm`),
    counts,
    parent_counts: null,
    images: 5000,
  };
  const layout = layoutOf({ confusion: ten, width: 66 + 186, height: 28 + 148 });
  expect(layout.cell.width).toBeCloseTo(18.6);
  const fitOf = (key: string) => layout.squares.find((square) => square.key === key)!.fit;
  expect(fitOf("2-3")).toEqual({ size: 11, textLength: null });
  expect(fitOf("2-1").size).toBeCloseTo(15.6 / (3 * 0.57));
  expect(fitOf("2-0")).toEqual({ size: 8, textLength: layout.cell.width - 3 });
  drawMatrix(select(box), dataFor({ layout, classes: ten.classes }), makeCallbacks());
  const head = box.querySelector<SVGTextElement>(".columns text")!;
  expect(head.textContent.length * 0.57 * parseFloat(head.style.fontSize)).toBeLessThan(16);
});

test("the highlighted class is labelled instead of those that it would overlap", () => {
  const order = [5, 6, 7, 8, 9, 10, 11];
  const labelled = (highlightedClass: number | undefined) =>
    listLabelledClasses(order, 3, highlightedClass).map(({ label, isHighlighted }) =>
      isHighlighted ? `*${label}` : `${label}`,
    );
  expect(labelled(undefined)).toEqual(["5", "8", "11"]);
  expect(labelled(7)).toEqual(["*7", "11"]);
  expect(labelled(8)).toEqual(["5", "*8", "11"]);
  expect(labelled(99)).toEqual(["5", "8", "11"]);
});

test("a click checks or unchecks a class; none checked means all", () => {
  const classes = ["a", "b", "c"];
  expect(toggleClass({ classes, shownClasses: null }, 1)).toEqual([0, 2]);
  expect(toggleClass({ classes, shownClasses: [0, 2] }, 1)).toBeNull();
  expect(toggleClass({ classes, shownClasses: [1] }, 0)).toEqual([0, 1]);
  expect(toggleClass({ classes, shownClasses: [1] }, 1)).toBeNull();
});

test("choosing a checked item again keeps it checked, although the item unchecks itself", () => {
  const row = document.createElement("div");
  const onChooseSort = vi.fn();
  drawToolbar(
    select<HTMLElement, unknown>(row),
    {
      node: 1,
      classes: ["a", "b"],
      shownClasses: null,
      mode: "count",
      sort: "errors",
      hasParent: true,
      chosenClass: null,
      width: 400,
    },
    { onChooseSort, onChooseMode: vi.fn(), onChooseClasses: vi.fn() },
  );
  const item = row.querySelector<HTMLElement & { value: string; checked: boolean }>('[value="sort-errors"]')!;
  item.checked = false; // as the menu does before its event
  item.value = "sort-errors";
  row.querySelector("wa-dropdown")!.dispatchEvent(new CustomEvent("wa-select", { detail: { item }, cancelable: true }));
  expect(onChooseSort).toHaveBeenCalledWith("errors");
  expect(item.checked).toBe(true);
});

test("a narrow toolbar leaves out the node, and counts the classes only if some are hidden", () => {
  const row = document.createElement("div");
  const base = {
    node: 1,
    classes: ["a", "b"],
    mode: "count",
    sort: "class",
    hasParent: true,
    chosenClass: null,
  } as const;
  const texts = (shown: readonly number[] | null, width: number): string[] => {
    const callbacks = { onChooseSort: vi.fn(), onChooseMode: vi.fn(), onChooseClasses: vi.fn() };
    drawToolbar(select<HTMLElement, unknown>(row), { ...base, shownClasses: shown, width }, callbacks);
    return [row.querySelector(".of")!.textContent, row.querySelector("[data-testid=classes]")!.textContent];
  };
  expect(texts(null, 480)).toEqual(["node 1", "2 classes"]);
  expect(texts([0], 376)).toEqual(["", "1 of 2 classes"]);
});

test("arrows stop at the edge", () => {
  const layout = layoutOf();
  expect(adjacentCell(layout, { label: 0, predicted: 0 }, [-1, 0])).toEqual({ label: 0, predicted: 0 });
  expect(adjacentCell(layout, { label: 0, predicted: 0 }, [1, 0])).toEqual({ label: 1, predicted: 0 });
});

test("a cell is described in words", () => {
  expect(describeCell(confusion, { label: 0, predicted: 1 })).toBe("cat predicted as dog: 5 images, +3 vs. parent");
  expect(describeCell(confusion, { label: 1, predicted: 1 })).toBe(
    "dog predicted correctly: 100 images, +1 vs. parent",
  );
  expect(describeCell(confusion, { label: 0, predicted: 1 }, new Map([["0-1", 2]]))).toBe(
    "cat predicted as dog: 5 images, +3 vs. parent; 2 of 5 chosen",
  );
});

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

test("beside the matrix words are left out before numbers", () => {
  const many: Confusion = {
    ...confusion,
    images: 5000,
    counts: [
      [100, 432, 0],
      [0, 130, 1000],
      [0, 0, 3338],
    ],
    parent_counts: [
      [100, 319, 0],
      [0, 130, 1000],
      [0, 0, 3338],
    ],
  };
  const counted = (changes: Partial<CellData>): string => {
    const thumbs = { experiment: 0, classes: many.classes, chosen: null };
    drawCell(
      select(box),
      {
        confusion: many,
        cell: null,
        chosenSamplesText: null,
        samples: [],
        thumbs,
        maxThumbs: 9,
        width: 110,
        layout: layoutOf(),
        isDark: false,
        ...changes,
      },
      { onChoose: vi.fn(), onHover: vi.fn() },
    );
    return box.querySelector(".count")!.textContent;
  };
  expect([counted({ width: 150 }), counted({})]).toEqual(["1,432 of 5,000 images", "1,432 of 5,000"]);
  expect(counted({ cell: { label: 0, predicted: 1 } })).toBe("432 · +113");
  expect(
    counted({ cell: { label: 1, predicted: 2 }, samples: Array.from({ length: 9 }, (_, i) => makeSample(i)) }),
  ).toBe("9 of 1,000 · ±0");
  expect(box.querySelector<HTMLElement>(".count")!.title).toBe("9 of 1,000 · same as parent");
});

const makeCallbacks = () => ({
  onChoose: vi.fn(),
  onHover: vi.fn(),
  onMoveCursor: vi.fn(),
  onChooseFocusedCell: vi.fn(),
  onChooseRow: vi.fn(),
  onChooseColumn: vi.fn(),
});

const dataFor = (changes: Partial<MatrixData> = {}): MatrixData => ({
  layout: layoutOf(),
  classes: confusion.classes,
  counts: confusion.counts,
  chosenSampleCounts: null,
  label: null,
  chosen: null,
  hovered: null,
  isDark: false,
  describe: () => "description",
  ...changes,
});

test("redrawing keeps the cells; a click chooses a cell, a second click clears the choice", () => {
  const callbacks = makeCallbacks();
  const cell = { label: 0, predicted: 1 };
  drawMatrix(select(box), dataFor(), callbacks);
  const before = [...box.querySelectorAll(".squares rect")];
  const { width, height } = layoutOf().cell;
  const click = () =>
    box
      .querySelector(".cells")!
      .dispatchEvent(new MouseEvent("click", { clientX: width * 1.5, clientY: height * 0.5 }));
  click();
  expect(callbacks.onChoose).toHaveBeenLastCalledWith(cell);
  drawMatrix(select(box), dataFor({ chosen: cell }), callbacks);
  expect([...box.querySelectorAll(".squares rect")]).toEqual(before);
  click();
  expect(callbacks.onChoose).toHaveBeenLastCalledWith(null);
});

test("keys move over the cells and choose, even faster than frames are drawn", async () => {
  const callbacks = makeCallbacks();
  const scrollIntoView = vi.fn();
  Element.prototype.scrollIntoView = scrollIntoView;
  drawMatrix(select(box), dataFor({ hovered: { label: 0, predicted: 0 } }), callbacks);
  const press = (key: string, shiftKey = false) =>
    box.querySelector(".matrix")!.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true }));
  press("ArrowRight");
  expect(callbacks.onMoveCursor).toHaveBeenCalledWith(
    expect.objectContaining({ rows: [0, 1, 2], columns: [0, 1, 2] }),
    [0, 1],
  );
  await vi.waitFor(() => expect(scrollIntoView.mock.contexts).toEqual([box.querySelector(".hovered")]));
  press("Enter");
  expect(callbacks.onChooseFocusedCell).toHaveBeenLastCalledWith("cell");
  press("Enter", true);
  expect(callbacks.onChooseFocusedCell).toHaveBeenLastCalledWith("row");
  press(" ", true);
  expect(callbacks.onChooseFocusedCell).toHaveBeenLastCalledWith("column");
  const right = moveCellCursor({ rows: [0, 1, 2], columns: [0, 1, 2] }, [0, 1], () => ({ title: "", text: "" }));
  const moved = [right, right, right].reduce((state, move) => move(state), stateWith([makeNode(0, null)]));
  expect(chooseFocusedCells("cell")(moved).choice.cell).toEqual({ label: 0, predicted: 2 });
});

/** Three cats, of which one is predicted as dog, and a dog. */
function withSamples() {
  const samples = [
    makeSample(0, { predicted: 0 }),
    makeSample(1, { predicted: 1 }),
    makeSample(2, { predicted: 0 }),
    makeSample(3, { label: 1, predicted: 1 }),
  ];
  return stateWith([makeNode(0, null)], {
    comparedSamples: {
      "10:parent": { node_id: 10, images: 4, total: 4, offset: 0, next: null, items: samples } as never,
    },
  });
}

test("samples chosen by class or lasso are counted per cell of the matrix", () => {
  const counted = (choice: Parameters<typeof withChoice>[1]) =>
    Object.fromEntries(countChosenSamplesByCell(withChoice(withSamples(), choice)) ?? []);
  expect(counted({ label: 0 })).toEqual({ "0-0": 2, "0-1": 1 });
  expect(counted({ pickedSamples: [1, 2, 3] })).toEqual({ "0-0": 1, "0-1": 1, "1-1": 1 });
  expect(countChosenSamplesByCell(withSamples())).toBeNull();
});

test("cells with chosen samples have a ring and a bar for the chosen share", () => {
  drawMatrix(
    select(box),
    dataFor({
      chosenSampleCounts: new Map([
        ["0-1", 2],
        ["2-2", 90],
      ]),
    }),
    makeCallbacks(),
  );
  expect(box.querySelectorAll(".picks .ring")).toHaveLength(2);
  const { width } = layoutOf().cell;
  expect(Number(box.querySelector(".picks .share")!.getAttribute("width"))).toBeCloseTo(0.4 * (width - 5));
  drawMatrix(select(box), dataFor(), makeCallbacks());
  expect(box.querySelectorAll(".picks .ring")).toHaveLength(0);
});

test("a row name chooses the samples of its class, a column name those predicted as it, by pointer and by key", () => {
  const callbacks = makeCallbacks();
  drawMatrix(select(box), dataFor(), callbacks);
  const { width, height } = layoutOf().cell;
  box.querySelector(".rows")!.dispatchEvent(new MouseEvent("click", { clientY: height * 2.5 }));
  box.querySelector(".columns")!.dispatchEvent(new MouseEvent("click", { clientX: width * 1.5 }));
  expect([callbacks.onChooseRow.mock.lastCall, callbacks.onChooseColumn.mock.lastCall]).toEqual([[2], [1]]);
  const marked = withChoice(withSamples(), { cell: { label: 0, predicted: 1 } });
  expect(chooseFocusedCells("row")(marked).choice).toMatchObject({ label: 0, cell: null });
  const called = chooseFocusedCells("column")(marked);
  expect(called.choice).toMatchObject({ pickedSamples: [1, 3], cell: null });
});

test.each([
  ["failed" as const, "Node 0 failed: its job ended with an error."],
  ["cancelled" as const, "Node 0 was cancelled before it finished. Its parent is unchanged."],
  ["ready" as const, "Loading the confusion matrix of node 0."], // 0.1.0: nothing
  ["waiting" as const, "Node 0 is waiting for a worker."],
  ["running" as const, "Node 0 is not finished yet."],
])("a node that is %s says why there is no matrix", (state, sentence) => {
  const node = makeNode(0, null, { state });
  const start = stateWith([node]);
  expect(explainMissingMatrix({ ...start, choice: { ...start.choice, experiment: 1, node: node.id } })?.sentence).toBe(
    sentence,
  );
});

test("the common prefix of class names is left out of the columns, unless a name would become empty", () => {
  expect(commonPrefixLength(["class_00", "class_01", "class_10"])).toBe(6);
  expect(commonPrefixLength(["cat", "dog"])).toBe(0);
  expect(commonPrefixLength(["car", "cart"])).toBe(0);
  expect(commonPrefixLength(["one"])).toBe(0);
});
