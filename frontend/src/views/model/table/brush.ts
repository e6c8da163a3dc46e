/**
 * Pointer input in the rows of the layer table: hovering shows a bubble's values, a click removes or keeps its filter,
 * and a drag selects several filters with a brush. On the keyboard, Shift with Left or Right extends the brush to the
 * next filter in the layer.
 */
import { pointer } from "d3-selection";
import { bubbleAtPoint, findBubbleForUnit, bubblesInRect } from "./bubbles";
import { type Box, ensureGroup, ensureElement, type Svg } from "../../../marks/elements";
import type { Brush } from "../../../state/choice";
import { HEADER_HEIGHT, rowAtY, type TableLayout } from "./rows";
import type { Rect, TableCallbacks, TableData } from "./tableData";
import type { ScoreScale } from "./scale";
import { commandForKey } from "./keys";

const MAX_CLICK_DISTANCE = 4;

/** Draws the brush, and buttons that set overrides for the filters in it. */
export function drawBrush(box: Box, overlay: Svg, data: TableData, callbacks: TableCallbacks): void {
  drawBrushRect(overlay, data.brush);
  const menu = ensureElement(box, "div", "brushed");
  const units = data.brush ? removableUnitsInRect(data, data.brush) : [];
  menu
    .attr("hidden", data.brush ? null : "")
    .attr("role", "toolbar")
    .attr("aria-label", "Actions for the brushed filters");
  if (!data.brush) return;
  const [x0, y0, x1, y1] = data.brush;
  const scrollTop = overlay.node()!.parentElement?.scrollTop ?? 0;
  const top = HEADER_HEIGHT + y1 - scrollTop + 4;
  const fitsBelowBrush = top + 30 < HEADER_HEIGHT + data.layout.viewHeight;
  menu.style("left", `${Math.max(4, Math.min((x0 + x1) / 2 - 110, data.layout.width - 260))}px`);
  menu.style("top", `${fitsBelowBrush ? top : Math.max(0, HEADER_HEIGHT + y0 - scrollTop - 32)}px`);
  const actions = [
    { decision: "removed", text: `Remove ${units.length}` },
    { decision: "kept", text: `Keep ${units.length}` },
    { decision: "rule", text: "Follow rule" },
  ] as const;
  menu
    .selectAll<HTMLButtonElement, (typeof actions)[number]>("button.btn")
    .data(actions)
    .join("button")
    .attr("class", "btn")
    .attr("type", "button")
    .property("disabled", units.length === 0)
    .text(({ text }) => text)
    .on("click", (_, { decision }) => callbacks.onOverrideUnits(decision, units));
}

export function removableUnitsInRect(
  { bubbles, structure }: Pick<TableData, "bubbles" | "structure">,
  rect: Rect,
): number[] {
  const units = bubblesInRect(bubbles, rect).map((b) => bubbles.unit[b]!);
  return [...new Set(units)].filter((u) => structure.freeUnitFlags[u]);
}

export function listenToBrush(view: Box, overlay: Svg, data: TableData, callbacks: TableCallbacks): void {
  const node = view.node()!;
  const at = (event: PointerEvent): [number, number] => pointer(event, overlay.node());
  view.on("pointermove.hover", (event: PointerEvent) => {
    const [x, y] = at(event);
    const row = rowAtY(data.layout, y);
    const b = row ? bubbleAtPoint(data.bubbles, row.layer, x, y) : -1;
    callbacks.onHover(row?.layer ?? -1, b < 0 ? -1 : data.bubbles.unit[b]!);
  });
  view.on("pointerleave.hover", () => callbacks.onHover(-1, -1));
  view.on("pointerdown.brush", (event: PointerEvent) => {
    const start = at(event);
    if (event.button !== 0 || !isInPlot(data, start[0])) return;
    node.setPointerCapture(event.pointerId);
    startBrushDrag(view, start, { data, callbacks, at });
  });
}

interface BrushDrag {
  readonly data: TableData;
  readonly callbacks: TableCallbacks;
  readonly at: (event: PointerEvent) => [number, number];
}

/**
 * Starts a drag that draws a brush. Every move of the pointer reports the brush, so that it is in the State and
 * survives a redraw; Escape ends the drag.
 */
function startBrushDrag(view: Box, start: [number, number], { data, callbacks, at }: BrushDrag): void {
  let brush: Brush | null = null;
  const end = (): void => {
    for (const name of ["pointermove", "pointerup", "pointercancel", "keydown"]) view.on(`${name}.drag`, null);
  };
  view.on("pointermove.drag", (event: PointerEvent) => {
    const [x, y] = at(event);
    if (!brush && Math.hypot(x - start[0], y - start[1]) < MAX_CLICK_DISTANCE) return;
    brush = pixelsToBrush(data, [
      Math.min(x, start[0]),
      Math.min(y, start[1]),
      Math.max(x, start[0]),
      Math.max(y, start[1]),
    ]);
    callbacks.onBrush(brush);
  });
  view.on("keydown.drag", (event: KeyboardEvent) => event.key === "Escape" && end());
  view.on("pointerup.drag pointercancel.drag", (event: PointerEvent) => {
    end();
    if (!brush && event.type === "pointerup") handleClick(data, callbacks, start);
    else if (brush && removableUnitsInRect(data, brushToPixels(data, brush)).length === 0) callbacks.onBrush(null);
  });
}

