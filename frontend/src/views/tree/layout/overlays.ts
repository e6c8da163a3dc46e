/**
 * Computes the positions and labels of the ghost (the node that the draft would create) and of the diamond that marks
 * the estimate.
 */
import type { Estimate, Node } from "../../../api/values";
import { formatCount, formatShare } from "../../../marks/format";
import type { Ghost } from "../../../state/selectors/ghost";
import { isNumberInView, columnX, type NodeAxis } from "../../axis/nodeAxis";
import { edgePath, type Edge } from "./edges";

/**
 * Side of the ghost (the draft's node) on which its label is: above if the ghost has its own lane; otherwise below, or
 * lower if another label is there.
 */
export type GhostLabelSide = "above" | "below" | "lower";

export const GHOST_LABEL_Y: Record<GhostLabelSide, number> = { above: -15, below: 23, lower: 36 };

export interface GhostPosition {
  readonly x: number;
  readonly y: number;
  readonly number: number;
  readonly label: string;
  readonly side: GhostLabelSide;
  readonly anchor: "start" | "end";
}

export interface EstimatePosition {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly keep: string;
  readonly label: string;
  readonly anchor: "start" | "middle" | "end";
  readonly labelX: number;
  readonly labelY: number;
}

type LaneByNode = ReadonlyMap<number, number>;

/**
 * Returns the lane of the ghost (the draft's node): its parent's lane if no later node is in it, otherwise a new lane
 * below all others.
 */
export function findGhostLane(nodes: readonly Node[], lanes: LaneByNode, parent: Node): number {
  const parentLane = lanes.get(parent.id)!;
  const lanesOfLaterNodes = nodes.filter((node) => node.number > parent.number).map((node) => lanes.get(node.id)!);
  return lanesOfLaterNodes.includes(parentLane)
    ? Math.max(...[...lanes.values()].filter(Number.isFinite)) + 1
    : parentLane;
}

export function createGhostEdge(ghost: Ghost, axis: NodeAxis, parentY: number, y: number): Edge {
  const [from, to] = [
    [columnX(axis, ghost.parent.number), parentY] as const,
    [columnX(axis, ghost.number), y] as const,
  ];
  return { id: "ghost", path: edgePath(from, to), kind: "ghost", isOnLineage: false, from, to };
}

/** Width reserved for the label of the ghost (the draft's node), in pixels. */
const GHOST_LABEL_WIDTH = 165;

export function placeGhost(
  { name, share, number }: Ghost,
  axis: NodeAxis,
  y: number,
  side: GhostLabelSide,
): GhostPosition {
  const x = columnX(axis, number);
  const label = `draft ${name}, −${formatShare(share)}% free filters`;
  return { x, y, number, label, side, anchor: x + GHOST_LABEL_WIDTH < axis.width ? "start" : "end" };
}

/**
 * Distance of the diamond from the last node at or above the target, in pixels. It is used if no node is below the
 * target.
 */
const DIAMOND_OFFSET = 22;

/**
 * Places the diamond of an estimate halfway between the good node (the last one at or above the target) and the bad
 * node (the first one below it): in their lane or, if their lanes differ, directly above or below the good node. Null
 * if the good node is not in view.
 */
export function placeEstimate(
  { id, good_id, bad_id, from_id, keep }: Estimate,
  nodeById: ReadonlyMap<number, Node>,
  axis: NodeAxis,
  toY: (id: number) => number,
): EstimatePosition | null {
  const [from, bad] = [nodeById.get(good_id ?? from_id), nodeById.get(bad_id ?? -1)];
  if (!from || !isNumberInView(axis, from.number)) return null;
  const [x, y] = [columnX(axis, from.number), toY(from.id)];
  const label = `keep ${formatCount(keep)}`;
  const base = { id, keep: formatCount(keep) };
  if (bad && Number.isFinite(toY(bad.id)) && toY(bad.id) !== y) {
    return { ...base, x, y: (y + toY(bad.id)) / 2, label, anchor: "start", labelX: 9, labelY: 4 };
  }
  const middle = bad ? (x + columnX(axis, bad.number)) / 2 : x + DIAMOND_OFFSET;
  return { ...base, x: middle, y, label, anchor: "middle", labelX: 0, labelY: 22 };
}
