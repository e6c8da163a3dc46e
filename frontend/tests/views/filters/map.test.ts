import { select } from "d3-selection";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { computeExtent } from "../../../src/state/frames";
import {
  resizeNeighbourhood,
  buildPointGrid,
  placePoints,
  pointAtPosition,
  pointsInPolygon,
  nearestPointInDirection,
} from "../../../src/views/filters/map/layout";
import { layoutLabels } from "../../../src/views/filters/map/labels";
import { mapData } from "../../../src/views/filters/map/data";
import { drawMap } from "../../../src/views/filters/map/view";
import { mapToSvg } from "../../../src/views/filters/map/svg";
import { zoomAroundPoint } from "../../../src/views/filters/map/zoom";
import { handleKey } from "../../../src/views/filters/map/keys";
import { withChoice, withHover } from "../../../src/state/changes/patches";
import type { State } from "../../../src/state/state";
import { makeNode, makeSample, stateWith } from "../../fixtures/values";
import { embedding } from "../../fixtures/samples";

const SIZE = { width: 232, height: 132 };
const ALL = { k: 1, x: 0, y: 0 };
let body: HTMLElement;

beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  body = document.createElement("div");
  document.body.replaceChildren(body);
});
afterEach(() => document.body.replaceChildren());

const cross = { x: Float32Array.from([-1, 1, 0, 0, 0]), y: Float32Array.from([0, 0, 1, -1, 0]) };
const placed = placePoints(cross, computeExtent({ x: [-1, 1], y: [-1, 1] }), SIZE, ALL);

test("points fill both axes, larger y is higher, and zoom keeps proportions", () => {
  expect([...placed.px]).toEqual([16, 216, 116, 116, 116]);
  expect([...placed.py]).toEqual([66, 66, 16, 116, 66]);
  const zoomed = placePoints(cross, computeExtent({ x: [-1, 1], y: [-1, 1] }), SIZE, { k: 2, x: -0.5, y: -0.5 });
  expect([zoomed.px[4], zoomed.py[4]]).toEqual([116, 66]);
  expect(zoomed.px[1]! - zoomed.px[4]!).toBe(200);
});

test("the nearest point within reach is found, preferring marked ones, and none in empty space", () => {
  const two = { px: Float32Array.from([50, 56]), py: Float32Array.from([50, 50]) };
  const grid = buildPointGrid(two, SIZE);
  expect(pointAtPosition(two, grid, [52, 50], () => false)).toBe(0);
  expect(pointAtPosition(two, grid, [52.5, 50], (i) => i === 1)).toBe(1);
  expect(pointAtPosition(two, grid, [80, 80], () => false)).toBe(-1);
  expect(pointAtPosition(two, grid, [46, 44], () => false)).toBe(0); // in another grid cell
});

test("an arrow moves to the nearest point in its direction and stays at the edge", () => {
  const any = (): boolean => true;
  expect(nearestPointInDirection(placed, 4, "ArrowRight", any)).toBe(1);
  expect(nearestPointInDirection(placed, 4, "ArrowUp", any)).toBe(2);
  expect(nearestPointInDirection(placed, 1, "ArrowRight", any)).toBe(1);
  expect(nearestPointInDirection(placed, -1, "ArrowLeft", any)).toBe(4);
  expect(nearestPointInDirection(placed, 4, "ArrowRight", (i) => i === 3)).toBe(4);
});

test("a lasso contains the points inside it", () => {
  expect(
    pointsInPolygon(placed, [
      [100, 50],
      [230, 50],
      [230, 80],
      [100, 80],
    ]),
  ).toEqual([1, 4]);
});

test("names are placed above their class without overlap, the largest class first", () => {
  const at = { px: Float32Array.from([100, 100, 100, 102]), py: Float32Array.from([60, 60, 60, 60]) };
  const labels = layoutLabels(at, Int16Array.from([0, 0, 0, 1]), ["cat", "dog"], SIZE);
  expect(labels.map(({ text }) => text)).toEqual(["cat", "dog"]);
  expect(labels[0]!.y).toBe(43);
  expect(Math.abs(labels[1]!.y - labels[0]!.y)).toBeGreaterThanOrEqual(14);
  expect(layoutLabels(at, Int16Array.from([-1, -1, -1, -1]), [], SIZE)).toEqual([]);
});

test("a name is placed at the cluster of its class although a fifth of it is far away", () => {
  const cluster = Array.from({ length: 40 }, (_, i) => [50 + (i % 8), 100 + Math.floor(i / 8)] as const);
  const outliers = Array.from({ length: 10 }, (_, i) => [200, 5 + i] as const);
  const points = [...cluster, ...outliers];
  const placed = { px: Float32Array.from(points, ([x]) => x), py: Float32Array.from(points, ([, y]) => y) };
  const [name] = layoutLabels(placed, new Int16Array(50), ["nine"], SIZE);
  expect(name!.x + name!.width / 2).toBeCloseTo(53.5, 0);
  expect(name!.y).toBe(100 - 16 - 1);
});

test("zooming by key stays within the map", () => {
  expect(zoomAroundPoint(ALL, 2)).toEqual({ k: 2, x: -0.5, y: -0.5 });
  expect(zoomAroundPoint({ k: 2, x: 0, y: -1 }, 0.5)).toEqual(ALL);
  expect(zoomAroundPoint(ALL, 2, [1, 0])).toEqual({ k: 2, x: -1, y: 0 });
  expect(zoomAroundPoint({ k: 40, x: -3, y: -3 }, 2).k).toBe(40);
});

