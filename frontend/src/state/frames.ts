/** Frames of a layout on its way: the newest, and the largest extent so far, so that the axes only grow. */
import type { EmbeddingFrame } from "../api/values";
import { withServer } from "./patches";
import type { State } from "./state";

/** Middle and half the width and height, in the layout's own coordinates. */
export interface Extent {
  readonly x: number;
  readonly y: number;
  readonly halfX: number;
  readonly halfY: number;
}

export interface Frame {
  readonly frame: EmbeddingFrame;
  readonly extent: Extent;
}

export function extentOf({ x, y }: { readonly x: readonly number[]; readonly y: readonly number[] }): Extent {
  const [x0, x1] = rangeOf(x);
  const [y0, y1] = rangeOf(y);
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, halfX: Math.max(1e-6, (x1 - x0) / 2), halfY: Math.max(1e-6, (y1 - y0) / 2) };
}

/** Holds both. */
export function joinExtents(a: Extent, b: Extent): Extent {
  const sides = (one: Extent) => ({ x: [one.x - one.halfX, one.x + one.halfX], y: [one.y - one.halfY, one.y + one.halfY] });
  const [one, other] = [sides(a), sides(b)];
  return extentOf({ x: [...one.x, ...other.x], y: [...one.y, ...other.y] });
}

/** An older frame than the known one changes nothing, nor does one of a layout that is here. */
export function takeFrame(state: State, frame: EmbeddingFrame): State {
  const { frames, embeddings } = state.server;
  const known = frames[frame.node_id];
  const isOld = known !== undefined && known.frame.iteration > frame.iteration;
  if (isOld || embeddings[frame.node_id] || frame.x.length === 0) return state;
  const extent = known ? joinExtents(known.extent, extentOf(frame)) : extentOf(frame);
  return withServer(state, { frames: { ...frames, [frame.node_id]: { frame, extent } } });
}

function rangeOf(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
