/** Draws the pruning tree in lanes, like a git graph; the x axis shows the numbers of the nodes. */
import { select } from "d3-selection";
import type { Node } from "../../../api/values";
import { type Box, type Group, ensureGroup, ensureElement, ensureSvg } from "../../../marks/elements";
import { recordScroll, getScrollTop, scrollAfterDraw } from "../../../marks/scroll";
import { listenToDrag } from "../../axis/drag";
import { drawChosenNodeBand, listenToWheel } from "../../axis/band";
import type { NodeAxis } from "../../axis/nodeAxis";
import type { Edge } from "../layout/edges";
import { type Viewport, layoutViewport } from "../layout/viewport";
import type { TreeLayout } from "../layout/layout";
import type { NodePosition } from "../layout/nodePosition";
import { drawLaneScrollButtons, drawPanButtons, drawZoomButtons } from "./buttons";
import { drawCircle } from "./circle";
import { drawEstimateMark } from "./estimateMark";
import { drawGhost } from "./ghost";

export interface TreeData {
  readonly layout: TreeLayout;
  readonly axis: NodeAxis;
  readonly chosen: Node | null;
  /** The node to scroll to: one that was just created or, if there is none, the chosen node. */
  readonly followedNode: Node | null;
  readonly hovered: number | null;
  readonly height: number;
  readonly zoom: number;
  /** Progress of the job that runs for a node, 0–1, by node id. */
  readonly progress: ReadonlyMap<number, number>;
  readonly describe: (node: Node) => string;
  /** Tooltip of the node that the draft would create. */
  readonly ghostTitle: string;
}

export interface TreeCallbacks {
  onChoose(id: number): void;
  onChooseAdjacentNode(step: number): void;
  onChooseParent(): void;
  onHover(id: number | null): void;
  onPan(first: number): void;
  /** Zooms in (+1) or out (−1), or resets the zoom (0). */
  onZoom(by: number): void;
  onToggleFold(id: number): void;
  onOpenEstimate(id: number): void;
}

export function drawTree(box: Box, data: TreeData, callbacks: TreeCallbacks): void {
  const { axis, layout } = data;
  const viewport = layoutViewport(layout, { width: axis.width, height: data.height });
  const view = ensureElement(box, "div", "window").style("bottom", `${viewport.buttonRowHeight}px`);
  drawTreeChart(view, data, callbacks, viewport.drawingHeight);
  const lanes = { positions: layout.positions, ...viewport };
  view.on("scroll", () => {
    recordScroll(view.node()!);
    drawLaneScrollButtons(box, view.node()!, lanes);
  });
  scrollToFollowedNode(view, data, viewport);
  drawLaneScrollButtons(box, view.node()!, lanes);
  listenToWheel(view.node()!, axis, callbacks.onPan, callbacks.onZoom);
  listenToDrag(view.node()!, axis, callbacks.onPan);
  drawPanButtons(box, axis, callbacks.onPan);
  drawZoomButtons(box, data.zoom, callbacks.onZoom);
}

/** Draws only the SVG of the tree, without buttons and without scrolling. */
export function drawTreeChart(view: Box, data: TreeData, callbacks: TreeCallbacks, height: number): void {
  const { axis, layout } = data;
  const svg = ensureSvg(view, "chart", axis.width, height).attr("role", "tree").attr("aria-label", "Pruning tree");
  drawChosenNodeBand(ensureGroup(svg, "bands"), axis, data.chosen?.number ?? null, height);
  drawCaptions(ensureGroup(svg, "captions"));
  drawEdges(ensureGroup(svg, "edges"), layout.edges);
  drawGhost(ensureGroup(svg, "ghosts"), layout.ghost, data.ghostTitle);
  drawNodes(ensureGroup(svg, "nodes"), data, callbacks);
  drawEstimateMark(ensureGroup(svg, "estimates"), layout.estimate, callbacks.onOpenEstimate);
}

/** Height of a node's labels above and below the centre of its circle, in pixels. */
const [LABEL_HEIGHT_ABOVE, LABEL_HEIGHT_BELOW] = [38, 38];

