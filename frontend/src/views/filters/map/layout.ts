/** Computes the positions of the map's points, and finds points by position. Draws nothing. */
import type { Extent } from "../../../state/frames";
import type { Zoom } from "../../../state/state";
import type { Size } from "../../panel";

/** Positions in pixels, in the order of the points. */
export interface PlacedPoints {
  readonly px: Float32Array;
  readonly py: Float32Array;
}

interface Coordinates {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

const PAD = 16;

/**
 * Computes the positions of the points. Each axis is scaled separately so that the points fill the drawing; this is
 * allowed because the axes have no unit.
 */
export function placePoints({ x, y }: Coordinates, extent: Extent, { width, height }: Size, zoom: Zoom): PlacedPoints {
  const [scaleX, scaleY] = [(width / 2 - PAD) / extent.halfWidth, (height / 2 - PAD) / extent.halfHeight];
  const px = new Float32Array(x.length);
  const py = new Float32Array(y.length);
  for (let i = 0; i < x.length; i++) {
    px[i] = (width / 2 + (x[i]! - extent.x) * scaleX) * zoom.k + zoom.x * width;
    py[i] = (height / 2 - (y[i]! - extent.y) * scaleY) * zoom.k + zoom.y * height;
  }
  return { px, py };
}

/**
 * Indices of the map's points, sorted by grid cell, so that finding the point at the pointer takes a few tests instead
 * of ten thousand.
 */
export interface PointGrid {
  readonly columns: number;
  readonly start: Int32Array;
  readonly point: Int32Array;
}

const GRID_CELL_SIZE = 16;

export function buildPointGrid({ px, py }: PlacedPoints, { width, height }: Size): PointGrid {
  const columns = Math.ceil(width / GRID_CELL_SIZE) + 1;
  const cellCount = columns * (Math.ceil(height / GRID_CELL_SIZE) + 1);
  const cellByPoint = Int32Array.from(px, (x, i) => {
    const y = py[i]!;
    return x < 0 || y < 0 || x > width || y > height
      ? -1
      : Math.floor(y / GRID_CELL_SIZE) * columns + Math.floor(x / GRID_CELL_SIZE);
  });
  const start = new Int32Array(cellCount + 1);
  for (const cell of cellByPoint) if (cell >= 0) start[cell + 1]!++;
  for (let cell = 0; cell < cellCount; cell++) start[cell + 1]! += start[cell]!;
  const point = new Int32Array(start[cellCount]!);
  const next = start.slice();
  cellByPoint.forEach((cell, i) => {
    if (cell >= 0) point[next[cell]!++] = i;
  });
  return { columns, start, point };
}

const MAX_POINTER_DISTANCE = 9;

/** Returns the nearest point within a few pixels of the pointer, with marked points preferred; -1 if there is none. */
export function pointAtPosition(
  { px, py }: PlacedPoints,
  grid: PointGrid,
  [x, y]: readonly [number, number],
  isMarked: (i: number) => boolean,
): number {
  let nearestPoint = -1;
  let nearestDistance = Infinity;
  for (
    let row = Math.floor((y - MAX_POINTER_DISTANCE) / GRID_CELL_SIZE);
    row <= Math.floor((y + MAX_POINTER_DISTANCE) / GRID_CELL_SIZE);
    row++
  ) {
    for (
      let column = Math.floor((x - MAX_POINTER_DISTANCE) / GRID_CELL_SIZE);
      column <= Math.floor((x + MAX_POINTER_DISTANCE) / GRID_CELL_SIZE);
      column++
    ) {
      if (row < 0 || column < 0 || column >= grid.columns) continue;
      const cell = row * grid.columns + column;
      for (let k = grid.start[cell] ?? 0; k < (grid.start[cell + 1] ?? 0); k++) {
        const i = grid.point[k]!;
        const distance = Math.hypot(px[i]! - x, py[i]! - y);
        const weightedDistance = isMarked(i) ? distance / 2 : distance;
        if (distance <= MAX_POINTER_DISTANCE && weightedDistance < nearestDistance)
          [nearestPoint, nearestDistance] = [i, weightedDistance];
      }
    }
  }
  return nearestPoint;
}

export type Direction = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

/**
 * Returns the allowed point nearest to `from` within 45° of a direction, or `from` if there is none. If `from` is -1,
 * returns the allowed point nearest to the mean position of all points.
 */
export function nearestPointInDirection(
  { px, py }: PlacedPoints,
  from: number,
  direction: Direction,
  isAllowedPoint: (i: number) => boolean,
): number {
  const isHorizontal = direction === "ArrowLeft" || direction === "ArrowRight";
  const sign = direction === "ArrowRight" || direction === "ArrowDown" ? 1 : -1;
  const start = from >= 0 ? [px[from]!, py[from]!] : [mean(px), mean(py)];
  let [nearestPoint, nearestDistance] = [from, Infinity];
  for (let i = 0; i < px.length; i++) {
    if (i === from || !isAllowedPoint(i)) continue;
    const [dx, dy] = [px[i]! - start[0]!, py[i]! - start[1]!];
    const [forwardDistance, sidewaysDistance] = isHorizontal ? [dx * sign, Math.abs(dy)] : [dy * sign, Math.abs(dx)];
    const distance = Math.hypot(dx, dy);
    const isInDirection = from < 0 || (forwardDistance > 0 && sidewaysDistance <= forwardDistance);
    if (isInDirection && distance < nearestDistance) [nearestPoint, nearestDistance] = [i, distance];
  }
  return nearestPoint;
}

const mean = (values: Float32Array): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Minimum number of points in a neighbourhood. */
const MIN_NEIGHBOURS = 6;
/** Factor by which one step grows or shrinks a neighbourhood. */
const NEIGHBOURHOOD_GROWTH = 1.5;

/**
 * Grows or shrinks the chosen neighbourhood (the points nearest to `from`) by one step. Returns its points, or an empty
 * list if there would be fewer than the minimum.
 */
export function resizeNeighbourhood(
  { px, py }: PlacedPoints,
  pickedFlags: Uint8Array | null,
  from: number,
  isEnlarging: boolean,
): number[] {
  const distance = px.map((x, i) => Math.hypot(x - px[from]!, py[i]! - py[from]!));
  const pointsByDistance = Array.from(distance.keys()).sort((a, b) => distance[a]! - distance[b]!);
  const end = pickedFlags ? pointsByDistance.findIndex((i) => pickedFlags[i] !== 1) : 0;
  const current = end < 0 ? pointsByDistance.length : end;
  const next = isEnlarging
    ? Math.max(MIN_NEIGHBOURS, Math.ceil(current * NEIGHBOURHOOD_GROWTH))
    : Math.floor(current / NEIGHBOURHOOD_GROWTH);
  return next < MIN_NEIGHBOURS ? [] : pointsByDistance.slice(0, next);
}

/** Returns the points inside a polygon (even-odd rule). */
export function pointsInPolygon({ px, py }: PlacedPoints, polygon: readonly (readonly [number, number])[]): number[] {
  const pointsInside: number[] = [];
  for (let i = 0; i < px.length; i++) if (isInsidePolygon(px[i]!, py[i]!, polygon)) pointsInside.push(i);
  return pointsInside;
}

function isInsidePolygon(x: number, y: number, polygon: readonly (readonly [number, number])[]): boolean {
  let isInside = false;
  let previousCorner = polygon.at(-1)!;
  for (const corner of polygon) {
    const [y0, y1] = [previousCorner[1], corner[1]];
    if (y1 > y !== y0 > y && x < ((previousCorner[0] - corner[0]) * (y - y1)) / (y0 - y1) + corner[0])
      isInside = !isInside;
    previousCorner = corner;
  }
  return isInside;
}
