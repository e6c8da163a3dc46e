/** Selectors of the tree: zoom steps, marked nodes and folded nodes. */
import type { Node } from "../../api/values";
import type { State } from "../state";

export const MAX_MARKED_NODES = 5;
export const ZOOM_LEVELS = [0.25, 0.35, 0.5, 0.7, 1, 1.4, 2] as const;

/**
 * Returns the zoom level of the tree one step above `zoom` if `by` is +1, or one step below if `by` is −1; at the end
 * of the range, returns the last level.
 */
export function zoomAfterSteps(zoom: number, by: number): number {
  const index = ZOOM_LEVELS.findIndex((step) => step >= zoom);
  return ZOOM_LEVELS[Math.max(0, Math.min(ZOOM_LEVELS.length - 1, (index < 0 ? ZOOM_LEVELS.length - 1 : index) + by))]!;
}

export const toggleId = (ids: readonly number[], id: number): readonly number[] =>
  ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id];

/** Marked nodes of the chosen experiment that are ready. */
export const markedNodes = ({ server, choice }: State): readonly Node[] =>
  choice.tree.markedIds.flatMap((id) => {
    const node = server.nodes[id];
    return node?.state === "ready" && node.experiment_id === choice.experiment ? [node] : [];
  });

export const comparisonKey = (nodes: readonly Node[]): string => nodes.map(({ id }) => id).join("-");

/** Ids of a node and all its descendants. */
export function branchNodeIds(nodes: readonly Node[], id: number): ReadonlySet<number> {
  const branch = new Set([id]);
  for (const node of nodes) if (node.parent_id !== null && branch.has(node.parent_id)) branch.add(node.id);
  return branch;
}

/**
 * Maps the id of each hidden node to the id of the folded node that is shown in its place. `nodes` must be ordered by
 * number, so that parents come before their children.
 */
export function mapHiddenToFoldedNodes(
  nodes: readonly Node[],
  foldedIds: readonly number[],
): ReadonlyMap<number, number> {
  const foldedNodeById = new Map<number, number>();
  for (const { id, parent_id } of nodes) {
    if (parent_id === null) continue;
    const foldedNode = foldedNodeById.get(parent_id) ?? (foldedIds.includes(parent_id) ? parent_id : null);
    if (foldedNode !== null) foldedNodeById.set(id, foldedNode);
  }
  return foldedNodeById;
}
