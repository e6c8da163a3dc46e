/** The pruning tree: git-graph lanes over the axis of node numbers. */
import { select } from "d3-selection";
import type { Node } from "../../../api/values";
import { type Box, type Group, ensureGroup, ensureElement, ensureSvg } from "../../../marks/part";
import { noteScroll, scrolledTo, scrollSoon } from "../../../marks/scroll";
import { listenToDrag } from "../../axis/drag";
import { drawBand, listenToPan } from "../../axis/band";
import type { NodeAxis } from "../../axis/nodeAxis";
import type { Edge } from "../layout/edges";
import { type Viewport, layoutViewport } from "../layout/viewport";
import type { TreeLayout } from "../layout/layout";
import type { NodePosition } from "../layout/nodePosition";
import { drawLaneButtons, drawPanButtons, drawZoomButtons } from "./buttons";
import { drawCircle } from "./circle";
import { drawEstimateMark } from "./estimateMark";
import { drawGhost } from "./ghost";

export interface TreeData {
  readonly layout: TreeLayout;
  readonly axis: NodeAxis;
  readonly chosen: Node | null;
  /** Kept in sight: what just grew, else the chosen one. */
  readonly followed: Node | null;
  readonly hovered: number | null;
  readonly height: number;
  readonly zoom: number;
  /** Share of the running job of a node, 0-1. */
  readonly progress: ReadonlyMap<number, number>;
  readonly describe: (node: Node) => string;
  /** Of the node that the draft would make. */
  readonly ghostTitle: string;
}

export interface TreeCallbacks {
  onChoose(id: number): void;
  onStep(step: number): void;
  onParent(): void;
  onHover(id: number | null): void;
  onPan(first: number): void;
  /** +1, −1, or 0 for the usual size. */
  onZoom(by: number): void;
  onFold(id: number): void;
  onEstimate(id: number): void;
}

export function drawTree(box: Box, data: TreeData, callbacks: TreeCallbacks): void {
  const { axis, layout } = data;
  const frame = layoutViewport(layout, { width: axis.width, height: data.height });
  const view = ensureElement(box, "div", "window").style("bottom", `${frame.buttonRowHeight}px`);
  drawTreeChart(view, data, callbacks, frame.drawingHeight);
  const lanes = { places: layout.positions, ...frame };
  view.on("scroll", () => {
    noteScroll(view.node()!);
    drawLaneButtons(box, view.node()!, lanes);
  });
  scrollToFollowed(view, data, frame);
  drawLaneButtons(box, view.node()!, lanes);
  listenToPan(view.node()!, axis, callbacks.onPan, callbacks.onZoom);
  listenToDrag(view.node()!, axis, callbacks.onPan);
  drawPanButtons(box, axis, callbacks.onPan);
  drawZoomButtons(box, data.zoom, callbacks.onZoom);
}

/** The drawing alone. */
export function drawTreeChart(view: Box, data: TreeData, callbacks: TreeCallbacks, height: number): void {
  const { axis, layout } = data;
  const svg = ensureSvg(view, "chart", axis.width, height).attr("role", "tree").attr("aria-label", "Pruning tree");
  drawBand(ensureGroup(svg, "bands"), axis, data.chosen?.number ?? null, height);
  drawCaptions(ensureGroup(svg, "captions"));
  drawEdges(ensureGroup(svg, "edges"), layout.edges);
  drawGhost(ensureGroup(svg, "ghosts"), layout.ghost, data.ghostTitle);
  drawNodes(ensureGroup(svg, "nodes"), data, callbacks);
  drawEstimateMark(ensureGroup(svg, "estimates"), layout.estimate, callbacks.onEstimate);
}

/** Its labels above; its words below. */
const [LABELS_ABOVE, LABELS_BELOW] = [38, 38];

