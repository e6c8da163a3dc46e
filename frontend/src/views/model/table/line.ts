/**
 * Draws the score threshold as a vertical line, which can be dragged or moved with keys. A knob on the line shows the
 * score.
 */
import { pointer } from "d3-selection";
import { type Group, ensureGroup, type Svg } from "../../../marks/elements";
import { HEADER_HEIGHT, type TableLayout } from "./rows";
import { scoreAtX } from "./scale";
import { thresholdX } from "./chartData";
import type { TableCallbacks, TableData } from "./tableData";

const KNOB_WIDTH = 58;
const HANDLE_HALF_WIDTH = 6;

/**
 * Draws the handle of the line above the rows, and the line itself inside the rows, so that the line scrolls with them.
 */
export function drawThresholdLine(svg: Svg, rows: Svg, data: TableData, callbacks: TableCallbacks): void {
  const at = thresholdX(data);
  drawThresholdInRows(rows, at, data);
  const handle = ensureGroup(svg, "handle");
  if (handle.select("line").empty()) buildHandle(handle);
  handle.attr("display", at === null ? "none" : null);
  if (at === null) return;
  handle.attr("transform", `translate(${at},0)`).classed("closed", data.line.isApplied);
  handle.select("line").attr("y1", 18).attr("y2", HEADER_HEIGHT);
  handle.select("rect.reach").attr("height", HEADER_HEIGHT + data.layout.viewHeight);
  const shift = knobShift(at, data.layout.plot);
  handle.select("rect.knob").attr("x", shift - KNOB_WIDTH / 2);
  handle.select("text").attr("x", shift).text(thresholdKnobText(data));
  setHandleAriaAttributes(handle, data);
  listenToHandle(handle, svg, data, callbacks);
}

function drawThresholdInRows(rows: Svg, at: number | null, { layout }: TableData): void {
  ensureGroup(rows, "threshold")
    .selectAll<SVGPathElement, number>(":scope > path")
    .data(at === null ? [] : [at])
    .join("path")
    .attr("d", (x) =>
      findPrunableRowRanges(layout)
        .map(([top, bottom]) => `M${x},${top}V${bottom}`)
        .join(""),
    );
}

/**
 * Returns the top and bottom of each run of consecutive rows that can be pruned. Other rows contain text, which the
 * threshold line must not cross.
 */
export function findPrunableRowRanges({
  rows,
  rowHeight,
}: Pick<TableLayout, "rows" | "rowHeight">): readonly (readonly [number, number])[] {
  const rowRanges: [number, number][] = [];
  for (const { isPrunable, y } of rows) {
    const last = rowRanges.at(-1);
    if (isPrunable && last?.[1] === y) last[1] = y + rowHeight;
    else if (isPrunable) rowRanges.push([y, y + rowHeight]);
  }
  return rowRanges;
}

/**
 * Returns how far the knob is shifted from the threshold line, in pixels, so that it does not cover the column headings
 * next to the plot.
 */
export function knobShift(at: number, [left, right]: readonly [number, number]): number {
  return Math.max(0, left + KNOB_WIDTH / 2 - at) + Math.min(0, right - KNOB_WIDTH / 2 - at);
}

/**
 * Returns the text on the knob of the threshold line: the score with three significant digits, and an arrow that points
 * to the filters that are removed.
 */
function thresholdKnobText({ line }: Pick<TableData, "line">): string {
  const score = line.score ?? 0;
  const text = Math.abs(score) < 1e-5 ? "0" : score.toPrecision(3);
  return line.removesLeft ? `‹ ${text}` : `${text} ›`;
}

function buildHandle(handle: Group): void {
  handle
    .append("rect")
    .attr("class", "reach")
    .attr("x", -HANDLE_HALF_WIDTH)
    .attr("width", 2 * HANDLE_HALF_WIDTH)
    .attr("fill", "transparent");
  handle.append("line").attr("stroke", "var(--remove)").attr("stroke-width", 1.5);
  handle.append("rect").attr("class", "knob").attr("y", 1).attr("width", KNOB_WIDTH).attr("height", 17).attr("rx", 3);
  handle.append("text").attr("y", 13.5).attr("text-anchor", "middle");
}

function setHandleAriaAttributes(handle: Group, { line }: TableData): void {
  handle
    .attr("tabindex", line.isApplied ? null : 0)
    .attr("data-testid", "line")
    .attr("role", "slider")
    .attr("aria-label", line.removesLeft ? "Remove filters below this score" : "Remove filters above this score")
    .attr("aria-disabled", line.isApplied)
    .attr("aria-valuemin", 0)
    .attr("aria-valuemax", line.freeFilters)
    .attr("aria-valuenow", line.removedFilters)
    .attr(
      "aria-valuetext",
      `${(line.score ?? 0).toPrecision(3)}: removes ${line.removedFilters} of ${line.freeFilters} free filters, ${line.percent.toFixed(1)} percent`,
    );
}

function listenToHandle(handle: Group, svg: Svg, data: TableData, callbacks: TableCallbacks): void {
  const node = handle.node()!;
  handle.on("pointerdown", (event: PointerEvent) => {
    if (data.line.isApplied || event.button !== 0) return;
    event.preventDefault();
    node.focus();
    node.setPointerCapture(event.pointerId);
  });
  handle.on("pointermove", (event: PointerEvent) => {
    if (!node.hasPointerCapture(event.pointerId)) return;
    callbacks.onMoveThreshold(scoreAtX(data.scale, pointer(event, svg.node())[0]));
  });
  handle.on("lostpointercapture", () => callbacks.onReleaseThreshold());
  handle.on("keydown", (event: KeyboardEvent) => {
    const step = filterStepForKey(event);
    if (step === null || data.line.isApplied) return;
    event.preventDefault();
    event.stopPropagation();
    callbacks.onStepThreshold(step);
  });
}

/**
 * Returns the number of filters by which a key moves the threshold line, positive to the right; null if the key does
 * not move it.
 */
export function filterStepForKey({ key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">): number | null {
  const by = shiftKey ? 10 : 1;
  if (key === "ArrowRight" || key === "ArrowUp") return by;
  if (key === "ArrowLeft" || key === "ArrowDown") return -by;
  if (key === "PageUp") return 10;
  if (key === "PageDown") return -10;
  if (key === "Home") return -Infinity;
  return key === "End" ? Infinity : null;
}
