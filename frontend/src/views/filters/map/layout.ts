/** Where the points of the map stand, and which is near: values to numbers. */
import type { Extent } from "../../../state/frames";
import type { Zoom } from "../../../state/state";
import type { Size } from "../../panel";

/** Parallel to the points, pixels. */
export interface Placed {
  readonly px: Float32Array;
  readonly py: Float32Array;
}

interface Coordinates {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

const PAD = 16;

/** The axes have no unit: each fills its side of the drawing. */
export function placePoints({ x, y }: Coordinates, extent: Extent, { width, height }: Size, zoom: Zoom): Placed {
  const [scaleX, scaleY] = [(width / 2 - PAD) / extent.halfX, (height / 2 - PAD) / extent.halfY];
  const px = new Float32Array(x.length);
  const py = new Float32Array(y.length);
  for (let i = 0; i < x.length; i++) {
    px[i] = (width / 2 + (x[i]! - extent.x) * scaleX) * zoom.k + zoom.x * width;
    py[i] = (height / 2 - (y[i]! - extent.y) * scaleY) * zoom.k + zoom.y * height;
  }
  return { px, py };
}

/** Points by square of the drawing, so that the pointer asks a few and not ten thousand. */
export interface PointGrid {
  readonly columns: number;
  readonly start: Int32Array;
  readonly point: Int32Array;
}

const CELL = 16;

export function indexPoints({ px, py }: Placed, { width, height }: Size): PointGrid {
  const columns = Math.ceil(width / CELL) + 1;
  const cells = columns * (Math.ceil(height / CELL) + 1);
  const cellOf = Int32Array.from(px, (x, i) => {
    const y = py[i]!;
    return x < 0 || y < 0 || x > width || y > height ? -1 : Math.floor(y / CELL) * columns + Math.floor(x / CELL);
  });
  const start = new Int32Array(cells + 1);
  for (const cell of cellOf) if (cell >= 0) start[cell + 1]!++;
  for (let cell = 0; cell < cells; cell++) start[cell + 1]! += start[cell]!;
  const point = new Int32Array(start[cells]!);
  const next = start.slice();
  cellOf.forEach((cell, i) => {
    if (cell >= 0) point[next[cell]!++] = i;
  });
  return { columns, start, point };
}

const REACH = 9;

/** The point nearest to a place within reach, marked ones first; -1 where there is none. */
export function pointAt(
  { px, py }: Placed,
  near: PointGrid,
  [x, y]: readonly [number, number],
  isMarked: (i: number) => boolean,
): number {
  let found = -1;
  let least = Infinity;
  for (let row = Math.floor((y - REACH) / CELL); row <= Math.floor((y + REACH) / CELL); row++) {
    for (let column = Math.floor((x - REACH) / CELL); column <= Math.floor((x + REACH) / CELL); column++) {
      if (row < 0 || column < 0 || column >= near.columns) continue;
      const cell = row * near.columns + column;
      for (let k = near.start[cell] ?? 0; k < (near.start[cell + 1] ?? 0); k++) {
        const i = near.point[k]!;
        const far = Math.hypot(px[i]! - x, py[i]! - y);
        const weighed = isMarked(i) ? far / 2 : far;
        if (far <= REACH && weighed < least) [found, least] = [i, weighed];
      }
    }
  }
  return found;
}

export type Direction = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

/** The nearest allowed point within 45° of a direction; the point itself where there is none, from nowhere the middle one. */
export function stepPoint(
  { px, py }: Placed,
  from: number,
  direction: Direction,
  isAllowed: (i: number) => boolean,
): number {
  const isSideways = direction === "ArrowLeft" || direction === "ArrowRight";
  const sign = direction === "ArrowRight" || direction === "ArrowDown" ? 1 : -1;
  const start = from >= 0 ? [px[from]!, py[from]!] : [mean(px), mean(py)];
  let [found, least] = [from, Infinity];
  for (let i = 0; i < px.length; i++) {
    if (i === from || !isAllowed(i)) continue;
    const [dx, dy] = [px[i]! - start[0]!, py[i]! - start[1]!];
    const [along, across] = isSideways ? [dx * sign, Math.abs(dy)] : [dy * sign, Math.abs(dx)];
    const far = Math.hypot(dx, dy);
    const fits = from < 0 || (along > 0 && across <= along);
    if (fits && far < least) [found, least] = [i, far];
  }
  return found;
}

const mean = (values: Float32Array): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** A round of chosen points has at least so many. */
const FIRST_ROUND = 6;
const ROUND_GROWS = 1.5;

/** The nearest points about one, more or fewer than are chosen about it now; none where it would be less than a round. */
export function growNeighbourhood(
  { px, py }: Placed,
  picked: Uint8Array | null,
  from: number,
  isMore: boolean,
): number[] {
  const far = px.map((x, i) => Math.hypot(x - px[from]!, py[i]! - py[from]!));
  const order = Array.from(far.keys()).sort((a, b) => far[a]! - far[b]!);
  const end = picked ? order.findIndex((i) => picked[i] !== 1) : 0;
  const now = end < 0 ? order.length : end;
  const next = isMore ? Math.max(FIRST_ROUND, Math.ceil(now * ROUND_GROWS)) : Math.floor(now / ROUND_GROWS);
  return next < FIRST_ROUND ? [] : order.slice(0, next);
}

/** Points inside a closed line (even-odd rule). */
export function pointsWithin({ px, py }: Placed, line: readonly (readonly [number, number])[]): number[] {
  const found: number[] = [];
  for (let i = 0; i < px.length; i++) if (isWithin(px[i]!, py[i]!, line)) found.push(i);
  return found;
}

function isWithin(x: number, y: number, line: readonly (readonly [number, number])[]): boolean {
  let inside = false;
  let before = line.at(-1)!;
  for (const place of line) {
    const [y0, y1] = [before[1], place[1]];
    if (y1 > y !== y0 > y && x < ((before[0] - place[0]) * (y - y1)) / (y0 - y1) + place[0]) inside = !inside;
    before = place;
  }
  return inside;
}
