/** Where every node, edge and label of the tree stands. Numbers and words only. */
import type { Place } from "./place";
import type { Estimate, Node } from "../../../api/values";
import type { Label } from "../../../marks/elements";
import type { Ghost } from "../../../state/selectors/ghost";
import { isInView, type NodeAxis, toColumn } from "../../axis/nodeAxis";
import { LabelLayout, type Rect } from "../../../marks/labelLayout";
import { clearEstimate, clearGhost, diamondRect } from "./collisions";
import {
  type EstimatePlace,
  findGhostLane,
  ghostEdge,
  type GhostPlace,
  type GhostSide,
  placeEstimate,
  placeGhost,
} from "./drafted";
import { type Edge, layoutEdges, rectsOf } from "./edges";
import { type Bare, ordinalOf, placeLabels } from "./labels";
import type { Shown } from "../../nodes/shown";
import { describeEnd } from "../../nodes/words";

export interface TreeInput {
  readonly shown: Shown;
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
  readonly places: readonly Place[];
  readonly edges: readonly Edge[];
  readonly ghost: GhostPlace | null;
  readonly estimate: EstimatePlace | null;
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
  const lanes = closeGaps(input);
  const drawn = ghost && Number.isFinite(lanes.get(ghost.parent.id) ?? Infinity) ? ghost : null;
  const ghostLane = drawn ? findGhostLane(shown.nodes, lanes, drawn.parent) : 0;
  const lowest = Math.max(ghostLane, ...[...lanes.values()].filter(Number.isFinite));
  const gap = gapOf(input, lowest);
  const toY = (id: number): number => TOP + lanes.get(id)! * gap;
  const ghostY = TOP + ghostLane * gap;
  const edges = [
    ...layoutEdges({ ...shown, axis, lineage: input.lineage, toY }),
    ...(drawn ? [ghostEdge(drawn, axis, toY(drawn.parent.id), ghostY)] : []),
  ];
  const bares = shown.nodes.filter((node) => isInView(axis, node.number)).map((node) => toBare(node, toY, input));
  const drafted = {
    ghost: drawn ? placeGhost(drawn, axis, ghostY, ghostSide(drawn.parent, ghostY === toY(drawn.parent.id))) : null,
    estimate: estimate && placeEstimate(estimate, shown.byId, axis, toY),
  };
  const words = layoutWords(bares, edges, drafted, axis);
  return {
    places: bares.map((bare) => ({
      ...bare,
      level: levelOf(bare.node, shown.byId),
      labels: words.labels(bare),
      isOpen: shown.parents.has(bare.node.id) ? bare.hidden === 0 : null,
    })),
    edges,
    ghost: words.ghost,
    estimate: words.estimate,
    height: TOP + lowest * gap + BOTTOM,
  };
}

type Drafted = Pick<TreeLayout, "ghost" | "estimate">;

/** Labels of nodes, draft and estimate, none on another. */
function layoutWords(
  bares: readonly Bare[],
  edges: readonly Edge[],
  drafted: Drafted,
  axis: NodeAxis,
): Drafted & { labels(bare: Bare): readonly Label[] } {
  if (axis.step < NUMBERED_STEP) return { ...drafted, labels: withoutWords };
  const board = new LabelLayout(edges.flatMap(rectsOf), axis.width);
  board.take(...bares.map(circleRect), ...CAPTIONS);
  if (drafted.ghost) board.take(circleRect({ ...drafted.ghost, radius: RADIUS }));
  if (drafted.estimate) board.take(diamondRect(drafted.estimate));
  let ghost = drafted.ghost;
  const labels = placeLabels(bares, board, axis.step, () => {
    ghost = clearGhost(ghost, board);
  });
  return { ghost, estimate: clearEstimate(drafted.estimate, board), labels: (bare) => labels.get(bare) ?? [] };
}

function gapOf({ axis, height }: TreeInput, lowest: number): number {
  if (axis.step < NUMBERED_STEP) return GAP_SMALL;
  const room = (height - TOP - BOTTOM) / Math.max(1, lowest);
  if (room >= GAP) return Math.min(GAP_WIDE, room);
  return lowest > DENSE_LANES ? GAP_DENSE : GAP;
}

/** Below a shared lane, clear of the word below the parent. */
const ghostSide = (parent: Node, isShared: boolean): GhostSide =>
  !isShared ? "above" : describeEnd(parent) ? "lower" : "below";

/** Lanes without a node, the draft or an end of an edge in view take no room: with 500 nodes there are many. */
function closeGaps({ shown: { nodes, byId, lanes }, axis, ghost }: TreeInput): ReadonlyMap<number, number> {
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

function toBare(node: Node, toY: (id: number) => number, input: TreeInput): Bare {
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
    run: parent ? (node.number - parent.number) * axis.step - (isLevel ? 2 : 1) * radius : 0,
    hidden: shown.hidden.get(node.id) ?? 0,
    mark: ordinalOf(marked.indexOf(node.id)),
    isMarked: lineage.has(node.id) || node.id === hovered,
  };
}

const circleRect = ({ x, y, radius }: Pick<Bare, "x" | "y" | "radius">): Rect => ({
  left: x - radius,
  right: x + radius,
  top: y - radius,
  bottom: y + radius,
});

/** Small circles carry no words, only what a person has done with them. */
const withoutWords = ({ radius, hidden, mark }: Bare): readonly Label[] => [
  ...(hidden > 0 ? [{ key: "hidden", x: radius + 3, y: 4, text: `+${hidden}`, emphasis: "bold" as const }] : []),
  ...(mark ? [{ key: "mark", x: radius - 2, y: 3 - radius, text: mark, emphasis: "bold" as const }] : []),
];

function levelOf(node: Node, byId: ReadonlyMap<number, Node>): number {
  let level = 1;
  for (let at = node; at.parent_id !== null; level++) {
    const parent = byId.get(at.parent_id);
    if (!parent) break;
    at = parent;
  }
  return level;
}
