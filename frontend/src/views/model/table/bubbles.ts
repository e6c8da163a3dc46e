/**
 * Computes the layout of the bubbles, one for each unit in each layer's row, and finds the bubble at a point. The
 * layout depends on the scores, but not on the plan.
 */
import type { Structure } from "../../../planning/structure";
import type { TableLayout } from "./rows";
import { type ScoreScale, toX } from "./scale";

/**
 * The bubbles of all rows as parallel arrays, row by row: the bubbles of layer l have the indices `start[l]` to
 * `start[l+1]-1`.
 */
export interface Bubbles {
  readonly start: Int32Array;
  readonly unit: Int32Array;
  readonly layer: Int32Array;
  /** Lowest original number among the unit's filters in this layer. */
  readonly number: Int32Array;
  readonly x: Float32Array;
  /** Y of the centre of the bubble, in pixels from the top of the rows. */
  readonly y: Float32Array;
  readonly radius: Float32Array;
}

/** The values that the bubbles show, by unit position; NaN if a value is missing. */
export interface BubbleValues {
  readonly score: Float64Array;
  /** Values that the areas of the bubbles show; null if all areas are equal. */
  readonly size: Float64Array | null;
  /** The value at which a bubble has the largest radius. */
  readonly maxSize: number;
}

const MIN_BUBBLE_RADIUS = 0.8;

export function layoutBubbles(
  structure: Structure,
  values: BubbleValues,
  layout: TableLayout,
  scale: ScoreScale,
): Bubbles {
  const members = unitsByRow(structure, values, layout);
  const maxRadius = computeMaxRadius(layout);
  const bubbles = allocateBubbles(members);
  members.forEach((list, layer) => {
    const from = bubbles.start[layer]!;
    list.forEach(([u, number], k) => {
      const b = from + k;
      bubbles.unit[b] = u;
      bubbles.layer[b] = layer;
      bubbles.number[b] = number;
      bubbles.x[b] = toX(scale, values.score[u]!);
      bubbles.radius[b] = bubbleRadius(values, u, maxRadius);
    });
    placeRowBubbles(bubbles, layer, layout);
  });
  return bubbles;
}

/**
 * Returns the largest radius of a bubble, in pixels: 0.6 √(row area / number of filters in the fullest row), limited to
 * 3.2–7 px.
 */
function computeMaxRadius(layout: TableLayout): number {
  const maxFiltersPerRow = Math.max(1, ...layout.rows.filter((row) => row.isPrunable).map((row) => row.filters));
  const rowArea = layout.rowHeight * (layout.plot[1] - layout.plot[0]);
  return Math.max(3.2, Math.min(7, 0.6 * Math.sqrt(rowArea / maxFiltersPerRow)));
}

/** Returns the layer's bubble that is nearest to the point; -1 if the point is more than 3 px outside every bubble. */
export function bubbleAtPoint(bubbles: Bubbles, layer: number, x: number, y: number): number {
  let nearestBubble = -1;
  let bestDistance = Infinity;
  for (let b = bubbles.start[layer] ?? 0; b < (bubbles.start[layer + 1] ?? 0); b++) {
    const distance = Math.hypot(bubbles.x[b]! - x, bubbles.y[b]! - y);
    if (distance <= bubbles.radius[b]! + 3 && distance < bestDistance) [nearestBubble, bestDistance] = [b, distance];
  }
  return nearestBubble;
}

/** Returns the indices of the bubbles whose centres are in a rectangle. */
export function bubblesInRect(bubbles: Bubbles, [x0, y0, x1, y1]: readonly [number, number, number, number]): number[] {
  const bubblesInside: number[] = [];
  for (let b = 0; b < bubbles.unit.length; b++) {
    const [x, y] = [bubbles.x[b]!, bubbles.y[b]!];
    if (x >= x0 && x <= x1 && y >= y0 && y <= y1) bubblesInside.push(b);
  }
  return bubblesInside;
}

/** Returns the index of a unit's bubble in a layer, or -1 if the unit has no bubble there. */
export function findBubbleForUnit(bubbles: Bubbles, layer: number, unit: number): number {
  for (let b = bubbles.start[layer] ?? 0; b < (bubbles.start[layer + 1] ?? 0); b++) {
    if (bubbles.unit[b] === unit) return b;
  }
  return -1;
}

/** Returns the units in each row, as pairs of a unit and the lowest original number among its filters in that layer. */
function unitsByRow(structure: Structure, values: BubbleValues, layout: TableLayout): [number, number][][] {
  const rows = layout.rows.map(() => new Map<number, number>());
  for (let u = 0; u < structure.unitCount; u++) {
    if (Number.isNaN(values.score[u])) continue;
    for (let m = structure.memberStart[u]!; m < structure.memberStart[u + 1]!; m++) {
      const row = rows[structure.memberLayer[m]!]!;
      const number = structure.memberNumber[m]!;
      if (number < (row.get(u) ?? Infinity)) row.set(u, number);
    }
  }
  return rows.map((row, layer) => (layout.rows[layer]!.isPrunable ? [...row] : []));
}

