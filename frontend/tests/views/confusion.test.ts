import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import type { Confusion } from "../../src/api/values";
import { describeCell, drawCell, type CellData } from "../../src/views/confusion/cell";
import { chooseFromCell, moveCell, stepCell } from "../../src/state/changes/confusionCells";
import { countChosenByCell } from "../../src/state/selectors/map";
import { withChoice } from "../../src/state/changes/patches";
import { confusion, makeNode, makeSample, stateWith } from "../fixtures/values";
import { describeMissing } from "../../src/views/confusion/confusion";
import { commonStart, layoutMatrix, listNamed, type MatrixInput } from "../../src/views/confusion/layout";
import { drawMatrix } from "../../src/views/confusion/matrix";
import type { MatrixData } from "../../src/views/confusion/matrixData";
import { drawTools, toggleClass } from "../../src/views/confusion/tools";

const layoutOf = (changes: Partial<MatrixInput> = {}) =>
  layoutMatrix({ confusion, classes: null, mode: "count", sort: "class", width: 282, height: 180, ...changes });

const textOf = (changes: Partial<MatrixInput>, key: string) =>
  layoutOf(changes).squares.find((square) => square.key === key)?.text;

test("the diagonal shows percent right and is not filled; a 1 is coloured, not printed", () => {
  const { squares } = layoutOf();
  const at = (key: string) => squares.find((square) => square.key === key);
  expect(at("0-0")).toMatchObject({ text: "94", share: null });
  expect(at("0-1")).toMatchObject({ text: "5", share: 1 });
  expect(at("0-2")).toMatchObject({ text: "", share: 0.2 });
  expect(at("1-0")).toBeUndefined();
});

test("row percent and change to the parent", () => {
  expect(textOf({ mode: "row" }, "0-1")).toBe("5");
  expect(textOf({ mode: "delta" }, "0-1")).toBe("+3");
  expect(textOf({ mode: "delta" }, "2-1")).toBe("−1");
  expect(textOf({ mode: "delta" }, "0-0")).toBe("−3");
});

test("a filter keeps the rows of its classes and every column that they are called, errors first sorts by errors", () => {
  expect(layoutOf({ classes: [0] })).toMatchObject({ rows: [0], columns: [0, 1, 2] });
  expect(layoutOf({ classes: [0] }).squares.map(({ key }) => key)).toEqual(["0-0", "0-1", "0-2"]);
  expect(layoutOf({ classes: [1] })).toMatchObject({ rows: [1], columns: [0, 1] }); // a dog was called cat by the parent
  expect(layoutOf({ sort: "errors" })).toMatchObject({ rows: [0, 2, 1], columns: [0, 2, 1] });
  expect(layoutOf({ sort: "delta" }).rows).toEqual([0, 1, 2]);
});

test("the legend ends at the largest value that is there, though the scale goes on", () => {
  expect(layoutOf()).toMatchObject({ most: 5, largest: 5 });
  expect(layoutOf({ classes: [1] })).toMatchObject({ most: 5, largest: 0 });
});

test("a hundred classes scroll, thin out their labels and draw only cells that say something", () => {
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
  expect(layout.labelStep).toEqual({ rows: 2, columns: 3 });
  expect(layout.squares.every(({ text }) => text === "")).toBe(true);
});

test("in narrow cells long numbers and the heads of columns are set smaller, so that nothing touches", () => {
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
  const layout = layoutOf({ confusion: ten, width: 66 + 186, height: 18 + 148 });
  expect(layout.cell.width).toBeCloseTo(18.6);
  const typeOf = (key: string) => layout.squares.find((square) => square.key === key)!.type;
  expect(typeOf("2-3")).toEqual({ size: 11, pressed: null });
  expect(typeOf("2-1").size).toBeCloseTo(15.6 / (3 * 0.57));
  expect(typeOf("2-0")).toEqual({ size: 8, pressed: layout.cell.width - 3 });
  drawMatrix(select(box), dataFor({ layout, classes: ten.classes }), makeCallbacks());
  const head = box.querySelector<SVGTextElement>(".columns text")!;
  expect(head.textContent.length * 0.57 * parseFloat(head.style.fontSize)).toBeLessThan(16);
});

