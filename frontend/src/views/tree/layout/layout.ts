/** Computes the positions of all nodes, edges and labels of the tree. */
import type { NodePosition } from "./nodePosition";
import type { Estimate, Node } from "../../../api/values";
import type { Label } from "../../../marks/elements";
import type { Ghost } from "../../../state/selectors/ghost";
import { isNumberInView, type NodeAxis, columnX } from "../../axis/nodeAxis";
import { LabelLayout, type Rect } from "../../../marks/labelLayout";
import { placeEstimateLabel, placeGhostLabel, estimateRect } from "./overlayLabels";
import {
  type EstimatePosition,
  findGhostLane,
  createGhostEdge,
  type GhostPosition,
  type GhostLabelSide,
  placeEstimate,
  placeGhost,
} from "./overlays";
import { type Edge, layoutEdges, edgeRects } from "./edges";
import { type Circle, formatOrdinal, placeLabels } from "./labels";
import type { VisibleNodes } from "../../nodes/visibleNodes";
import { describeOutcome } from "../../nodes/descriptions";

export interface TreeInput {
  readonly visibleNodes: VisibleNodes;
  readonly axis: NodeAxis;
  /** Height of the panel, in pixels. If there is room, the lanes are further apart. */
  readonly height: number;
  readonly ghost: Ghost | null;
  readonly estimate: Estimate | null;
  /**
   * Ids of the chosen node and its ancestors. Their labels have priority if there is not enough room for all labels.
   */
  readonly lineage: ReadonlySet<number>;
  readonly hovered: number | null;
  /** Tags that say how nodes were made, by node id; nodes made by the user's plans have no tag. */
  readonly tags: ReadonlyMap<number, string>;
  /** Ids of the nodes marked for comparison, in the order in which they were marked. */
  readonly markedIds: readonly number[];
}

export interface TreeLayout {
  readonly positions: readonly NodePosition[];
  readonly edges: readonly Edge[];
  readonly ghost: GhostPosition | null;
  readonly estimate: EstimatePosition | null;
  readonly height: number;
}

const TOP_MARGIN = 46;
/** Space below the lowest lane, in pixels, for the labels of its nodes and for the buttons in the corners. */
const BOTTOM_MARGIN = 56;
const LANE_GAP = 46;
const WIDE_LANE_GAP = 64;
const DENSE_LANE_GAP = 30;
const MIN_LANE_GAP = 16;
const MIN_LANES_FOR_DENSE_LAYOUT = 8;
/** Minimum width of a column, in pixels, at which node numbers are drawn inside their circles. */
export const MIN_COLUMN_WIDTH_FOR_NUMBERS = 18;
const RADIUS = 10;
/** Rectangle at the left end that is reserved for the captions "acc." and "size". */
const CAPTION_RECTS: readonly Rect[] = [{ left: 12, right: 36, top: 10, bottom: 34 }];

export function layoutTree(input: TreeInput): TreeLayout {
  const { visibleNodes: shown, axis, estimate } = input;
  const lanes = compactLanes(input);
  const ghost = Number.isFinite(lanes.get(input.ghost?.parent.id ?? -1)) ? input.ghost : null;
  const ghostLane = ghost ? findGhostLane(shown.nodes, lanes, ghost.parent) : 0;
  const bottomLane = Math.max(ghostLane, ...[...lanes.values()].filter(Number.isFinite));
  const gap = chooseLaneGap(input, bottomLane);
  const toY = (id: number): number => TOP_MARGIN + lanes.get(id)! * gap;
  const ghostY = TOP_MARGIN + ghostLane * gap;
  const edges = [
    ...layoutEdges({ ...shown, axis, lineage: input.lineage, toY }),
    ...(ghost ? [createGhostEdge(ghost, axis, toY(ghost.parent.id), ghostY)] : []),
  ];
  const circles = shown.nodes
    .filter((node) => isNumberInView(axis, node.number))
    .map((node) => nodeToCircle(node, toY, input));
  const overlays = {
    ghost: ghost
      ? placeGhost(ghost, axis, ghostY, chooseGhostLabelSide(ghost.parent, ghostY === toY(ghost.parent.id)))
      : null,
    estimate: estimate && placeEstimate(estimate, shown.nodeById, axis, toY),
  };
  const placedLabels = layoutLabels(circles, edges, overlays, axis);
  return {
    positions: circles.map((circle) => ({
      ...circle,
      level: treeLevel(circle.node, shown.nodeById),
      labels: placedLabels.labels(circle),
      isUnfolded: shown.parentIds.has(circle.node.id) ? circle.hiddenCount === 0 : null,
    })),
    edges,
    ghost: placedLabels.ghost,
    estimate: placedLabels.estimate,
    height: TOP_MARGIN + bottomLane * gap + BOTTOM_MARGIN,
  };
}

type Overlays = Pick<TreeLayout, "ghost" | "estimate">;