/**
 * Scrolls to the followed node (a new one or the chosen one), but only when it changes, so that the user can scroll
 * away.
 */
function scrollToFollowedNode(
  box: Box,
  { layout, followedNode }: TreeData,
  { visibleHeight, drawingHeight }: Viewport,
): void {
  const element = box.node()!;
  const position = layout.positions.find(({ node }) => node.id === followedNode?.id);
  if (!position || element.dataset.followed === String(position.node.id)) return;
  element.dataset.followed = String(position.node.id);
  const top = getScrollTop(element);
  const isVisible = position.y >= top + LABEL_HEIGHT_ABOVE && position.y <= top + visibleHeight - LABEL_HEIGHT_BELOW;
  if (!isVisible)
    scrollAfterDraw(element, Math.max(0, Math.min(drawingHeight - visibleHeight, position.y - visibleHeight / 2)));
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
    .attr("class", (edge) => `edge ${edge.kind}${edge.isOnLineage ? " lineage" : ""}`)
    .attr("d", (edge) => edge.path);
}

function drawNodes(group: Group, data: TreeData, callbacks: TreeCallbacks): void {
  const { chosen, layout } = data;
  const focusablePosition = layout.positions.find(({ node }) => node.id === chosen?.id) ?? layout.positions[0];
  const hadFocus = group.node()!.contains(document.activeElement);
  const marks = group
    .selectAll<SVGGElement, NodePosition>(":scope > g")
    .data(layout.positions, ({ node }) => node.id)
    .join("g")
    .attr("class", (position) => nodeCssClass(position, data))
    .attr("transform", ({ x, y }) => `translate(${x},${y})`)
    .attr("role", "treeitem")
    .attr("aria-level", ({ level }) => level)
    .attr("aria-expanded", ({ isUnfolded }) => isUnfolded)
    .attr("aria-selected", ({ node }) => node.id === chosen?.id)
    .attr("data-testid", ({ node }) => `node-${node.number}`)
    .attr("tabindex", (position) => (position === focusablePosition ? 0 : -1))
    .each(function (position) {
      const { id } = position.node;
      drawTitle(this, data.describe(position.node));
      drawCircle(select(this), { position, progress: data.progress.get(id) ?? null });
    });
  addNodeListeners(marks, callbacks);
  if (hadFocus)
    marks
      .filter((position) => position === focusablePosition)
      .node()
      ?.focus({ preventScroll: true });
}

/** Draws the tooltip of the node, which is also the node's name for screen readers. */
function drawTitle(mark: SVGGElement, text: string): void {
  const title =
    mark.querySelector(":scope > title") ??
    mark.insertBefore(document.createElementNS(mark.namespaceURI, "title"), mark.firstChild);
  if (title.textContent !== text) title.textContent = text;
}

const nodeCssClass = ({ node }: NodePosition, { chosen, hovered }: TreeData): string =>
  [
    "node",
    node.state,
    node.id === chosen?.id ? "chosen" : "",
    node.id === hovered ? "hovered" : "",
    node.recovered === false ? "unrecovered" : "",
  ].join(" ");

type NodeMarks = ReturnType<typeof select<SVGGElement, NodePosition>>;

function addNodeListeners(marks: unknown, callbacks: TreeCallbacks): void {
  const { onChoose, onHover, onToggleFold } = callbacks;
  (marks as NodeMarks)
    .on("click", (_, { node }) => onChoose(node.id))
    .on("dblclick", (_, { node }) => onToggleFold(node.id))
    .on("pointerenter focus", (_, { node }) => onHover(node.id))
    .on("pointerleave blur", () => onHover(null))
    .on("keydown", (event: KeyboardEvent, { node }) => {
      const steps: Record<string, () => void> = {
        ArrowLeft: () => callbacks.onChooseAdjacentNode(-1),
        ArrowRight: () => callbacks.onChooseAdjacentNode(1),
        ArrowUp: () => callbacks.onChooseParent(),
        ArrowDown: () => callbacks.onChooseAdjacentNode(1),
        Enter: () => onChoose(node.id),
        " ": () => onChoose(node.id),
      };
      const step = steps[event.key];
      if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      step();
    });
}
