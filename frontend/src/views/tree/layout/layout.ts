/** Positions of all nodes, edges and labels of the tree. Draws nothing. */
import type { NodePosition } from "./nodePosition";
import type { Estimate, Node } from "../../../api/values";
import type { Label } from "../../../marks/elements";
import type { Ghost } from "../../../state/selectors/ghost";
import { isInView, type NodeAxis, toColumn } from "../../axis/nodeAxis";
import { LabelLayout, type Rect } from "../../../marks/labelLayout";
import { placeEstimateLabel, placeGhostLabel, estimateRect } from "./overlayLabels";
import {
  type EstimatePosition,
  findGhostLane,
  ghostEdge,
  type GhostPosition,
  type GhostSide,
  placeEstimate,
  placeGhost,
} from "./overlays";
import { type Edge, layoutEdges, edgeRects } from "./edges";
import { type Circle, ordinalOf, placeLabels } from "./labels";
import type { VisibleNodes } from "../../nodes/visibleNodes";
import { describeOutcome } from "../../nodes/descriptions";

export interface TreeInput {
  readonly shown: VisibleNodes;
  readonly axis: NodeAxis;
  /** Height of the panel, pixels; lanes spread out if there is room. */
  readonly height: number;
  readonly ghost: Ghost | null;
  readonly estimate: Estimate | null;
  /** Ids of the nodes whose labels have priority if not all labels fit. */
  readonly lineage: ReadonlySet<number>;
  readonly hovered: number | null;
  /** How each node was made, by id, if not by a person's plan. */
  readonly tags: ReadonlyMap<number, string>;
  /** Ids of the nodes marked for comparison, in the order in which they were marked. */
  readonly marked: readonly number[];
}

export interface TreeLayout {
  readonly positions: readonly NodePosition[];
  readonly edges: readonly Edge[];
  readonly ghost: GhostPosition | null;
  readonly estimate: EstimatePosition | null;
  readonly height: number;
}

const TOP_MARGIN = 46;
/** Room below the lowest lane for its labels and the buttons in the corners, pixels. */
const BOTTOM_MARGIN = 56;
const LANE_GAP = 46;
const LANE_GAP_WIDE = 64;
const LANE_GAP_DENSE = 30;
const LANE_GAP_SMALL = 16;
const DENSE_LANE_COUNT = 8;
/** Column width below which circles have no numbers, pixels. */
export const MIN_NUMBERED_STEP = 18;
const RADIUS = 10;
/** Rectangle of the captions "acc." and "size" at the left end. */
const CAPTION_RECTS: readonly Rect[] = [{ left: 12, right: 36, top: 10, bottom: 34 }];

export function layoutTree(input: TreeInput): TreeLayout {
  const { shown, axis, estimate } = input;
  const lanes = compactLanes(input);
  const ghost = Number.isFinite(lanes.get(input.ghost?.parent.id ?? -1)) ? input.ghost : null;
  const ghostLane = ghost ? findGhostLane(shown.nodes, lanes, ghost.parent) : 0;
  const lowest = Math.max(ghostLane, ...[...lanes.values()].filter(Number.isFinite));
  const gap = chooseLaneGap(input, lowest);
  const toY = (id: number): number => TOP_MARGIN + lanes.get(id)! * gap;
  const ghostY = TOP_MARGIN + ghostLane * gap;
  const edges = [
    ...layoutEdges({ ...shown, axis, lineage: input.lineage, toY }),
    ...(ghost ? [ghostEdge(ghost, axis, toY(ghost.parent.id), ghostY)] : []),
  ];
  const circles = shown.nodes.filter((node) => isInView(axis, node.number)).map((node) => toCircle(node, toY, input));
  const overlays = {
    ghost: ghost ? placeGhost(ghost, axis, ghostY, ghostSide(ghost.parent, ghostY === toY(ghost.parent.id))) : null,
    estimate: estimate && placeEstimate(estimate, shown.byId, axis, toY),
  };
  const placed = layoutLabels(circles, edges, overlays, axis);
  return {
    positions: circles.map((circle) => ({
      ...circle,
      level: countLevel(circle.node, shown.byId),
      labels: placed.labels(circle),
      isOpen: shown.parents.has(circle.node.id) ? circle.hidden === 0 : null,
    })),
    edges,
    ghost: placed.ghost,
    estimate: placed.estimate,
    height: TOP_MARGIN + lowest * gap + BOTTOM_MARGIN,
  };
}

type Overlays = Pick<TreeLayout, "ghost" | "estimate">;

