/** How the tree is looked at: which view fills the enlarged panel, what is marked, folded, magnified. Part of the choice. */
import type { Node } from "../api/values";
import type { State } from "./state";

export const TREE_VIEWS = ["tree", "compare", "tradeoff"] as const;
export type TreeView = (typeof TREE_VIEWS)[number];
export const METRICS = ["accuracy", "loss", "filters", "parameters", "macs", "size_bytes", "latency", "epochs"] as const;
export type Metric = (typeof METRICS)[number];

export interface TreeLook {
  /** What the enlarged panel shows. */
  readonly view: TreeView;
  /** Nodes to be compared, in the order in which they were marked: the first is the reference. */
  readonly marked: readonly number[];
  /** Nodes whose descendants are folded away. */
  readonly folded: readonly number[];
  /** The estimate that is drawn. */
  readonly estimate: number | null;
  /** Axes of the trade-off. */
  readonly x: Metric;
  readonly y: Metric;
  /** Magnification of the axis of nodes. */
  readonly zoom: number;
}

export const noLook: TreeLook = { view: "tree", marked: [], folded: [], estimate: null, x: "parameters", y: "accuracy", zoom: 1 };

export const MOST_MARKED = 5;
export const ZOOMS = [0.25, 0.35, 0.5, 0.7, 1, 1.4, 2] as const;

/** The next step of magnification, `by` +1 or −1. */
export function stepZoom(zoom: number, by: number): number {
  const at = ZOOMS.findIndex((one) => one >= zoom);
  return ZOOMS[Math.max(0, Math.min(ZOOMS.length - 1, (at < 0 ? ZOOMS.length - 1 : at) + by))]!;
}

export const toggled = (ids: readonly number[], id: number): readonly number[] =>
  ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id];

/** Marked nodes that are there and ready. */
export const markedNodes = ({ server, choice }: State): readonly Node[] =>
  choice.tree.marked.flatMap((id) => {
    const node = server.nodes[id];
    return node?.state === "ready" && node.experiment_id === choice.experiment ? [node] : [];
  });

export const comparisonKey = (nodes: readonly Node[]): string => nodes.map(({ id }) => id).join("-");

/** A node and all that came of it. */
export function branchOf(nodes: readonly Node[], id: number): ReadonlySet<number> {
  const found = new Set([id]);
  for (const node of nodes) if (node.parent_id !== null && found.has(node.parent_id)) found.add(node.id);
  return found;
}

/** Hidden node → the folded node that stands for it. `nodes` in order of their numbers: parents before children. */
export function hiddenNodes(nodes: readonly Node[], folded: readonly number[]): ReadonlyMap<number, number> {
  const hidden = new Map<number, number>();
  for (const { id, parent_id } of nodes) {
    if (parent_id === null) continue;
    const by = hidden.get(parent_id) ?? (folded.includes(parent_id) ? parent_id : null);
    if (by !== null) hidden.set(id, by);
  }
  return hidden;
}
