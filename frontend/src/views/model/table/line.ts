/** The vertical line: drag it, or move it by key; its head shows the value. */
import { pointer } from "d3-selection";
import { type Group, ensureGroup, type Svg } from "../../../marks/elements";
import { HEAD, type TableLayout } from "./rows";
import { toScore } from "./scale";
import { lineX } from "./chartData";
import type { TableCallbacks, TableData } from "./tableData";

const WIDE = 58;
const REACH = 6;

/** The handle stands over the table, the line itself in its rows: it scrolls with them. */
export function drawLine(svg: Svg, rows: Svg, data: TableData, callbacks: TableCallbacks): void {
  const at = lineX(data);
  drawCut(rows, at, data);
  const handle = ensureGroup(svg, "handle");
  if (handle.select("line").empty()) build(handle);
  handle.attr("display", at === null ? "none" : null);
  if (at === null) return;
  handle.attr("transform", `translate(${at},0)`).classed("closed", data.line.isClosed);
  handle.select("line").attr("y1", 18).attr("y2", HEAD);
  handle.select("rect.reach").attr("height", HEAD + data.layout.viewHeight);
  const aside = knobShift(at, data.layout.plot);
  handle.select("rect.knob").attr("x", aside - WIDE / 2);
  handle.select("text").attr("x", aside).text(lineLabel(data));
  describe(handle, data);
  listen(handle, svg, data, callbacks);
}

function drawCut(rows: Svg, at: number | null, { layout }: TableData): void {
  ensureGroup(rows, "cut")
    .selectAll<SVGPathElement, number>(":scope > path")
    .data(at === null ? [] : [at])
    .join("path")
    .attr("d", (x) =>
      cutRuns(layout)
        .map(([top, bottom]) => `M${x},${top}V${bottom}`)
        .join(""),
    );
}

/** Tops and bottoms of rows beside each other that can be cut: the words in the others stay free. */
export function cutRuns({
  rows,
  rowHeight,
}: Pick<TableLayout, "rows" | "rowHeight">): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (const { isCuttable, y } of rows) {
    const last = runs.at(-1);
    if (isCuttable && last?.[1] === y) last[1] = y + rowHeight;
    else if (isCuttable) runs.push([y, y + rowHeight]);
  }
  return runs;
}

/** How far the knob moves off the line so that it covers no heading beside the plot. */
export function knobShift(at: number, [left, right]: readonly [number, number]): number {
  return Math.max(0, left + WIDE / 2 - at) + Math.min(0, right - WIDE / 2 - at);
}

/** Three digits; the arrow points to the side that goes. */
function lineLabel({ line }: Pick<TableData, "line">): string {
  const score = line.score ?? 0;
  const text = Math.abs(score) < 1e-5 ? "0" : score.toPrecision(3);
  return line.removesLeft ? `‹ ${text}` : `${text} ›`;
}

function build(handle: Group): void {
  handle
    .append("rect")
    .attr("class", "reach")
    .attr("x", -REACH)
    .attr("width", 2 * REACH)
    .attr("fill", "transparent");
  handle.append("line").attr("stroke", "var(--remove)").attr("stroke-width", 1.5);
  handle.append("rect").attr("class", "knob").attr("y", 1).attr("width", WIDE).attr("height", 17).attr("rx", 3);
  handle.append("text").attr("y", 13.5).attr("text-anchor", "middle");
}

function describe(handle: Group, { line }: TableData): void {
  handle
    .attr("tabindex", line.isClosed ? null : 0)
    .attr("data-testid", "line")
    .attr("role", "slider")
    .attr("aria-label", "Remove below this score")
    .attr("aria-disabled", line.isClosed)
    .attr("aria-valuemin", 0)
    .attr("aria-valuemax", line.freeFilters)
    .attr("aria-valuenow", line.removedFilters)
    .attr(
      "aria-valuetext",
      `${(line.score ?? 0).toPrecision(3)}: removes ${line.removedFilters} of ${line.freeFilters} free filters, ${line.percent.toFixed(1)} percent`,
    );
}

function listen(handle: Group, svg: Svg, data: TableData, callbacks: TableCallbacks): void {
  const node = handle.node()!;
  handle.on("pointerdown", (event: PointerEvent) => {
    if (data.line.isClosed || event.button !== 0) return;
    event.preventDefault();
    node.focus();
    node.setPointerCapture(event.pointerId);
  });
  handle.on("pointermove", (event: PointerEvent) => {
    if (!node.hasPointerCapture(event.pointerId)) return;
    callbacks.onLine(toScore(data.scale, pointer(event, svg.node())[0]));
  });
  handle.on("lostpointercapture", () => callbacks.onLineEnd());
  handle.on("keydown", (event: KeyboardEvent) => {
    const step = stepOf(event);
    if (step === null || data.line.isClosed) return;
    event.preventDefault();
    event.stopPropagation();
    callbacks.onLineStep(step);
  });
}

/** Filters to move by, to the right positive. */
export function stepOf({ key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">): number | null {
  const by = shiftKey ? 10 : 1;
  if (key === "ArrowRight" || key === "ArrowUp") return by;
  if (key === "ArrowLeft" || key === "ArrowDown") return -by;
  if (key === "PageUp") return 10;
  if (key === "PageDown") return -10;
  if (key === "Home") return -Infinity;
  return key === "End" ? Infinity : null;
}