/** Places the labels of the nodes, the draft and the estimate so that they do not overlap. */
function layoutLabels(
  circles: readonly Circle[],
  edges: readonly Edge[],
  overlays: Overlays,
  axis: NodeAxis,
): Overlays & { labels(circle: Circle): readonly Label[] } {
  if (axis.step < MIN_COLUMN_WIDTH_FOR_NUMBERS) return { ...overlays, labels: labelSmallCircle };
  const labelLayout = new LabelLayout(edges.flatMap(edgeRects), axis.width);
  labelLayout.occupyRects(...circles.map(circleRect), ...CAPTION_RECTS);
  if (overlays.ghost) labelLayout.occupyRects(circleRect({ ...overlays.ghost, radius: RADIUS }));
  if (overlays.estimate) labelLayout.occupyRects(estimateRect(overlays.estimate));
  let ghost = overlays.ghost;
  const labels = placeLabels(circles, labelLayout, axis.step, () => {
    ghost = placeGhostLabel(ghost, labelLayout);
  });
  return {
    ghost,
    estimate: placeEstimateLabel(overlays.estimate, labelLayout),
    labels: (circle) => labels.get(circle) ?? [],
  };
}

function chooseLaneGap({ axis, height }: TreeInput, lowest: number): number {
  if (axis.step < MIN_COLUMN_WIDTH_FOR_NUMBERS) return MIN_LANE_GAP;
  const room = (height - TOP_MARGIN - BOTTOM_MARGIN) / Math.max(1, lowest);
  if (room >= LANE_GAP) return Math.min(WIDE_LANE_GAP, room);
  return lowest > MIN_LANES_FOR_DENSE_LAYOUT ? DENSE_LANE_GAP : LANE_GAP;
}

/**
 * Returns the side on which the label of the ghost (the draft's node) is: above if the ghost has its own lane;
 * otherwise below, or lower if the parent has a label there.
 */
const chooseGhostLabelSide = (parent: Node, sharesParentLane: boolean): GhostLabelSide =>
  !sharesParentLane ? "above" : describeOutcome(parent) ? "lower" : "below";

/**
 * Renumbers the lanes without those that are empty in the visible section of the axis. With 500 nodes, many lanes are
 * empty.
 */
function compactLanes({
  visibleNodes: { nodes, nodeById, lanes },
  axis,
  ghost,
}: TreeInput): ReadonlyMap<number, number> {
  const isVisible = (node: Node | undefined): boolean => node !== undefined && isNumberInView(axis, node.number);
  const usedLanes = new Set<number>();
  if (ghost && isNumberInView(axis, ghost.number) && lanes.has(ghost.parent.id))
    usedLanes.add(lanes.get(ghost.parent.id)!);
  for (const node of nodes) {
    const parent = node.parent_id === null ? undefined : nodeById.get(node.parent_id);
    if (!isVisible(node) && !isVisible(parent)) continue;
    usedLanes.add(lanes.get(node.id)!);
    if (parent) usedLanes.add(lanes.get(parent.id)!);
  }
  const rowByLane = new Map([...usedLanes].sort((a, b) => a - b).map((lane, row) => [lane, row]));
  return new Map([...lanes].map(([id, lane]) => [id, rowByLane.get(lane) ?? Infinity]));
}

function nodeToCircle(node: Node, toY: (id: number) => number, input: TreeInput): Circle {
  const { visibleNodes: shown, axis, tags, markedIds, lineage, hovered } = input;
  const parent = shown.nodeById.get(node.parent_id ?? -1);
  const sharesParentLane = parent !== undefined && toY(parent.id) === toY(node.id);
  const radius = Math.max(2.5, Math.min(RADIUS, 0.42 * axis.step));
  return {
    node,
    parent,
    x: columnX(axis, node.number),
    y: toY(node.id),
    radius,
    tag: tags.get(node.id) ?? "",
    edgeLength: parent ? (node.number - parent.number) * axis.step - (sharesParentLane ? 2 : 1) * radius : 0,
    hiddenCount: shown.hiddenCountByNode.get(node.id) ?? 0,
    ordinal: formatOrdinal(markedIds.indexOf(node.id)),
    hasLabelPriority: lineage.has(node.id) || node.id === hovered,
  };
}

const circleRect = ({ x, y, radius }: Pick<Circle, "x" | "y" | "radius">): Rect => ({
  left: x - radius,
  right: x + radius,
  top: y - radius,
  bottom: y + radius,
});

/**
 * Returns the labels of a circle that is drawn small. These are only the badges for hidden descendants and for marked
 * nodes.
 */
const labelSmallCircle = ({ radius, hiddenCount, ordinal }: Circle): readonly Label[] => [
  ...(hiddenCount > 0
    ? [{ key: "hidden", x: radius + 3, y: 4, text: `+${hiddenCount}`, emphasis: "bold" as const }]
    : []),
  ...(ordinal ? [{ key: "mark", x: radius - 2, y: 3 - radius, text: ordinal, emphasis: "bold" as const }] : []),
];

function treeLevel(node: Node, nodeById: ReadonlyMap<number, Node>): number {
  let level = 1;
  for (let current = node; current.parent_id !== null; level++) {
    const parent = nodeById.get(current.parent_id);
    if (!parent) break;
    current = parent;
  }
  return level;
}
