/** Intermediate layouts (frames) of a map of samples that is being computed, and the extent of their points. */
import type { EmbeddingFrame } from "../api/values";

/** Centre, half-width and half-height of the smallest rectangle around a set of points, in layout coordinates. */
export interface Extent {
  readonly x: number;
  readonly y: number;
  readonly halfWidth: number;
  readonly halfHeight: number;
}

export interface LayoutFrame {
  readonly frame: EmbeddingFrame;
  readonly extent: Extent;
}

export function computeExtent({ x, y }: { readonly x: readonly number[]; readonly y: readonly number[] }): Extent {
  const [x0, x1] = minAndMax(x);
  const [y0, y1] = minAndMax(y);
  return {
    x: (x0 + x1) / 2,
    y: (y0 + y1) / 2,
    halfWidth: Math.max(1e-6, (x1 - x0) / 2),
    halfHeight: Math.max(1e-6, (y1 - y0) / 2),
  };
}

/** Returns the smallest extent that contains both extents. */
export function joinExtents(a: Extent, b: Extent): Extent {
  const bounds = ({ x, y, halfWidth, halfHeight }: Extent) => ({
    x: [x - halfWidth, x + halfWidth],
    y: [y - halfHeight, y + halfHeight],
  });
  const [first, second] = [bounds(a), bounds(b)];
  return computeExtent({ x: [...first.x, ...second.x], y: [...first.y, ...second.y] });
}

function minAndMax(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