test("the marked class is written in the place of those that it would lie on", () => {
  const order = [5, 6, 7, 8, 9, 10, 11];
  const written = (marked: number | undefined) =>
    listNamed(order, 3, marked).map(({ label, isMarked }) => (isMarked ? `*${label}` : `${label}`));
  expect(written(undefined)).toEqual(["5", "8", "11"]);
  expect(written(7)).toEqual(["*7", "11"]);
  expect(written(8)).toEqual(["5", "*8", "11"]);
  expect(written(99)).toEqual(["5", "8", "11"]);
});

test("a click ticks a class or takes its tick away, none left means all", () => {
  const classes = ["a", "b", "c"];
  expect(toggleClass({ classes, shown: null }, 1)).toEqual([0, 2]);
  expect(toggleClass({ classes, shown: [0, 2] }, 1)).toBeNull();
  expect(toggleClass({ classes, shown: [1] }, 0)).toEqual([0, 1]);
  expect(toggleClass({ classes, shown: [1] }, 1)).toBeNull();
});

test("an item that is chosen again keeps its tick, though the item takes it away by itself", () => {
  const row = document.createElement("div");
  const onSort = vi.fn();
  drawTools(
    select<HTMLElement, unknown>(row),
    { node: 1, classes: ["a", "b"], shown: null, mode: "count", sort: "errors", hasParent: true, focus: null },
    { onSort, onMode: vi.fn(), onClasses: vi.fn() },
  );
  const item = row.querySelector<HTMLElement & { value: string; checked: boolean }>('[value="sort-errors"]')!;
  item.checked = false; // as the menu does before it tells
  item.value = "sort-errors";
  row.querySelector("wa-dropdown")!.dispatchEvent(new CustomEvent("wa-select", { detail: { item }, cancelable: true }));
  expect(onSort).toHaveBeenCalledWith("errors");
  expect(item.checked).toBe(true);
});

test("arrows stop at the edge", () => {
  const layout = layoutOf();
  expect(stepCell(layout, { label: 0, predicted: 0 }, [-1, 0])).toEqual({ label: 0, predicted: 0 });
  expect(stepCell(layout, { label: 0, predicted: 0 }, [1, 0])).toEqual({ label: 1, predicted: 0 });
});

test("a cell in words", () => {
  expect(describeCell(confusion, { label: 0, predicted: 1 })).toBe("cat called dog: 5 images, +3 to parent");
  expect(describeCell(confusion, { label: 1, predicted: 1 })).toBe("dog called right: 100 images, +1 to parent");
  expect(describeCell(confusion, { label: 0, predicted: 1 }, new Map([["0-1", 2]]))).toBe(
    "cat called dog: 5 images, +3 to parent; 2 of 5 chosen",
  );
});

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
  document.body.replaceChildren(box);
});

test("beside the matrix words give way to numbers", () => {
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
        pick: null,
        samples: [],
        thumbs,
        room: 9,
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
  expect(box.querySelector<HTMLElement>(".count")!.title).toBe("9 of 1,000 · as the parent");
});

const makeCallbacks = () => ({
  onChoose: vi.fn(),
  onHover: vi.fn(),
  onMove: vi.fn(),
  onChooseMarked: vi.fn(),
  onRow: vi.fn(),
  onColumn: vi.fn(),
});

const dataFor = (changes: Partial<MatrixData> = {}): MatrixData => ({
  layout: layoutOf(),
  classes: confusion.classes,
  counts: confusion.counts,
  picked: null,
  label: null,
  chosen: null,
  hovered: null,
  isDark: false,
  describe: () => "words",
  ...changes,
});

