/**
 * Pointer in the rows: hover reads a bubble, a click toggles it, a drag chooses several to remove or keep; by keys, Shift with an
 * arrow draws the brush from the filter at the cursor to the next one of the layer.
 */
import { pointer } from "d3-selection";
import { bubbleAt, bubbleOf, bubblesWithin } from "./bubbles";
import { type Box, ensureGroup, ensureElement, type Svg } from "../../../marks/elements";
import type { Brush } from "../../../state/choice";
import { HEAD, rowAt, type TableLayout } from "./rows";
import type { Rect, TableCallbacks, TableData } from "./tableData";
import type { ScoreScale } from "./scale";
import { readKey } from "./keys";

const CLICK = 4;

/** The chosen rectangle, and the buttons that say what to do with its filters. */
export function drawBrush(box: Box, over: Svg, data: TableData, callbacks: TableCallbacks): void {
  showRect(over, data.brush);
  const menu = ensureElement(box, "div", "brushed");
  const units = data.brush ? freeUnitsWithin(data, data.brush) : [];
  menu
    .attr("hidden", data.brush ? null : "")
    .attr("role", "toolbar")
    .attr("aria-label", "Chosen filters");
  if (!data.brush) return;
  const [x0, y0, x1, y1] = data.brush;
  const scrolled = over.node()!.parentElement?.scrollTop ?? 0;
  const top = HEAD + y1 - scrolled + 4;
  const fits = top + 30 < HEAD + data.layout.viewHeight;
  menu.style("left", `${Math.max(4, Math.min((x0 + x1) / 2 - 110, data.layout.width - 260))}px`);
  menu.style("top", `${fits ? top : Math.max(0, HEAD + y0 - scrolled - 32)}px`);
  const actions = [
    { decision: "removed", text: `Remove ${units.length}` },
    { decision: "kept", text: `Keep ${units.length}` },
    { decision: "rule", text: "By rule" },
  ] as const;
  menu
    .selectAll<HTMLButtonElement, (typeof actions)[number]>("button.btn")
    .data(actions)
    .join("button")
    .attr("class", "btn")
    .attr("type", "button")
    .property("disabled", units.length === 0)
    .text(({ text }) => text)
    .on("click", (_, { decision }) => callbacks.onBrushed(decision, units));
}

export function freeUnitsWithin(
  { bubbles, structure }: Pick<TableData, "bubbles" | "structure">,
  rect: Rect,
): number[] {
  const units = bubblesWithin(bubbles, rect).map((b) => bubbles.unit[b]!);
  return [...new Set(units)].filter((u) => structure.free[u]);
}

export function listenToBrush(view: Box, over: Svg, data: TableData, callbacks: TableCallbacks): void {
  const node = view.node()!;
  const at = (event: PointerEvent): [number, number] => pointer(event, over.node());
  view.on("pointermove.hover", (event: PointerEvent) => {
    const [x, y] = at(event);
    const row = rowAt(data.layout, y);
    const b = row ? bubbleAt(data.bubbles, row.layer, x, y) : -1;
    callbacks.onHover(row?.layer ?? -1, b < 0 ? -1 : data.bubbles.unit[b]!);
  });
  view.on("pointerleave.hover", () => callbacks.onHover(-1, -1));
  view.on("pointerdown.brush", (event: PointerEvent) => {
    const start = at(event);
    if (event.button !== 0 || !isInPlot(data, start[0])) return;
    node.setPointerCapture(event.pointerId);
    follow(view, start, { data, callbacks, at });
  });
}

interface Drag {
  readonly data: TableData;
  readonly callbacks: TableCallbacks;
  readonly at: (event: PointerEvent) => [number, number];
}

