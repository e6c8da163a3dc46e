/** Intermediate layouts (frames) of a map that is being computed, and the extent of their points. */
import type { EmbeddingFrame } from "../api/values";

/**
 * Centre, half the width and half the height of the smallest rectangle around a set of points, in layout coordinates.
 */
export interface Extent {
  readonly x: number;
  readonly y: number;
  readonly halfX: number;
  readonly halfY: number;
}

export interface LayoutFrame {
  readonly frame: EmbeddingFrame;
  readonly extent: Extent;
}

export function extentOf({ x, y }: { readonly x: readonly number[]; readonly y: readonly number[] }): Extent {
  const [x0, x1] = rangeOf(x);
  const [y0, y1] = rangeOf(y);
  return {
    x: (x0 + x1) / 2,
    y: (y0 + y1) / 2,
    halfX: Math.max(1e-6, (x1 - x0) / 2),
    halfY: Math.max(1e-6, (y1 - y0) / 2),
  };
}

/** Returns the smallest extent that contains both extents. */
export function joinExtents(a: Extent, b: Extent): Extent {
  const bounds = ({ x, y, halfX, halfY }: Extent) => ({ x: [x - halfX, x + halfX], y: [y - halfY, y + halfY] });
  const [first, second] = [bounds(a), bounds(b)];
  return extentOf({ x: [...first.x, ...second.x], y: [...first.y, ...second.y] });
}

function rangeOf(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