test("drawing twice keeps the cells; a click chooses, a second one lets go", () => {
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

test("the keyboard goes over the cells and chooses, also faster than frames are drawn", async () => {
  const callbacks = makeCallbacks();
  const sight = vi.fn();
  Element.prototype.scrollIntoView = sight;
  drawMatrix(select(box), dataFor({ hovered: { label: 0, predicted: 0 } }), callbacks);
  const press = (key: string, shiftKey = false) =>
    box.querySelector(".matrix")!.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true }));
  press("ArrowRight");
  expect(callbacks.onMove).toHaveBeenCalledWith(
    expect.objectContaining({ rows: [0, 1, 2], columns: [0, 1, 2] }),
    [0, 1],
  );
  await vi.waitFor(() => expect(sight.mock.contexts).toEqual([box.querySelector(".hovered")]));
  press("Enter");
  expect(callbacks.onChooseMarked).toHaveBeenLastCalledWith("cell");
  press("Enter", true);
  expect(callbacks.onChooseMarked).toHaveBeenLastCalledWith("row");
  press(" ", true);
  expect(callbacks.onChooseMarked).toHaveBeenLastCalledWith("column");
  const right = moveCell({ rows: [0, 1, 2], columns: [0, 1, 2] }, [0, 1], () => ({ title: "", text: "" }));
  const moved = [right, right, right].reduce((state, move) => move(state), stateWith([makeNode(0, null)]));
  expect(chooseFromCell("cell")(moved).choice.cell).toEqual({ label: 0, predicted: 2 });
});

/** Three cats, of which one is called dog, and a dog. */
function withSamples() {
  const samples = [
    makeSample(0, { predicted: 0 }),
    makeSample(1, { predicted: 1 }),
    makeSample(2, { predicted: 0 }),
    makeSample(3, { label: 1, predicted: 1 }),
  ];
  return stateWith([makeNode(0, null)], {
    compared: { "10:parent": { node_id: 10, images: 4, total: 4, offset: 0, next: null, items: samples } as never },
  });
}

test("a class and a lasso are counted by cells of the matrix", () => {
  const counted = (choice: Parameters<typeof withChoice>[1]) =>
    Object.fromEntries(countChosenByCell(withChoice(withSamples(), choice)) ?? []);
  expect(counted({ label: 0 })).toEqual({ "0-0": 2, "0-1": 1 });
  expect(counted({ picked: [1, 2, 3] })).toEqual({ "0-0": 1, "0-1": 1, "1-1": 1 });
  expect(countChosenByCell(withSamples())).toBeNull();
});

test("cells with chosen samples have a ring and the share of them that is chosen", () => {
  drawMatrix(
    select(box),
    dataFor({
      picked: new Map([
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

test("the name of a row chooses its class, that of a column what is called so, by pointer and by key", () => {
  const callbacks = makeCallbacks();
  drawMatrix(select(box), dataFor(), callbacks);
  const { width, height } = layoutOf().cell;
  box.querySelector(".rows")!.dispatchEvent(new MouseEvent("click", { clientY: height * 2.5 }));
  box.querySelector(".columns")!.dispatchEvent(new MouseEvent("click", { clientX: width * 1.5 }));
  expect([callbacks.onRow.mock.lastCall, callbacks.onColumn.mock.lastCall]).toEqual([[2], [1]]);
  const marked = withChoice(withSamples(), { cell: { label: 0, predicted: 1 } });
  expect(chooseFromCell("row")(marked).choice).toMatchObject({ label: 0, cell: null });
  const called = chooseFromCell("column")(marked);
  expect(called.choice).toMatchObject({ picked: [1, 3], cell: null });
});

test.each([
  ["failed" as const, "Node 0 failed before it could be measured."],
  ["cancelled" as const, "Node 0 was cancelled before it could be measured."],
  ["running" as const, "It comes when the node is ready."],
])("a node that is %s says why there is no matrix", (state, sentence) => {
  const node = makeNode(0, null, { state });
  const start = stateWith([node]);
  expect(describeMissing({ ...start, choice: { ...start.choice, experiment: 1, node: node.id } })?.sentence).toBe(
    sentence,
  );
});

test("what all class names begin with is left out of the columns, unless a name would vanish", () => {
  expect(commonStart(["class_00", "class_01", "class_10"])).toBe(6);
  expect(commonStart(["cat", "dog"])).toBe(0);
  expect(commonStart(["car", "cart"])).toBe(0);
  expect(commonStart(["one"])).toBe(0);
});
