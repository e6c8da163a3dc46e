/** Paints bubbles and the filters by number on a canvas, and only again where something changed. */
import type { UnitStates, Picture } from "./picture";
import type { Bubbles } from "./bubbles";
import { paintCircles } from "./circles";
import { paintCode } from "./code";
import type { TableLayout } from "./rows";

interface Painted {
  readonly picture: Picture;
  readonly ratio: number;
}

/** What stands on each canvas now, as a join knows its elements. */
const painted = new WeakMap<HTMLCanvasElement, Painted>();
const MARGIN = 6;

export function paint(canvas: HTMLCanvasElement, picture: Picture): void {
  const context = canvas.getContext("2d");
  if (!context) return; // jsdom has none
  const before = painted.get(canvas);
  const ratio = Math.max(1, globalThis.devicePixelRatio || 1);
  const keeps = before && before.ratio === ratio && isSameGround(before.picture, picture);
  if (!keeps) resize(canvas, context, picture.layout, ratio);
  picture.layout.rows.forEach((_, layer) => paintRow(context, picture, layer, keeps ? before.picture : null));
  painted.set(canvas, { picture: { ...picture, states: copyStates(picture.states) }, ratio });
}

function isSameGround(a: Picture, b: Picture): boolean {
  return a.layout === b.layout && a.bubbles === b.bubbles && a.palette.mark === b.palette.mark;
}

function copyStates({ removed, hand }: UnitStates): UnitStates {
  return { removed: removed.slice(), hand: hand.slice() };
}

function resize(
  canvas: HTMLCanvasElement,
  context: CanvasRenderingContext2D,
  layout: TableLayout,
  ratio: number,
): void {
  canvas.width = Math.round(layout.width * ratio);
  canvas.height = Math.round(layout.height * ratio);
  canvas.style.width = `${layout.width}px`;
  canvas.style.height = `${layout.height}px`;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}

function paintRow(context: CanvasRenderingContext2D, picture: Picture, layer: number, before: Picture | null): void {
  const span = before ? changedSpan(picture, before, layer) : ([0, picture.layout.plot[1] + 14] as const);
  if (span) paintSpan(context, picture, layer, span);
  if (!before || hasFlipped(picture, before, layer)) paintCode(context, picture, layer);
}

/** From the leftmost to the rightmost pixel of a row that no longer holds, or null. */
function changedSpan(now: Picture, before: Picture, layer: number): readonly [number, number] | null {
  const { bubbles } = now;
  let [left, right] = [Infinity, -Infinity];
  const isLayerChange = (now.chosenLayer === layer) !== (before.chosenLayer === layer);
  for (let b = bubbles.start[layer]!; b < bubbles.start[layer + 1]!; b++) {
    if (!isLayerChange && !differs(now, before, bubbles.unit[b]!)) continue;
    left = Math.min(left, bubbles.x[b]! - bubbles.radius[b]! - MARGIN);
    right = Math.max(right, bubbles.x[b]! + bubbles.radius[b]! + MARGIN);
  }
  return left < right ? [left, right] : null;
}

function differs(now: Picture, before: Picture, u: number): boolean {
  return (
    now.states.removed[u] !== before.states.removed[u] ||
    now.states.hand[u] !== before.states.hand[u] ||
    (now.chosenUnit === u) !== (before.chosenUnit === u)
  );
}

function hasFlipped(now: Picture, before: Picture, layer: number): boolean {
  const { bubbles } = now;
  for (let b = bubbles.start[layer]!; b < bubbles.start[layer + 1]!; b++) {
    const u = bubbles.unit[b]!;
    if (now.states.removed[u] !== before.states.removed[u]) return true;
  }
  return false;
}

function paintSpan(
  context: CanvasRenderingContext2D,
  picture: Picture,
  layer: number,
  [left, right]: readonly [number, number],
): void {
  const row = picture.layout.rows[layer]!;
  context.save();
  context.beginPath();
  context.rect(left, row.y, right - left, picture.layout.rowHeight);
  context.clip();
  context.clearRect(left, row.y, right - left, picture.layout.rowHeight);
  const seen = bubblesInSpan(picture.bubbles, layer, left, right);
  paintCircles(context, picture, seen, layer);
  context.restore();
}

function bubblesInSpan({ start, x, radius }: Bubbles, layer: number, left: number, right: number): number[] {
  const seen: number[] = [];
  for (let b = start[layer]!; b < start[layer + 1]!; b++) {
    if (x[b]! + radius[b]! + MARGIN >= left && x[b]! - radius[b]! - MARGIN <= right) seen.push(b);
  }
  return seen;
}
