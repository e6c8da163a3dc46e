/** Where every node, edge and label of the tree stands. Numbers and words only. */
import type { NodePosition } from "./nodePosition";
import type { Estimate, Node } from "../../../api/values";
import type { Label } from "../../../marks/part";
import type { Ghost } from "../../../state/selectors/ghost";
import { isInView, type NodeAxis, toColumn } from "../../axis/nodeAxis";
import { Board, type Rect } from "../../../marks/board";
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
  /** Of the panel: where there is room, lanes stand further apart. */
  readonly height: number;
  readonly ghost: Ghost | null;
  readonly estimate: Estimate | null;
  /** Nodes whose labels are shown first, where not all fit. */
  readonly lineage: ReadonlySet<number>;
  readonly hovered: number | null;
  /** Who made a node, by id. */
  readonly tags: ReadonlyMap<number, string>;
  /** Nodes to be compared, in their order. */
  readonly marked: readonly number[];
}

export interface TreeLayout {
  readonly positions: readonly NodePosition[];
  readonly edges: readonly Edge[];
  readonly ghost: GhostPosition | null;
  readonly estimate: EstimatePosition | null;
  readonly height: number;
}

const TOP = 46;
/** Below the lowest lane: its words, and the buttons that lie over the corners. */
const BOTTOM = 56;
const GAP = 46;
const GAP_WIDE = 64;
const GAP_DENSE = 30;
const GAP_SMALL = 16;
const DENSE_LANES = 8;
/** Columns narrower than this hold circles without numbers. */
export const NUMBERED_STEP = 18;
const RADIUS = 10;
/** The words "acc." and "size" at the left end. */
const CAPTIONS: readonly Rect[] = [{ left: 12, right: 36, top: 10, bottom: 34 }];

export function layoutTree(input: TreeInput): TreeLayout {
  const { shown, axis, ghost, estimate } = input;
  const lanes = compactLanes(input);
  const visibleGhost = ghost && Number.isFinite(lanes.get(ghost.parent.id) ?? Infinity) ? ghost : null;
  const ghostLane = visibleGhost ? findGhostLane(shown.nodes, lanes, visibleGhost.parent) : 0;
  const lowest = Math.max(ghostLane, ...[...lanes.values()].filter(Number.isFinite));
  const gap = chooseLaneGap(input, lowest);
  const toY = (id: number): number => TOP + lanes.get(id)! * gap;
  const ghostY = TOP + ghostLane * gap;
  const edges = [
    ...layoutEdges({ ...shown, axis, lineage: input.lineage, toY }),
    ...(visibleGhost ? [ghostEdge(visibleGhost, axis, toY(visibleGhost.parent.id), ghostY)] : []),
  ];
  const circles = shown.nodes.filter((node) => isInView(axis, node.number)).map((node) => toCircle(node, toY, input));
  const overlays = {
    ghost: visibleGhost
      ? placeGhost(visibleGhost, axis, ghostY, ghostSide(visibleGhost.parent, ghostY === toY(visibleGhost.parent.id)))
      : null,
    estimate: estimate && placeEstimate(estimate, shown.byId, axis, toY),
  };
  const words = layoutLabels(circles, edges, overlays, axis);
  return {
    positions: circles.map((bare) => ({
      ...bare,
      level: countLevel(bare.node, shown.byId),
      labels: words.labels(bare),
      isOpen: shown.parents.has(bare.node.id) ? bare.hidden === 0 : null,
    })),
    edges,
    ghost: words.ghost,
    estimate: words.estimate,
    height: TOP + lowest * gap + BOTTOM,
  };
}

type Overlays = Pick<TreeLayout, "ghost" | "estimate">;

/** Labels of nodes, draft and estimate, none on another. */
function layoutLabels(
  bares: readonly Circle[],
  edges: readonly Edge[],
  overlays: Overlays,
  axis: NodeAxis,
): Overlays & { labels(bare: Circle): readonly Label[] } {
  if (axis.step < NUMBERED_STEP) return { ...overlays, labels: labelSmallCircle };
  const board = new Board(edges.flatMap(edgeRects), axis.width);
  board.take(...bares.map(circleRect), ...CAPTIONS);
  if (overlays.ghost) board.take(circleRect({ ...overlays.ghost, radius: RADIUS }));
  if (overlays.estimate) board.take(estimateRect(overlays.estimate));
  let ghost = overlays.ghost;
  const labels = placeLabels(bares, board, axis.step, () => {
    ghost = placeGhostLabel(ghost, board);
  });
  return { ghost, estimate: placeEstimateLabel(overlays.estimate, board), labels: (bare) => labels.get(bare) ?? [] };
}

function chooseLaneGap({ axis, height }: TreeInput, lowest: number): number {
  if (axis.step < NUMBERED_STEP) return GAP_SMALL;
  const room = (height - TOP - BOTTOM) / Math.max(1, lowest);
  if (room >= GAP) return Math.min(GAP_WIDE, room);
  return lowest > DENSE_LANES ? GAP_DENSE : GAP;
}

/** Below a shared lane, clear of the word below the parent. */
const ghostSide = (parent: Node, isShared: boolean): GhostSide =>
  !isShared ? "above" : describeOutcome(parent) ? "lower" : "below";

/** Lanes without a node, the draft or an end of an edge in view take no room: with 500 nodes there are many. */
function compactLanes({ shown: { nodes, byId, lanes }, axis, ghost }: TreeInput): ReadonlyMap<number, number> {
  const isSeen = (node: Node | undefined): boolean => node !== undefined && isInView(axis, node.number);
  const used = new Set<number>();
  if (ghost && isInView(axis, ghost.number) && lanes.has(ghost.parent.id)) used.add(lanes.get(ghost.parent.id)!);
  for (const node of nodes) {
    const parent = node.parent_id === null ? undefined : byId.get(node.parent_id);
    if (!isSeen(node) && !isSeen(parent)) continue;
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

/** Small circles carry no words, only what a person has done with them. */
const labelSmallCircle = ({ radius, hidden, ordinal: mark }: Circle): readonly Label[] => [
  ...(hidden > 0 ? [{ key: "hidden", x: radius + 3, y: 4, text: `+${hidden}`, look: "b" as const }] : []),
  ...(mark ? [{ key: "mark", x: radius - 2, y: 3 - radius, text: mark, look: "b" as const }] : []),
];

function countLevel(node: Node, byId: ReadonlyMap<number, Node>): number {
  let level = 1;
  for (let at = node; at.parent_id !== null; level++) {
    const parent = byId.get(at.parent_id);
    if (!parent) break;
    at = parent;
  }
  return level;
}
