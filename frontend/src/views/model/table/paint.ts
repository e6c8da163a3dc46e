/** Paints the bubbles and barcodes of the layer table on a canvas. Only areas that have changed are repainted. */
import type { TablePicture, UnitStates } from "./picture";
import type { Bubbles } from "./bubbles";
import type { TableLayout } from "./rows";
import type { DrawingContext } from "../../../marks/svgContext";

interface PaintedPicture {
  readonly picture: TablePicture;
  readonly ratio: number;
}

/** The picture that each canvas currently shows, so that changes to it can be detected. */
const paintedPictures = new WeakMap<HTMLCanvasElement, PaintedPicture>();
const REPAINT_MARGIN = 6;

export function paint(canvas: HTMLCanvasElement, picture: TablePicture): void {
  const context = canvas.getContext("2d");
  if (!context) return; // jsdom has no canvas
  const before = paintedPictures.get(canvas);
  const ratio = Math.max(1, globalThis.devicePixelRatio || 1);
  const isPictureReusable = before && before.ratio === ratio && hasSameLayout(before.picture, picture);
  if (!isPictureReusable) resize(canvas, context, picture.layout, ratio);
  picture.layout.rows.forEach((_, layer) =>
    paintRow(context, picture, layer, isPictureReusable ? before.picture : null),
  );
  paintedPictures.set(canvas, { picture: { ...picture, states: copyUnitStates(picture.states) }, ratio });
}

function hasSameLayout(a: TablePicture, b: TablePicture): boolean {
  return a.layout === b.layout && a.bubbles === b.bubbles && a.palette.markColor === b.palette.markColor;
}

