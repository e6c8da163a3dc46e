/** The layer table: one row per layer with its bubbles, its removed share, a barcode of its filters, and its lock. */
import { drawAxis, drawHeadings } from "./axis";
import { handleBrushKey, drawBrush, listenToBrush } from "./brush";
import { commandForKey } from "./keys";
import { drawThresholdLine } from "./line";
import { paint } from "./paint";
import { type Box, ensureElement, type Svg, ensureSvg } from "../../../marks/elements";
import { hasUserScrolled, recordScroll, getScrollTop, scrollAfterDraw } from "../../../marks/scroll";
import { drawRows } from "./rowMarks";
import { FOOTER_HEIGHT, HEADER_HEIGHT } from "./rows";
import type { TableCallbacks, TableData, TableScroll } from "./tableData";

export function drawTable(box: Box, data: TableData, callbacks: TableCallbacks, scroll: TableScroll): void {
  const { layout } = data;
  drawHeadings(ensureSvg(box, "columns", layout.width, HEADER_HEIGHT), data);
  const view = drawScrollWindow(box, data, callbacks);
  scrollWindow(view, data, scroll);
  const background = ensureSvg(view, "ground", layout.width, layout.height);
  drawRows(background, data, callbacks);
  paint(ensureElement(view, "canvas", "bubbles").node()!, toTablePicture(data));
  const overlay = ensureSvg(view, "over", layout.width, layout.height);
  drawCoupledBubbleRings(overlay, data);
  drawBrush(box, overlay, data, callbacks);
  listenToBrush(view, overlay, data, callbacks);
  drawAxis(ensureSvg(box, "scores", layout.width, FOOTER_HEIGHT), data);
  drawThresholdLine(
    ensureSvg(box, "line", layout.width, HEADER_HEIGHT + layout.viewHeight + 3),
    overlay,
    data,
    callbacks,
  );
}

/** Draws the area that contains the rows and scrolls if not all of them fit. */
function drawScrollWindow(box: Box, data: TableData, callbacks: TableCallbacks): Box {
  const { layout, structure } = data;
  const view = ensureElement(box, "div", "window");
  view.on("keydown", (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isBrushKey = handleBrushKey(event, data, callbacks);
    const key = isBrushKey || event.shiftKey ? null : commandForKey(event.key, data);
    if (!isBrushKey && (!key || (key.kind === "clear" && !data.brush))) return;
    event.preventDefault();
    event.stopPropagation();
    if (key) callbacks.onKeyCommand(key);
  });
  return view
    .style("height", `${layout.viewHeight}px`)
    .classed("scrolls", layout.isScrollable)
    .attr("tabindex", 0)
    .attr("role", "group")
    .attr("aria-roledescription", "bubble chart")
    .attr(
      "aria-label",
      `Filters of ${structure.source.layers.length} layers. Up and Down: change the layer. Left and Right: previous or next filter by score. Space: remove or keep it. Shift with Left or Right: brush several filters. L: lock the layer.`,
    );
}

/**
 * Scrolls to the chosen layer whenever another layer is chosen or, when the table is first drawn, to the row that a
 * link specifies. Scroll positions are reported only after the user or a link has scrolled the table.
 */
function scrollWindow(
  view: Box,
  { layout, chosenLayer }: TableData,
  { requestedFirstRow, onScroll }: TableScroll,
): void {
  const node = view.node()!;
  view.on("scroll", () => {
    recordScroll(node);
    if (requestedFirstRow() !== null || hasUserScrolled(node)) node.dataset.scrolled = "";
    if (node.dataset.scrolled !== undefined) onScroll(Math.ceil(getScrollTop(node) / layout.rowHeight));
  });
  if (!layout.isScrollable || node.dataset.chosen === `${chosenLayer}`) return;
  const first = node.dataset.chosen === undefined ? requestedFirstRow() : null;
  node.dataset.chosen = `${chosenLayer}`;
  if (first !== null) scrollAfterDraw(node, first * layout.rowHeight);
  else scrollToRow(node, chosenLayer, layout);
}

/**
 * Scrolls so that the row is visible. This happens only after the rows are drawn, because the area cannot scroll before
 * that.
 */
function scrollToRow(node: HTMLElement, row: number, { rowHeight, viewHeight }: TableData["layout"]): void {
  const y = row * rowHeight;
  const lowest = y + rowHeight - viewHeight;
  const top = getScrollTop(node);
  if (top > y || top < lowest) scrollAfterDraw(node, Math.max(0, top > y ? y : lowest));
}

function toTablePicture(data: TableData): Parameters<typeof paint>[1] {
  const { structure, layout, bubbles, states, palette, chosenLayer, cursorUnit } = data;
  return { structure, layout, bubbles, states, palette, chosenLayer, cursorUnit };
}

/** If the unit under the pointer or cursor has bubbles in several rows, draws a ring around each of them. */
function drawCoupledBubbleRings(overlay: Svg, { bubbles, cursorUnit }: TableData): void {
  const coupledBubbles: number[] = [];
  if (cursorUnit >= 0) bubbles.unit.forEach((u, b) => u === cursorUnit && coupledBubbles.push(b));
  overlay
    .selectAll<SVGCircleElement, number>("circle.coupled")
    .data(coupledBubbles.length > 1 ? coupledBubbles : [])
    .join("circle")
    .attr("class", "coupled")
    .attr("cx", (b) => bubbles.x[b]!)
    .attr("cy", (b) => bubbles.y[b]!)
    .attr("r", (b) => bubbles.radius[b]! + 2.5);
}