function handleClick(data: TableData, callbacks: TableCallbacks, [x, y]: [number, number]): void {
  const row = rowAtY(data.layout, y);
  const b = row ? bubbleAtPoint(data.bubbles, row.layer, x, y) : -1;
  if (row) callbacks.onChooseLayer(row.layer);
  if (b >= 0) callbacks.onToggleUnit(data.bubbles.unit[b]!);
  else if (data.brush) callbacks.onBrush(null);
}

function isInPlot({ layout }: TableData, x: number): boolean {
  return x >= layout.plot[0] && x <= layout.plot[1] + 12;
}

function drawBrushRect(overlay: Svg, rect: Rect | null): void {
  ensureGroup(overlay, "brush")
    .selectAll("rect")
    .data(rect ? [rect] : [])
    .join("rect")
    .attr("x", ([x0]) => x0)
    .attr("y", ([, y0]) => y0)
    .attr("width", ([x0, , x1]) => x1 - x0)
    .attr("height", ([, y0, , y1]) => y1 - y0);
}

interface PlotGeometry {
  readonly layout: Pick<TableLayout, "rowHeight">;
  readonly scale: Pick<ScoreScale, "left" | "start" | "right">;
}

/** Returns the rectangle that a brush covers in this layout, in pixels. */
export function brushToPixels({ layout, scale }: PlotGeometry, { x, rows }: Brush): Rect {
  const brushXToPixel = (share: number): number => scale.start + share * axisSectionWidth(scale, share);
  return [brushXToPixel(x[0]), rows[0] * layout.rowHeight, brushXToPixel(x[1]), rows[1] * layout.rowHeight];
}

/**
 * Converts a rectangle in pixels to a brush. The brush covers whole rows, because the height of a bubble within its row
 * has no meaning and depends on the window size.
 */
export function pixelsToBrush({ layout, scale }: PlotGeometry, [x0, y0, x1, y1]: Rect): Brush {
  const pixelToBrushX = (x: number): number => (x - scale.start) / axisSectionWidth(scale, x - scale.start);
  return {
    x: [pixelToBrushX(x0), pixelToBrushX(x1)],
    rows: [Math.floor(y0 / layout.rowHeight), Math.ceil(y1 / layout.rowHeight)],
  };
}

/**
 * Returns how many pixels a brush position of 1 spans: the width of the axis or, for positions left of the axis, the
 * width of the lane for score 0.
 */
const axisSectionWidth = ({ left, start, right }: PlotGeometry["scale"], at: number): number =>
  at < 0 ? start - left : right - start;

/** Distance from the edges of the brush to the centres of its outermost bubbles, in pixels. */
const BRUSH_MARGIN = 1;

/** Extends the brush when Shift is pressed with Left or Right; returns whether the key was handled. */
export function handleBrushKey(
  { key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">,
  data: TableData,
  callbacks: TableCallbacks,
): boolean {
  if (!shiftKey || (key !== "ArrowLeft" && key !== "ArrowRight")) return false;
  const next = commandForKey(key, data);
  if (next?.kind !== "filter") return true;
  callbacks.onHover(next.layer, next.unit);
  callbacks.onBrush(pixelsToBrush(data, extendBrush(data, next.unit)));
  return true;
}

/**
 * Moves the end of the brush at the cursor to the given unit. If the brush is not in the chosen layer's row, starts a
 * new brush at the cursor.
 */
function extendBrush({ bubbles, layout, chosenLayer, cursorUnit, brush }: TableData, unit: number): Rect {
  const top = layout.rows[chosenLayer]!.y;
  const to = bubbles.x[findBubbleForUnit(bubbles, chosenLayer, unit)]!;
  const at = findBubbleForUnit(bubbles, chosenLayer, cursorUnit);
  const cursor = at < 0 ? to : bubbles.x[at]!;
  const isBrushInRow = brush !== null && brush[1] === top;
  const fixed = !isBrushInRow
    ? cursor
    : Math.abs(brush[0] + BRUSH_MARGIN - cursor) < Math.abs(brush[2] - BRUSH_MARGIN - cursor)
      ? brush[2] - BRUSH_MARGIN
      : brush[0] + BRUSH_MARGIN;
  return [Math.min(fixed, to) - BRUSH_MARGIN, top, Math.max(fixed, to) + BRUSH_MARGIN, top + layout.rowHeight];
}