function copyUnitStates({ removed, overrides }: UnitStates): UnitStates {
  return { removed: removed.slice(), overrides: overrides.slice() };
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

function paintRow(
  context: CanvasRenderingContext2D,
  picture: TablePicture,
  layer: number,
  before: TablePicture | null,
): void {
  const span = before ? changedSpan(picture, before, layer) : ([0, picture.layout.plot[1] + 14] as const);
  if (span) paintSpan(context, picture, layer, span);
  if (!before || hasRemovalChanged(picture, before, layer)) paintBarcode(context, picture, layer);
}

/**
 * Returns the range of x positions, in pixels, in which a row's bubbles must be repainted; null if none of them has
 * changed.
 */
function changedSpan(now: TablePicture, before: TablePicture, layer: number): readonly [number, number] | null {
  const { bubbles } = now;
  let [left, right] = [Infinity, -Infinity];
  const hasLayerChoiceChanged = (now.chosenLayer === layer) !== (before.chosenLayer === layer);
  for (let b = bubbles.start[layer]!; b < bubbles.start[layer + 1]!; b++) {
    if (!hasLayerChoiceChanged && !hasUnitChanged(now, before, bubbles.unit[b]!)) continue;
    left = Math.min(left, bubbles.x[b]! - bubbles.radius[b]! - REPAINT_MARGIN);
    right = Math.max(right, bubbles.x[b]! + bubbles.radius[b]! + REPAINT_MARGIN);
  }
  return left < right ? [left, right] : null;
}

function hasUnitChanged(now: TablePicture, before: TablePicture, u: number): boolean {
  return (
    now.states.removed[u] !== before.states.removed[u] ||
    now.states.overrides[u] !== before.states.overrides[u] ||
    (now.cursorUnit === u) !== (before.cursorUnit === u)
  );
}

function hasRemovalChanged(now: TablePicture, before: TablePicture, layer: number): boolean {
  const { bubbles } = now;
  for (let b = bubbles.start[layer]!; b < bubbles.start[layer + 1]!; b++) {
    const u = bubbles.unit[b]!;
    if (now.states.removed[u] !== before.states.removed[u]) return true;
  }
  return false;
}

function paintSpan(
  context: CanvasRenderingContext2D,
  picture: TablePicture,
  layer: number,
  [left, right]: readonly [number, number],
): void {
  const row = picture.layout.rows[layer]!;
  context.save();
  context.beginPath();
  context.rect(left, row.y, right - left, picture.layout.rowHeight);
  context.clip();
  context.clearRect(left, row.y, right - left, picture.layout.rowHeight);
  const visibleBubbles = bubblesInSpan(picture.bubbles, layer, left, right);
  paintCircles(context, picture, visibleBubbles, layer);
  context.restore();
}

function bubblesInSpan({ start, x, radius }: Bubbles, layer: number, left: number, right: number): number[] {
  const visibleBubbles: number[] = [];
  for (let b = start[layer]!; b < start[layer + 1]!; b++) {
    if (x[b]! + radius[b]! + REPAINT_MARGIN >= left && x[b]! - radius[b]! - REPAINT_MARGIN <= right)
      visibleBubbles.push(b);
  }
  return visibleBubbles;
}

const KEPT_OVERRIDE = 1;
const REMOVED_OVERRIDE = 2;

/**
 * Paints the bubbles of a row: first the kept bubbles, then the removed ones, and finally the bubble at the cursor.
 * Overridden bubbles have rings.
 */
export function paintCircles(
  context: DrawingContext,
  picture: TablePicture,
  visibleBubbles: readonly number[],
  layer: number,
): void {
  paintKeptBubbles(context, picture, visibleBubbles, picture.chosenLayer === layer);
  paintRemovedBubbles(context, picture, visibleBubbles);
  paintCursor(context, picture, visibleBubbles);
}

function addCirclesToPath(
  context: DrawingContext,
  { x, y, radius }: Bubbles,
  list: readonly number[],
  margin = 0,
): void {
  context.beginPath();
  for (const b of list) {
    const r = radius[b]! + margin;
    context.moveTo(x[b]! + r, y[b]!);
    context.arc(x[b]!, y[b]!, r, 0, 2 * Math.PI);
  }
}

/** Paints the kept bubbles one after another, so that each bubble and its ring cover the bubbles painted before. */
function paintKeptBubbles(
  context: DrawingContext,
  picture: TablePicture,
  visibleBubbles: readonly number[],
  isChosen: boolean,
): void {
  const { bubbles, states, palette, structure } = picture;
  for (const b of visibleBubbles) {
    const u = bubbles.unit[b]!;
    if (states.removed[u]) continue;
    const isOverridden = states.overrides[u] === KEPT_OVERRIDE;
    addCirclesToPath(context, bubbles, [b]);
    context.globalAlpha = isChosen ? 1 : 0.78;
    context.fillStyle = structure.freeUnitFlags[u] ? palette.markColor : palette.tertiaryMarkColor;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 0.6;
    context.strokeStyle = palette.surface;
    if (bubbles.radius[b]! > 1.4 || isOverridden) context.stroke();
    if (isOverridden) strokeRings(context, picture, [b]);
  }
}

function paintRemovedBubbles(context: DrawingContext, picture: TablePicture, visibleBubbles: readonly number[]): void {
  const { bubbles, states, palette } = picture;
  const removed = visibleBubbles.filter((b) => states.removed[bubbles.unit[b]!]);
  addCirclesToPath(context, bubbles, removed);
  context.fillStyle = palette.surface;
  context.globalAlpha = 0.7;
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.1;
  context.strokeStyle = palette.removeColor;
  context.stroke();
  const overriddenBubbles = removed.filter((b) => states.overrides[bubbles.unit[b]!] === REMOVED_OVERRIDE);
  if (overriddenBubbles.length) strokeRings(context, picture, overriddenBubbles);
}

/**
 * Draws a ring around each overridden bubble. Whether the override keeps or removes the filter is shown by the bubble
 * itself: grey if kept, hollow and red if removed.
 */
function strokeRings(context: DrawingContext, { bubbles, palette }: TablePicture, list: readonly number[]): void {
  addCirclesToPath(context, bubbles, list, 1.7);
  context.lineWidth = 1.2;
  context.strokeStyle = palette.text;
  context.stroke();
}

function paintCursor(context: DrawingContext, picture: TablePicture, visibleBubbles: readonly number[]): void {
  const chosen = visibleBubbles.filter((b) => picture.bubbles.unit[b] === picture.cursorUnit);
  if (!chosen.length) return;
  addCirclesToPath(context, picture.bubbles, chosen, 2.5);
  context.lineWidth = 2;
  context.strokeStyle = picture.palette.accent;
  context.stroke();
}

const BARCODE_PADDING = 3;

export interface Barcode {
  readonly kept: Float32Array;
  readonly removed: Float32Array;
}

/**
 * Computes, for each pixel column, the shares of kept and of removed filters among the filters in that column, 0–1.
 * Filters that earlier plans removed count as neither, so they leave gaps.
 */
function layoutBarcode(picture: Pick<TablePicture, "structure" | "states">, layer: number, columns: number): Barcode {
  const originalFilterCount = picture.structure.source.layers[layer]!.original_filters;
  const barcode = { kept: new Float32Array(columns), removed: new Float32Array(columns) };
  const filtersPerColumn = new Uint16Array(columns);
  for (let number = 0; number < originalFilterCount; number++)
    visitColumns(number, originalFilterCount, columns, (i) => filtersPerColumn[i]!++);
  for (const [number, u] of picture.structure.unitByFilterNumber[layer]!) {
    const column = picture.states.removed[u] ? barcode.removed : barcode.kept;
    visitColumns(number, originalFilterCount, columns, (i) => (column[i]! += 1 / filtersPerColumn[i]!));
  }
  return barcode;
}

/**
 * Calls `visitColumn` with each pixel column that a filter's bar covers. If the bars are wide enough, there is a gap of one
 * column between them.
 */
function visitColumns(
  number: number,
  originalFilterCount: number,
  columns: number,
  visitColumn: (column: number) => void,
): void {
  const from = Math.floor((number / originalFilterCount) * columns);
  const gap = originalFilterCount * 3 < columns ? 1 : 0;
  const to = Math.max(from + 1, Math.floor(((number + 1) / originalFilterCount) * columns) - gap);
  for (let i = from; i < Math.min(to, columns); i++) visitColumn(i);
}

/**
 * Paints the filters of a layer, by original number, as a barcode: the bars of kept filters stand at the bottom, and
 * the bars of removed filters hang from the top.
 */
export function paintBarcode(context: DrawingContext, picture: TablePicture, layer: number): void {
  const { layout, palette } = picture;
  const row = layout.rows[layer]!;
  if (!row.isPrunable) return;
  const [x, width] = [layout.barcode[0], Math.floor(layout.barcode[1])];
  const [y, height] = [row.y + BARCODE_PADDING, layout.rowHeight - 2 * BARCODE_PADDING];
  context.fillStyle = palette.well;
  context.fillRect(x, y, width, height);
  const { kept, removed } = layoutBarcode(picture, layer, width);
  context.fillStyle = palette.secondaryMarkColor;
  kept.forEach((share, i) => share && context.fillRect(x + i, y + height * (1 - share), 1, height * share));
  context.fillStyle = palette.removeColor;
  removed.forEach((share, i) => share && context.fillRect(x + i, y, 1, Math.max(2, height * share)));
}
