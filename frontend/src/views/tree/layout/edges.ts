/** Computes the paths of the edges in the tree, and their kinds, which say whether the child has recovered. */
import type { Node } from "../../../api/values";
import type { Rect } from "../../../marks/labelLayout";
import { isNumberInView, columnX, type NodeAxis } from "../../axis/nodeAxis";

export interface Edge {
  readonly id: string;
  readonly path: string;
  readonly kind: "recovered" | "unrecovered" | "unjudged" | "open" | "ended" | "ghost";
  readonly isOnLineage: boolean;
  readonly from: Point;
  readonly to: Point;
}

export type Point = readonly [x: number, y: number];

export interface EdgeInput {
  readonly nodes: readonly Node[];
  readonly nodeById: ReadonlyMap<number, Node>;
  readonly axis: NodeAxis;
  readonly lineage: ReadonlySet<number>;
  readonly toY: (id: number) => number;
}

const BEND_RADIUS = 6;

export function layoutEdges({ nodes, nodeById, axis, lineage, toY }: EdgeInput): readonly Edge[] {
  return nodes.flatMap((node): Edge[] => {
    const parent = node.parent_id === null ? undefined : nodeById.get(node.parent_id);
    if (!parent || !(isNumberInView(axis, node.number) || isNumberInView(axis, parent.number))) return [];
    const from = [columnX(axis, parent.number), toY(parent.id)] as const;
    const to = [columnX(axis, node.number), toY(node.id)] as const;
    return [
      {
        id: String(node.id),
        path: edgePath(from, to),
        kind: edgeKind(node),
        isOnLineage: lineage.has(node.id),
        from,
        to,
      },
    ];
  });
}

function edgeKind({ state, recovered, recovered_reason }: Node): Edge["kind"] {
  if (state !== "ready") return state === "failed" || state === "cancelled" ? "ended" : "open";
  if (recovered === null && recovered_reason !== null) return "unjudged";
  return recovered === false ? "unrecovered" : "recovered";
}

/**
 * Returns the SVG path of an edge. It is straight if both nodes are in the same lane; otherwise, it runs vertically in
 * the column of the parent, bends, and continues along the lane of the child.
 */
export function edgePath([x0, y0]: Point, [x1, y1]: Point): string {
  if (y0 === y1) return `M${x0},${y0}H${x1}`;
  const verticalSign = Math.sign(y1 - y0);
  const bendRadius = Math.min(BEND_RADIUS, Math.abs(x1 - x0));
  return `M${x0},${y0}V${y1 - verticalSign * bendRadius}Q${x0},${y1} ${x0 + bendRadius},${y1}H${x1}`;
}

/**
 * Returns the rectangles that an edge covers: one for its horizontal section and, if the nodes are in different lanes,
 * one for its vertical section.
 */
export function edgeRects({ from: [x0, y0], to: [x1, y1] }: Pick<Edge, "from" | "to">): readonly Rect[] {
  const horizontalRect = { left: x0, right: x1, top: y1 - 1, bottom: y1 + 1 };
  return y0 === y1
    ? [horizontalRect]
    : [{ left: x0 - 1, right: x0 + 1, top: Math.min(y0, y1), bottom: Math.max(y0, y1) }, horizontalRect];
}