/** Scrolls once after another node is chosen or has grown; a person's own scrolling stays. */
function scrollToFollowed(
  box: Box,
  { layout, followed }: TreeData,
  { visibleHeight: window, drawingHeight: drawing }: Viewport,
): void {
  const element = box.node()!;
  const place = layout.positions.find(({ node }) => node.id === followed?.id);
  if (!place || element.dataset.followed === String(place.node.id)) return;
  element.dataset.followed = String(place.node.id);
  const top = scrolledTo(element);
  const isSeen = place.y >= top + LABELS_ABOVE && place.y <= top + window - LABELS_BELOW;
  if (!isSeen) scrollSoon(element, Math.max(0, Math.min(drawing - window, place.y - window / 2)));
}

function drawCaptions(group: Group): void {
  group
    .selectAll<SVGTextElement, string>(":scope > text")
    .data(["acc.", "size"])
    .join("text")
    .attr("x", 12)
    .attr("y", (_, index) => 19 + index * 12)
    .text((text) => text);
}

function drawEdges(group: Group, edges: readonly Edge[]): void {
  group
    .selectAll<SVGPathElement, Edge>(":scope > path")
    .data(edges, (edge) => edge.id)
    .join("path")
    .attr("class", (edge) => `edge ${edge.kind}${edge.onLineage ? " lineage" : ""}`)
    .attr("d", (edge) => edge.path);
}

function drawNodes(group: Group, data: TreeData, callbacks: TreeCallbacks): void {
  const { chosen, layout } = data;
  const focusable = layout.positions.find(({ node }) => node.id === chosen?.id) ?? layout.positions[0];
  const hadFocus = group.node()!.contains(document.activeElement);
  const marks = group
    .selectAll<SVGGElement, NodePosition>(":scope > g")
    .data(layout.positions, ({ node }) => node.id)
    .join("g")
    .attr("class", (place) => classOf(place, data))
    .attr("transform", ({ x, y }) => `translate(${x},${y})`)
    .attr("role", "treeitem")
    .attr("aria-level", ({ level }) => level)
    .attr("aria-expanded", ({ isOpen }) => isOpen)
    .attr("aria-selected", ({ node }) => node.id === chosen?.id)
    .attr("data-testid", ({ node }) => `node-${node.number}`)
    .attr("tabindex", (place) => (place === focusable ? 0 : -1))
    .each(function (place) {
      const { id } = place.node;
      drawTitle(this, data.describe(place.node));
      drawCircle(select(this), { place, progress: data.progress.get(id) ?? null });
    });
  listen(marks, callbacks);
  if (hadFocus)
    marks
      .filter((place) => place === focusable)
      .node()
      ?.focus({ preventScroll: true });
}

/** Its name for screen readers and its tooltip. */
function drawTitle(mark: SVGGElement, text: string): void {
  const title =
    mark.querySelector(":scope > title") ??
    mark.insertBefore(document.createElementNS(mark.namespaceURI, "title"), mark.firstChild);
  if (title.textContent !== text) title.textContent = text;
}

const classOf = ({ node }: NodePosition, { chosen, hovered }: TreeData): string =>
  [
    "node",
    node.state,
    node.id === chosen?.id ? "chosen" : "",
    node.id === hovered ? "hovered" : "",
    node.recovered === false ? "unrecovered" : "",
  ].join(" ");

type Marks = ReturnType<typeof select<SVGGElement, NodePosition>>;

function listen(marks: unknown, callbacks: TreeCallbacks): void {
  const { onChoose, onHover, onFold } = callbacks;
  (marks as Marks)
    .on("click", (_, { node }) => onChoose(node.id))
    .on("dblclick", (_, { node }) => onFold(node.id))
    .on("pointerenter focus", (_, { node }) => onHover(node.id))
    .on("pointerleave blur", () => onHover(null))
    .on("keydown", (event: KeyboardEvent, { node }) => {
      const steps: Record<string, () => void> = {
        ArrowLeft: () => callbacks.onStep(-1),
        ArrowRight: () => callbacks.onStep(1),
        ArrowUp: () => callbacks.onParent(),
        ArrowDown: () => callbacks.onStep(1),
        Enter: () => onChoose(node.id),
        " ": () => onChoose(node.id),
      };
      const step = steps[event.key];
      if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      step();
    });
}