/** Each move is told at once: the State has the frame, so that nothing drawn meanwhile wipes it. Escape lets go of it. */
function follow(view: Box, start: [number, number], { data, callbacks, at }: Drag): void {
  let brush: Brush | null = null;
  const end = (): void => {
    for (const name of ["pointermove", "pointerup", "pointercancel", "keydown"]) view.on(`${name}.drag`, null);
  };
  view.on("pointermove.drag", (event: PointerEvent) => {
    const [x, y] = at(event);
    if (!brush && Math.hypot(x - start[0], y - start[1]) < CLICK) return;
    brush = measureBrush(data, [
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
    if (!brush && event.type === "pointerup") click(data, callbacks, start);
    else if (brush && freeUnitsWithin(data, placeBrush(data, brush)).length === 0) callbacks.onBrush(null);
  });
}

function click(data: TableData, callbacks: TableCallbacks, [x, y]: [number, number]): void {
  const row = rowAt(data.layout, y);
  const b = row ? bubbleAt(data.bubbles, row.layer, x, y) : -1;
  if (row) callbacks.onLayer(row.layer);
  if (b >= 0) callbacks.onToggle(data.bubbles.unit[b]!);
  else if (data.brush) callbacks.onBrush(null);
}

function isInPlot({ layout }: TableData, x: number): boolean {
  return x >= layout.plot[0] && x <= layout.plot[1] + 12;
}

function showRect(over: Svg, rect: Rect | null): void {
  ensureGroup(over, "brush")
    .selectAll("rect")
    .data(rect ? [rect] : [])
    .join("rect")
    .attr("x", ([x0]) => x0)
    .attr("y", ([, y0]) => y0)
    .attr("width", ([x0, , x1]) => x1 - x0)
    .attr("height", ([, y0, , y1]) => y1 - y0);
}

interface Place {
  readonly layout: Pick<TableLayout, "rowHeight">;
  readonly scale: Pick<ScoreScale, "left" | "start" | "right">;
}

/** What a brush covers in this layout, pixels. */
export function placeBrush({ layout, scale }: Place, { x, rows }: Brush): Rect {
  const toPixel = (share: number): number => scale.start + share * widthAt(scale, share);
  return [toPixel(x[0]), rows[0] * layout.rowHeight, toPixel(x[1]), rows[1] * layout.rowHeight];
}

/** Whole rows: where a bubble stands within its row means nothing, and changes with the window. */
export function measureBrush({ layout, scale }: Place, [x0, y0, x1, y1]: Rect): Brush {
  const toShare = (x: number): number => (x - scale.start) / widthAt(scale, x - scale.start);
  return { x: [toShare(x0), toShare(x1)], rows: [Math.floor(y0 / layout.rowHeight), Math.ceil(y1 / layout.rowHeight)] };
}

/** Left of the axis lies the lane for 0, whose width no window changes. */
const widthAt = ({ left, start, right }: Place["scale"], at: number): number => (at < 0 ? start - left : right - start);

/** Pixels around the outermost bubbles. */
const MARGIN = 1;

/** Whether the key meant something. */
export function brushByKey(
  { key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">,
  data: TableData,
  callbacks: TableCallbacks,
): boolean {
  if (!shiftKey || (key !== "ArrowLeft" && key !== "ArrowRight")) return false;
  const next = readKey(key, data);
  if (next?.kind !== "filter") return true;
  callbacks.onHover(next.layer, next.unit);
  callbacks.onBrush(measureBrush(data, stretch(data, next.unit)));
  return true;
}

/** The end at the cursor moves to that filter, the other end stays; without a brush on the row it begins at the cursor. */
function stretch({ bubbles, layout, chosenLayer, chosenUnit, brush }: TableData, unit: number): Rect {
  const top = layout.rows[chosenLayer]!.y;
  const to = bubbles.x[bubbleOf(bubbles, chosenLayer, unit)]!;
  const at = bubbleOf(bubbles, chosenLayer, chosenUnit);
  const cursor = at < 0 ? to : bubbles.x[at]!;
  const isHere = brush !== null && brush[1] === top;
  const fixed = !isHere
    ? cursor
    : Math.abs(brush[0] + MARGIN - cursor) < Math.abs(brush[2] - MARGIN - cursor)
      ? brush[2] - MARGIN
      : brush[0] + MARGIN;
  return [Math.min(fixed, to) - MARGIN, top, Math.max(fixed, to) + MARGIN, top + layout.rowHeight];
}
