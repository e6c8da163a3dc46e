/** Where every node, edge and label of the tree stands. Numbers and words only. */
import type { Place } from "./place";
import type { Estimate, Node } from "../../api/values";
import { formatShare, formatTimes } from "../../marks/format";
import type { Ghost } from "../../state/ghost";
import { isInView, toColumn, type NodeAxis } from "../axis/nodeAxis";
import { clearEstimate, dropCoveredTags } from "./collisions";
import { findGhostLane, ghostEdge, placeEstimate, placeGhost, type EstimatePlace, type GhostPlace, type GhostSide } from "./drafted";
import { layoutEdges, type Edge } from "./edges";
import { describeEnd } from "./ends";
import type { Shown } from "./shown";

export interface TreeInput {
  readonly shown: Shown;
  readonly axis: NodeAxis;
  /** Of the panel: where there is room, lanes stand further apart. */
  readonly height: number;
  readonly ghost: Ghost | null;
  readonly estimate: Estimate | null;
  /** Nodes whose labels are shown where not all fit. */
  readonly lineage: ReadonlySet<number>;
  readonly hovered: number | null;
  /** Who made a node, by id. */
  readonly tags: ReadonlyMap<number, string>;
}

export interface TreeLayout {
  readonly places: readonly Place[];
  readonly edges: readonly Edge[];
  readonly ghost: GhostPlace | null;
  readonly estimate: EstimatePlace | null;
  readonly height: number;
}

const TOP = 46;
const BOTTOM = 22;
const GAP = 46;
const GAP_WIDE = 64;
const GAP_DENSE = 30;
const GAP_SMALL = 16;
const DENSE_LANES = 8;
/** More nodes than this, and only lineage and hover keep labels. */
const LABELLED = 14;
/** Columns narrower than this hold circles without numbers. */
export const NUMBERED_STEP = 18;
const RADIUS = 10;

export function layoutTree(input: TreeInput): TreeLayout {
  const { shown, axis, ghost, estimate } = input;
  const lanes = closeGaps(input);
  const lowest = Math.max(0, ...[...lanes.values()].filter(Number.isFinite));
  const gap = gapOf(input, lowest);
  const toY = (id: number): number => TOP + lanes.get(id)! * gap;
  const drawn = ghost && lanes.has(ghost.parent.id) ? ghost : null;
  const ghostLane = drawn ? findGhostLane(shown.nodes, lanes, drawn.parent) : 0;
  const ghostY = TOP + ghostLane * gap;
  const edges = layoutEdges({ ...shown, axis, lineage: input.lineage, toY });
  const places = dropCoveredTags(shown.nodes.filter((node) => isInView(axis, node.number)).map((node) => place(node, toY, input)));
  return {
    places,
    edges: drawn ? [...edges, ghostEdge(drawn, axis, toY(drawn.parent.id), ghostY)] : edges,
    ghost: drawn ? placeGhost(drawn, axis, ghostY, ghostSide(drawn.parent, ghostY === toY(drawn.parent.id))) : null,
    estimate: clearEstimate(estimate && placeEstimate(estimate, shown.byId, axis, toY), places),
    height: TOP + Math.max(lowest, ghostLane) * gap + BOTTOM,
  };
}

function gapOf({ axis, height }: TreeInput, lowest: number): number {
  if (axis.step < NUMBERED_STEP) return GAP_SMALL;
  const room = (height - TOP - 2 * BOTTOM) / Math.max(1, lowest);
  if (room >= GAP) return Math.min(GAP_WIDE, room);
  return lowest > DENSE_LANES ? GAP_DENSE : GAP;
}

/** Below a shared lane, clear of the word below the parent. */
const ghostSide = (parent: Node, isShared: boolean): GhostSide => (!isShared ? "above" : describeEnd(parent) ? "lower" : "below");

/** Lanes without a node or an end of an edge in view take no room: with 500 nodes there are many. */
function closeGaps({ shown: { nodes, byId, lanes }, axis }: TreeInput): ReadonlyMap<number, number> {
  const isSeen = (node: Node | undefined): boolean => node !== undefined && isInView(axis, node.number);
  const used = new Set<number>();
  for (const node of nodes) {
    const parent = node.parent_id === null ? undefined : byId.get(node.parent_id);
    if (!isSeen(node) && !isSeen(parent)) continue;
    used.add(lanes.get(node.id)!);
    if (parent) used.add(lanes.get(parent.id)!);
  }
  const rowOf = new Map([...used].sort((a, b) => a - b).map((lane, row) => [lane, row]));
  return new Map([...lanes].map(([id, lane]) => [id, rowOf.get(lane) ?? Infinity]));
}

function place(node: Node, toY: (id: number) => number, input: TreeInput): Place {
  const { shown, axis, tags } = input;
  const isMarked = input.lineage.has(node.id) || node.id === input.hovered;
  const parent = shown.byId.get(node.parent_id ?? -1);
  const hasLabels = axis.step >= NUMBERED_STEP && (shown.nodes.length <= LABELLED || isMarked);
  const tag = tags.get(node.id) ?? "";
  const hidden = shown.hidden.get(node.id) ?? 0;
  return {
    node,
    x: toColumn(axis, node.number),
    y: toY(node.id),
    radius: Math.max(2.5, Math.min(RADIUS, 0.42 * axis.step)),
    level: levelOf(node, shown.byId),
    hasLabels,
    accuracy: node.accuracy === null ? "" : formatShare(node.accuracy),
    times: node.compression === null ? "" : formatTimes(node.compression),
    word: describeEnd(node),
    tag: axis.step >= NUMBERED_STEP ? tag : "",
    isTagLeft: parent !== undefined && fits(tag, (node.number - parent.number) * axis.step - (toY(parent.id) === toY(node.id) ? RADIUS : 0)),
    hidden,
    isOpen: shown.parents.has(node.id) ? hidden === 0 : null,
  };
}

const CHARACTER = 5.6;

/** Whether the words have room on the level part of the edge before the circle. */
const fits = (tag: string, room: number): boolean => tag.length * CHARACTER + RADIUS + 8 <= room;

function levelOf(node: Node, byId: ReadonlyMap<number, Node>): number {
  let level = 1;
  for (let at = node; at.parent_id !== null; level++) {
    const parent = byId.get(at.parent_id);
    if (!parent) break;
    at = parent;
  }
  return level;
}