/** Places the labels of nodes, draft and estimate without overlaps. */
function layoutLabels(
  circles: readonly Circle[],
  edges: readonly Edge[],
  overlays: Overlays,
  axis: NodeAxis,
): Overlays & { labels(circle: Circle): readonly Label[] } {
  if (axis.step < MIN_NUMBERED_STEP) return { ...overlays, labels: labelSmallCircle };
  const board = new LabelLayout(edges.flatMap(edgeRects), axis.width);
  board.occupy(...circles.map(circleRect), ...CAPTION_RECTS);
  if (overlays.ghost) board.occupy(circleRect({ ...overlays.ghost, radius: RADIUS }));
  if (overlays.estimate) board.occupy(estimateRect(overlays.estimate));
  let ghost = overlays.ghost;
  const labels = placeLabels(circles, board, axis.step, () => {
    ghost = placeGhostLabel(ghost, board);
  });
  return {
    ghost,
    estimate: placeEstimateLabel(overlays.estimate, board),
    labels: (circle) => labels.get(circle) ?? [],
  };
}

function chooseLaneGap({ axis, height }: TreeInput, lowest: number): number {
  if (axis.step < MIN_NUMBERED_STEP) return LANE_GAP_SMALL;
  const room = (height - TOP_MARGIN - BOTTOM_MARGIN) / Math.max(1, lowest);
  if (room >= LANE_GAP) return Math.min(LANE_GAP_WIDE, room);
  return lowest > DENSE_LANE_COUNT ? LANE_GAP_DENSE : LANE_GAP;
}

/** Side of the ghost's label: below on a shared lane, and lower still if the parent has a label there. */
const ghostSide = (parent: Node, isShared: boolean): GhostSide =>
  !isShared ? "above" : describeOutcome(parent) ? "lower" : "below";

/** Removes lanes in which no node, no edge and not the draft is in view: with 500 nodes there are many such lanes. */
function compactLanes({ shown: { nodes, byId, lanes }, axis, ghost }: TreeInput): ReadonlyMap<number, number> {
  const isVisible = (node: Node | undefined): boolean => node !== undefined && isInView(axis, node.number);
  const used = new Set<number>();
  if (ghost && isInView(axis, ghost.number) && lanes.has(ghost.parent.id)) used.add(lanes.get(ghost.parent.id)!);
  for (const node of nodes) {
    const parent = node.parent_id === null ? undefined : byId.get(node.parent_id);
    if (!isVisible(node) && !isVisible(parent)) continue;
    used.add(lanes.get(node.id)!);
    if (parent) used.add(lanes.get(parent.id)!);
  }
  const rowOf = new Map([...used].sort((a, b) => a - b).map((lane, row) => [lane, row]));
  return new Map([...lanes].map(([id, lane]) => [id, rowOf.get(lane) ?? Infinity]));
}

function toCircle(node: Node, toY: (id: number) => number, input: TreeInput): Circle {
  const { shown, axis, tags, marked, lineage, hovered } = input;
  const parent = shown.byId.get(node.parent_id ?? -1);
  const isLevel = parent !== undefined && toY(parent.id) === toY(node.id);
  const radius = Math.max(2.5, Math.min(RADIUS, 0.42 * axis.step));
  return {
    node,
    parent,
    x: toColumn(axis, node.number),
    y: toY(node.id),
    radius,
    tag: tags.get(node.id) ?? "",
    levelLength: parent ? (node.number - parent.number) * axis.step - (isLevel ? 2 : 1) * radius : 0,
    hidden: shown.hidden.get(node.id) ?? 0,
    ordinal: ordinalOf(marked.indexOf(node.id)),
    hasPriority: lineage.has(node.id) || node.id === hovered,
  };
}

const circleRect = ({ x, y, radius }: Pick<Circle, "x" | "y" | "radius">): Rect => ({
  left: x - radius,
  right: x + radius,
  top: y - radius,
  bottom: y + radius,
});

/** Labels small circles with only the most important badges. */
const labelSmallCircle = ({ radius, hidden, ordinal }: Circle): readonly Label[] => [
  ...(hidden > 0 ? [{ key: "hidden", x: radius + 3, y: 4, text: `+${hidden}`, emphasis: "bold" as const }] : []),
  ...(ordinal ? [{ key: "mark", x: radius - 2, y: 3 - radius, text: ordinal, emphasis: "bold" as const }] : []),
];

function countLevel(node: Node, byId: ReadonlyMap<number, Node>): number {
  let level = 1;
  for (let current = node; current.parent_id !== null; level++) {
    const parent = byId.get(current.parent_id);
    if (!parent) break;
    current = parent;
  }
  return level;
}
