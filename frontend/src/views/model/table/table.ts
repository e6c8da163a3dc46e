/** The layer table: a row per layer with its bubbles, what is removed, its filters by number, and its lock. */
import { drawAxis, drawHead } from "./axis";
import { brushByKey, drawBrush, listenToBrush } from "./brush";
import { readKey } from "./keys";
import { drawLine } from "./line";
import { paint } from "./paint";
import { type Box, ensureElement, type Svg, ensureSvg } from "../../../marks/elements";
import { isScrolledAway, recordScroll, scrollTopOf, scrollAfterDraw } from "../../../marks/scroll";
import { drawRows } from "./rowMarks";
import { FOOT, HEAD } from "./rows";
import type { TableCallbacks, TableData, TableScroll } from "./tableData";

export function drawTable(box: Box, data: TableData, callbacks: TableCallbacks, scroll: TableScroll): void {
  const { layout } = data;
  drawHead(ensureSvg(box, "columns", layout.width, HEAD), data);
  const view = drawWindow(box, data, callbacks);
  scrollWindow(view, data, scroll);
  const ground = ensureSvg(view, "ground", layout.width, layout.height);
  drawRows(ground, data, callbacks);
  paint(ensureElement(view, "canvas", "bubbles").node()!, pictureOf(data));
  const over = ensureSvg(view, "over", layout.width, layout.height);
  drawRing(over, data);
  drawBrush(box, over, data, callbacks);
  listenToBrush(view, over, data, callbacks);
  drawAxis(ensureSvg(box, "scores", layout.width, FOOT), data);
  drawLine(ensureSvg(box, "line", layout.width, HEAD + layout.viewHeight + 3), over, data, callbacks);
}

/** Window of the table; the rows scroll in it if they do not all fit. */
function drawWindow(box: Box, data: TableData, callbacks: TableCallbacks): Box {
  const { layout, structure } = data;
  const view = ensureElement(box, "div", "window");
  view.on("keydown", (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isBrush = brushByKey(event, data, callbacks);
    const key = isBrush || event.shiftKey ? null : readKey(event.key, data);
    if (!isBrush && (!key || (key.kind === "clear" && !data.brush))) return;
    event.preventDefault();
    event.stopPropagation();
    if (key) callbacks.onKey(key);
  });
  return view
    .style("height", `${layout.viewHeight}px`)
    .classed("scrolls", layout.scrolls)
    .attr("tabindex", 0)
    .attr("role", "group")
    .attr("aria-roledescription", "bubble chart")
    .attr(
      "aria-label",
      `Filters of ${structure.source.layers.length} layers. Up and Down: change the layer. Left and Right: next filter by score. Space: remove or keep it. Shift with Left and Right: brush several. L: lock the layer.`,
    );
}

/** Reports scrolling by a person, and from then on also scrolling caused by the choice of a layer. */
function scrollWindow(view: Box, { layout, chosenLayer }: TableData, { start, onScroll }: TableScroll): void {
  const node = view.node()!;
  view.on("scroll", () => {
    recordScroll(node);
    if (start() !== null || isScrolledAway(node)) node.dataset.scrolled = "";
    if (node.dataset.scrolled !== undefined) onScroll(Math.ceil(scrollTopOf(node) / layout.rowHeight));
  });
  if (!layout.scrolls || node.dataset.chosen === `${chosenLayer}`) return;
  const first = node.dataset.chosen === undefined ? start() : null;
  node.dataset.chosen = `${chosenLayer}`;
  if (first !== null) scrollAfterDraw(node, first * layout.rowHeight);
  else showRow(node, chosenLayer, layout);
}

/** Scrolls to the row. Deferred until the rows are drawn: a window without rows cannot scroll. */
function showRow(node: HTMLElement, row: number, { rowHeight, viewHeight }: TableData["layout"]): void {
  const y = row * rowHeight;
  const lowest = y + rowHeight - viewHeight;
  const top = scrollTopOf(node);
  if (top > y || top < lowest) scrollAfterDraw(node, Math.max(0, top > y ? y : lowest));
}

function pictureOf(data: TableData): Parameters<typeof paint>[1] {
  const { structure, layout, bubbles, states, palette, chosenLayer, chosenUnit } = data;
  return { structure, layout, bubbles, states, palette, chosenLayer, chosenUnit };
}

/** Draws rings on all bubbles of a hovered unit that spans several rows. */
function drawRing(over: Svg, { bubbles, chosenUnit }: TableData): void {
  const same: number[] = [];
  if (chosenUnit >= 0) bubbles.unit.forEach((u, b) => u === chosenUnit && same.push(b));
  over
    .selectAll<SVGCircleElement, number>("circle.coupled")
    .data(same.length > 1 ? same : [])
    .join("circle")
    .attr("class", "coupled")
    .attr("cx", (b) => bubbles.x[b]!)
    .attr("cy", (b) => bubbles.y[b]!)
    .attr("r", (b) => bubbles.radius[b]! + 2.5);
}
