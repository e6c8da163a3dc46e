/** Where every node, edge and label of the tree stands. Numbers and words only. */
import type { Node } from "../../api/values";
import { formatShare, formatTimes } from "../../marks/format";
import type { Ghost } from "../../state/ghost";
import { isInView, toColumn, type NodeAxis } from "../axis/nodeAxis";
import { layoutLanes } from "./lanes";

export interface TreeInput {
  readonly nodes: readonly Node[];
  readonly axis: NodeAxis;
  readonly ghost: Ghost | null;
  readonly chosen: number | null;
  /** Nodes whose labels are shown where not all fit. */
  readonly lineage: ReadonlySet<number>;
  readonly hovered: number | null;
}

export interface Place {
  readonly node: Node;
  readonly x: number;
  readonly y: number;
  readonly level: number;
  readonly hasLabels: boolean;
  readonly accuracy: string;
  readonly times: string;
  /** Below the circle: not recovered, failed, cancelled, who made it. */
  readonly word: string;
}

export interface Edge {
  readonly id: string;
  readonly path: string;
  readonly kind: "recovered" | "unrecovered" | "open" | "ended" | "ghost";
  readonly onLineage: boolean;
}

export interface GhostPlace {
  readonly x: number;
  readonly y: number;
  readonly number: number;
  readonly label: string;
  /** Above its own lane; below where it shares the lane with labelled nodes. */
  readonly isBelow: boolean;
  readonly anchor: "start" | "end";
}

export interface TreeLayout {
  readonly places: readonly Place[];
  readonly edges: readonly Edge[];
  readonly ghost: GhostPlace | null;
  readonly height: number;
}

const TOP = 46;
const BOTTOM = 22;
const GAP = 46;
const GAP_DENSE = 30;
const DENSE_LANES = 8;
const BEND = 6;
/** More nodes than this, and only lineage and hover keep labels. */
const LABELLED = 14;

export const isDead = ({ state, recovered }: Node): boolean =>
  state === "failed" || state === "cancelled" || (state === "ready" && recovered === false);

export function layoutTree(input: TreeInput): TreeLayout {
  const { nodes, axis, ghost } = input;
  const lanes = closeGaps(input, layoutLanes(nodes.map((node) => ({ ...node, isDead: isDead(node) }))));
  const lowest = Math.max(0, ...[...lanes.values()].filter(Number.isFinite));
  const gap = lowest > DENSE_LANES ? GAP_DENSE : GAP;
  const toY = (id: number): number => TOP + lanes.get(id)! * gap;
  const ghostLane = ghost ? findGhostLane(nodes, lanes, ghost) : 0;
  const ghostY = TOP + ghostLane * gap;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return {
    places: nodes.filter((node) => isInView(axis, node.number)).map((node) => place(node, toY(node.id), byId, input)),
    edges: [...layoutEdges(input, byId, toY), ...(ghost ? [ghostEdge(ghost, axis, toY(ghost.parent.id), ghostY)] : [])],
    ghost: ghost ? placeGhost(ghost, axis, ghostY, ghostY === toY(ghost.parent.id)) : null,
    height: TOP + Math.max(lowest, ghostLane) * gap + BOTTOM,
  };
}

/** Lanes without a node or an end of an edge in view take no room: with 500 nodes there are many. */
function closeGaps({ nodes, axis }: TreeInput, lanes: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  const seen = new Set(nodes.filter(({ number }) => isInView(axis, number)).map(({ id }) => id));
  const used = nodes.filter(({ id, parent_id }) => seen.has(id) || (parent_id !== null && seen.has(parent_id))).flatMap(({ id, parent_id }) => [id, parent_id ?? id]);
  const rows = [...new Set(used.map((id) => lanes.get(id)!))].sort((a, b) => a - b);
  const rowOf = new Map(rows.map((lane, row) => [lane, row]));
  return new Map([...lanes].map(([id, lane]) => [id, rowOf.get(lane) ?? Infinity]));
}

function place(node: Node, y: number, byId: ReadonlyMap<number, Node>, input: TreeInput): Place {
  const isMarked = input.lineage.has(node.id) || node.id === input.hovered;
  return {
    node,
    x: toColumn(input.axis, node.number),
    y,
    level: levelOf(node, byId),
    hasLabels: input.nodes.length <= LABELLED || isMarked,
    accuracy: node.accuracy === null ? "" : formatShare(node.accuracy),
    times: node.compression === null ? "" : formatTimes(node.compression),
    word: describeEnd(node),
  };
}

function levelOf(node: Node, byId: ReadonlyMap<number, Node>): number {
  let level = 1;
  for (let at = node; at.parent_id !== null; level++) {
    const parent = byId.get(at.parent_id);
    if (!parent) break;
    at = parent;
  }
  return level;
}

/** The word that stands with dashes, signs and colour. */
export function describeEnd({ state, recovered, origin }: Node): string {
  if (state === "failed" || state === "cancelled" || state === "waiting") return state;
  if (recovered === false && state === "ready") return "not recovered";
  return origin === "control" || origin === "automatic" ? origin : "";
}

function layoutEdges({ nodes, axis, lineage }: TreeInput, byId: ReadonlyMap<number, Node>, toY: (id: number) => number) {
  return nodes.flatMap((node): Edge[] => {
    const parent = node.parent_id === null ? undefined : byId.get(node.parent_id);
    if (!parent || !(isInView(axis, node.number) || isInView(axis, parent.number))) return [];
    const from = [toColumn(axis, parent.number), toY(parent.id)] as const;
    const path = drawPath(from, [toColumn(axis, node.number), toY(node.id)]);
    return [{ id: String(node.id), path, kind: edgeKind(node), onLineage: lineage.has(node.id) }];
  });
}

function edgeKind({ state, recovered }: Node): Edge["kind"] {
  if (state !== "ready") return state === "failed" || state === "cancelled" ? "ended" : "open";
  return recovered === false ? "unrecovered" : "recovered";
}

/** Straight along a lane; else down at the parent's column, a bend, and along the child's lane. */
export function drawPath([x0, y0]: readonly [number, number], [x1, y1]: readonly [number, number]): string {
  if (y0 === y1) return `M${x0},${y0}H${x1}`;
  const down = Math.sign(y1 - y0);
  return `M${x0},${y0}V${y1 - down * BEND}Q${x0},${y1} ${x0 + BEND},${y1}H${x1}`;
}

/** On the parent's lane where nothing follows there, else below everything between. */
function findGhostLane(nodes: readonly Node[], lanes: ReadonlyMap<number, number>, { parent }: Ghost): number {
  const own = lanes.get(parent.id)!;
  const later = nodes.filter((node) => node.number > parent.number).map((node) => lanes.get(node.id)!);
  return later.includes(own) ? Math.max(...[...lanes.values()].filter(Number.isFinite)) + 1 : own;
}

const ghostEdge = (ghost: Ghost, axis: NodeAxis, parentY: number, y: number): Edge => ({
  id: "ghost",
  path: drawPath([toColumn(axis, ghost.parent.number), parentY], [toColumn(axis, ghost.number), y]),
  kind: "ghost",
  onLineage: false,
});

/** Room that its label needs, pixels. */
const GHOST_LABEL = 140;

function placeGhost({ name, share, number }: Ghost, axis: NodeAxis, y: number, isBelow: boolean): GhostPlace {
  const x = toColumn(axis, number);
  const label = `draft ${name}, −${formatShare(share)}% filters`;
  return { x, y, number, label, isBelow, anchor: x + GHOST_LABEL < axis.width ? "start" : "end" };
}