/** Node 11 with a layout of four samples in a cross. */
function stateWithLayout(): State {
  const samples = [
    makeSample(0),
    makeSample(1, { change: "improved", predicted: 0, before: 1 }),
    makeSample(2, { change: "same" }),
    makeSample(3, { change: "same", predicted: 0 }),
  ];
  const state = stateWith([makeNode(0, null), makeNode(1, 0)], {
    embeddings: { 11: embedding(11, [0, 1, 2, 3], [-1, 1, 0, 0], [0, 0, 1, -1]) },
    comparedSamples: {
      "11:parent": { node_id: 11, images: 4, total: 4, offset: 0, next: null, items: samples } as never,
    },
  });
  return withChoice(state, { node: 11 });
}

test("changed samples are marked and counted, wrong ones on request", () => {
  const data = mapData(stateWithLayout(), SIZE)!;
  expect(data.mark).toEqual(["degraded", "improved", null, null]);
  expect(data.markedCount).toBe(2);
  const wrong = mapData(withChoice(stateWithLayout(), { changes: ["wrong"] }), SIZE)!;
  expect(wrong.mark).toEqual(["wrong", null, "wrong", null]);
});

test("a cell, a class and a lasso each choose samples of the map", () => {
  const picked = (choice: Parameters<typeof withChoice>[1]): number[] => [
    ...mapData(withChoice(stateWithLayout(), choice), SIZE)!.pickedFlags!,
  ];
  expect(picked({ cell: { label: 0, predicted: 0 } })).toEqual([0, 1, 0, 1]);
  expect(picked({ label: 0 })).toEqual([1, 1, 1, 1]);
  expect(picked({ pickedSamples: [2] })).toEqual([0, 0, 1, 0]);
});

test("an unchanged state returns the same arrays, so that hovering repaints nothing", () => {
  const state = stateWithLayout();
  const [a, b] = [mapData(state, SIZE)!, mapData(withHover(state, { sample: 2 }), SIZE)!];
  expect(b.placedPoints).toBe(a.placedPoints);
  expect(b.mark).toBe(a.mark);
  expect(b.labels).toBe(a.labels);
  expect(b.hoveredPoint).toBe(2);
});

const callbacks = () => ({
  onHover: vi.fn(),
  onChoose: vi.fn(),
  onTogglePoint: vi.fn(),
  onChoosePoints: vi.fn(),
  onChooseClass: vi.fn(),
  onClearChoice: vi.fn(),
  onZoom: vi.fn(),
});

test("redrawing duplicates nothing; a click chooses the point, Shift-click adds it, a name chooses its class", () => {
  const act = callbacks();
  drawMap(select(body), mapData(stateWithLayout(), SIZE)!, act);
  const before = body.querySelectorAll("*").length;
  drawMap(select(body), mapData(withChoice(stateWithLayout(), { sample: 1 }), SIZE)!, act);
  expect(body.querySelectorAll("*").length).toBe(before + 1); // the ring
  const view = body.querySelector(".view")!;
  view.dispatchEvent(new MouseEvent("click", { clientX: 214, clientY: 66 }));
  expect(act.onChoose).toHaveBeenCalledWith(1);
  view.dispatchEvent(new MouseEvent("click", { clientX: 16, clientY: 66, shiftKey: true }));
  expect(act.onTogglePoint).toHaveBeenCalledWith(0);
  body.querySelector<HTMLButtonElement>(".names button")!.click();
  expect(act.onChooseClass).toHaveBeenCalledWith(0);
  expect(act.onZoom).not.toHaveBeenCalled();
});

test("keys move between marked samples and choose them", () => {
  const act = callbacks();
  const data = mapData(withHover(stateWithLayout(), { sample: 0 }), SIZE)!;
  expect(handleKey({ key: "ArrowRight", shiftKey: false }, data, act)).toBe(true);
  expect(act.onHover).toHaveBeenCalledWith(1);
  handleKey({ key: "Enter", shiftKey: false }, data, act);
  expect(act.onChoose).toHaveBeenCalledWith(0);
  handleKey({ key: "Enter", shiftKey: true }, data, act);
  expect(act.onTogglePoint).toHaveBeenCalledWith(0);
  expect(handleKey({ key: "Escape", shiftKey: false }, data, act)).toBe(false); // nothing to clear: left to the page
});

test("Shift with arrows chooses more or fewer of the samples nearest to the cursor", () => {
  const px = Float32Array.from({ length: 20 }, (_, i) => i * 10);
  const line = { px, py: new Float32Array(20) };
  const flags = (chosen: number[]) => Uint8Array.from(px, (_, i) => (chosen.includes(i) ? 1 : 0));
  const first = resizeNeighbourhood(line, null, 0, true);
  expect(first).toEqual([0, 1, 2, 3, 4, 5]);
  const second = resizeNeighbourhood(line, flags(first), 0, true);
  expect(second).toHaveLength(9);
  expect(resizeNeighbourhood(line, flags(second), 0, false)).toEqual(first);
  expect(resizeNeighbourhood(line, flags(first), 0, false)).toEqual([]);
  expect(resizeNeighbourhood(line, flags([...px.keys()]), 3, true)).toHaveLength(20);
  const act = callbacks();
  const data = mapData(withHover(stateWithLayout(), { sample: 0 }), SIZE)!;
  handleKey({ key: "ArrowRight", shiftKey: true }, data, act);
  expect(act.onChoosePoints).toHaveBeenCalledWith(expect.arrayContaining([0, 1, 2, 3]));
  expect(act.onHover).not.toHaveBeenCalled();
});

test("the map is saved with every point, its marks and names", () => {
  const { svg } = mapToSvg(stateWithLayout(), SIZE)!;
  const drawing = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  expect(drawing.querySelectorAll("circle")).toHaveLength(2 + 1); // two unmarked points and the symbol of the class
  expect(drawing.querySelectorAll("path")).toHaveLength(2);
  expect(drawing.querySelector("text")!.textContent).toBe("cat");
});