function allocateBubbles(members: readonly (readonly unknown[])[]): Bubbles {
  const start = new Int32Array(members.length + 1);
  members.forEach((list, layer) => (start[layer + 1] = start[layer]! + list.length));
  const count = start[members.length]!;
  return {
    start,
    unit: new Int32Array(count),
    layer: new Int32Array(count),
    number: new Int32Array(count),
    x: new Float32Array(count),
    y: new Float32Array(count),
    radius: new Float32Array(count),
  };
}

function bubbleRadius(values: BubbleValues, u: number, maxRadius: number): number {
  const size = values.size ? values.size[u]! : values.maxSize / 4;
  if (Number.isNaN(size)) return MIN_BUBBLE_RADIUS;
  return Math.max(MIN_BUBBLE_RADIUS, maxRadius * Math.sqrt(Math.min(1, size / values.maxSize)));
}

function placeRowBubbles(bubbles: Bubbles, layer: number, layout: TableLayout): void {
  const [from, to] = [bubbles.start[layer]!, bubbles.start[layer + 1]!];
  const offsets = spreadCircles(
    bubbles.x.subarray(from, to),
    bubbles.radius.subarray(from, to),
    layout.rowHeight / 2 - 2,
  );
  const middle = layout.rows[layer]!.y + layout.rowHeight / 2;
  offsets.forEach((offset, k) => (bubbles.y[from + k] = middle + offset));
}

const MAX_OFFSET_TRIES = 34;
const BIN_WIDTH = 8;

/**
 * Places the circles of a row with little overlap: the largest first, each as close to the middle of the row as
 * possible. Returns their vertical offsets from the middle, in pixels, which are at most halfHeight − radius.
 */
export function spreadCircles(x: ArrayLike<number>, radius: ArrayLike<number>, halfHeight: number): Float32Array {
  const offset = new Float32Array(x.length);
  const bins = new Map<number, number[]>();
  for (const i of sortLargestFirst(radius)) {
    const bin = Math.floor(x[i]! / BIN_WIDTH);
    const nearbyCircles = circlesNearBin(bins, bin);
    offset[i] = chooseVerticalOffset(i, nearbyCircles, { x, radius, offset }, Math.max(0, halfHeight - radius[i]!));
    const members = bins.get(bin);
    if (members) members.push(i);
    else bins.set(bin, [i]);
  }
  return offset;
}

interface PlacedCircles {
  readonly x: ArrayLike<number>;
  readonly radius: ArrayLike<number>;
  readonly offset: Float32Array;
}

function sortLargestFirst(radius: ArrayLike<number>): number[] {
  return Array.from(radius, (_, i) => i).sort((a, b) => radius[b]! - radius[a]! || a - b);
}

function circlesNearBin(bins: ReadonlyMap<number, number[]>, bin: number): number[] {
  const nearbyCircles: number[] = [];
  for (let b = bin - 2; b <= bin + 2; b++) nearbyCircles.push(...(bins.get(b) ?? []));
  return nearbyCircles;
}

/**
 * Returns the vertical offset at which a circle overlaps no other circle, as close to the middle as possible. If there
 * is no such offset, returns the one with the least overlap.
 */
function chooseVerticalOffset(
  i: number,
  nearbyCircles: readonly number[],
  placedCircles: PlacedCircles,
  room: number,
): number {
  let best = 0;
  let minOverlap = Infinity;
  for (let t = 0; t < MAX_OFFSET_TRIES; t++) {
    const at = ((t & 1 ? 1 : -1) * Math.ceil(t / 2) * room) / (MAX_OFFSET_TRIES / 2);
    const overlap = overlapAtOffset(i, at, nearbyCircles, placedCircles, minOverlap);
    if (overlap < minOverlap - 1e-6) [best, minOverlap] = [at, overlap];
    if (minOverlap === 0) break;
  }
  return best;
}

function overlapAtOffset(
  i: number,
  offset: number,
  nearbyCircles: readonly number[],
  placedCircles: PlacedCircles,
  limit: number,
): number {
  let overlap = 0;
  for (const j of nearbyCircles) {
    const minDistance = placedCircles.radius[i]! + placedCircles.radius[j]! + 0.3;
    const dx = placedCircles.x[j]! - placedCircles.x[i]!;
    if (dx > minDistance || dx < -minDistance) continue;
    const dy = placedCircles.offset[j]! - offset;
    const squaredDistance = dx * dx + dy * dy;
    if (squaredDistance < minDistance * minDistance) overlap += minDistance - Math.sqrt(squaredDistance);
    if (overlap > limit) return overlap;
  }
  return overlap;
}
