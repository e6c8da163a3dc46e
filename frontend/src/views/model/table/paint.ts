/** Paints bubbles and the filters by number on a canvas, and only again where something changed. */
import type { Picture, UnitStates } from "./picture";
import type { Bubbles } from "./bubbles";
import type { TableLayout } from "./rows";
import type { DrawingContext } from "../../../marks/canvas";

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

const KEPT = 1;
const REMOVED = 2;

/** The bubbles of one stretch of a row: kept, removed, set by hand, chosen. */
export function paintCircles(context: DrawingContext, picture: Picture, seen: readonly number[], layer: number): void {
  paintKept(context, picture, seen, picture.chosenLayer === layer);
  paintRemoved(context, picture, seen);
  paintChosen(context, picture, seen);
}

function addCircles(context: DrawingContext, { x, y, radius }: Bubbles, list: readonly number[], more = 0): void {
  context.beginPath();
  for (const b of list) {
    const r = radius[b]! + more;
    context.moveTo(x[b]! + r, y[b]!);
    context.arc(x[b]!, y[b]!, r, 0, 2 * Math.PI);
  }
}

/** One by one, largest first, so that each stands out from the one below it, its ring with it. */
function paintKept(context: DrawingContext, picture: Picture, seen: readonly number[], isChosen: boolean): void {
  const { bubbles, states, palette, structure } = picture;
  for (const b of seen) {
    const u = bubbles.unit[b]!;
    if (states.removed[u]) continue;
    const isByHand = states.hand[u] === KEPT;
    addCircles(context, bubbles, [b]);
    context.globalAlpha = isChosen ? 1 : 0.78;
    context.fillStyle = structure.free[u] ? palette.mark : palette.mark3;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 0.6;
    context.strokeStyle = palette.surface;
    if (bubbles.radius[b]! > 1.4 || isByHand) context.stroke();
    if (isByHand) strokeRings(context, picture, [b]);
  }
}

function paintRemoved(context: DrawingContext, picture: Picture, seen: readonly number[]): void {
  const { bubbles, states, palette } = picture;
  const gone = seen.filter((b) => states.removed[bubbles.unit[b]!]);
  addCircles(context, bubbles, gone);
  context.fillStyle = palette.surface;
  context.globalAlpha = 0.7;
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.1;
  context.strokeStyle = palette.remove;
  context.stroke();
  const byHand = gone.filter((b) => states.hand[bubbles.unit[b]!] === REMOVED);
  if (byHand.length) strokeRings(context, picture, byHand);
}

/** By hand: a ring more. What fills it says the rest: grey is kept, hollow red goes. */
function strokeRings(context: DrawingContext, { bubbles, palette }: Picture, list: readonly number[]): void {
  addCircles(context, bubbles, list, 1.7);
  context.lineWidth = 1.2;
  context.strokeStyle = palette.text;
  context.stroke();
}

function paintChosen(context: DrawingContext, picture: Picture, seen: readonly number[]): void {
  const chosen = seen.filter((b) => picture.bubbles.unit[b] === picture.chosenUnit);
  if (!chosen.length) return;
  addCircles(context, picture.bubbles, chosen, 2.5);
  context.lineWidth = 2;
  context.strokeStyle = picture.palette.accent;
  context.stroke();
}

const PAD = 3;

export interface Code {
  readonly kept: Float32Array;
  readonly removed: Float32Array;
}

/** Share of each pixel column's numbers that is kept and removed, 0-1; gone filters leave gaps. */
function layoutCode(picture: Pick<Picture, "structure" | "states">, layer: number, columns: number): Code {
  const original = picture.structure.source.layers[layer]!.original_filters;
  const code = { kept: new Float32Array(columns), removed: new Float32Array(columns) };
  const perColumn = new Uint16Array(columns);
  for (let number = 0; number < original; number++) eachColumn(number, original, columns, (i) => perColumn[i]!++);
  for (const [number, u] of picture.structure.unitAt[layer]!) {
    const column = picture.states.removed[u] ? code.removed : code.kept;
    eachColumn(number, original, columns, (i) => (column[i]! += 1 / perColumn[i]!));
  }
  return code;
}

/** The pixel columns that a number stands on; wide bars are told apart by a gap. */
function eachColumn(number: number, original: number, columns: number, visit: (column: number) => void): void {
  const from = Math.floor((number / original) * columns);
  const gap = original * 3 < columns ? 1 : 0;
  const to = Math.max(from + 1, Math.floor(((number + 1) / original) * columns) - gap);
  for (let i = from; i < Math.min(to, columns); i++) visit(i);
}

/** The filters of a layer by their original number as a bar code: kept from below, removed from above. */
export function paintCode(context: DrawingContext, picture: Picture, layer: number): void {
  const { layout, palette } = picture;
  const row = layout.rows[layer]!;
  if (!row.isCuttable) return;
  const [x, width] = [layout.code[0], Math.floor(layout.code[1])];
  const [y, height] = [row.y + PAD, layout.rowHeight - 2 * PAD];
  context.fillStyle = palette.well;
  context.fillRect(x, y, width, height);
  const { kept, removed } = layoutCode(picture, layer, width);
  context.fillStyle = palette.mark2;
  kept.forEach((share, i) => share && context.fillRect(x + i, y + height * (1 - share), 1, height * share));
  context.fillStyle = palette.remove;
  removed.forEach((share, i) => share && context.fillRect(x + i, y, 1, Math.max(2, height * share)));
}
