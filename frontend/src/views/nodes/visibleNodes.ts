/**
 * Finds the nodes that are not hidden in a folded branch, and assigns a lane to each. The result is cached until the
 * tree changes.
 */
import type { Node } from "../../api/values";
import { memo } from "../../state/memo";
import type { MapById, State } from "../../state/state";
import { mapHiddenToFoldedNodes } from "../../state/selectors/tree";

export interface VisibleNodes {
  /** Visible nodes in the order of their numbers. */
  readonly nodes: readonly Node[];
  readonly nodeById: ReadonlyMap<number, Node>;
  /** Number of hidden descendants of each folded node, by node id. */
  readonly hiddenCountByNode: ReadonlyMap<number, number>;
  readonly lanes: ReadonlyMap<number, number>;
  /** Ids of all nodes that have children, whether the node is visible or hidden. */
  readonly parentIds: ReadonlySet<number>;
}

const endsBranch = ({ state, recovered }: Node): boolean =>
  state === "failed" || state === "cancelled" || (state === "ready" && recovered === false);

const findVisibleNodes = memo(
  (nodesById: MapById<Node>, experiment: number | null, foldedIds: readonly number[]): VisibleNodes => {
    const nodes = Object.values(nodesById)
      .filter((node) => node.experiment_id === experiment)
      .sort((a, b) => a.number - b.number);
    return foldNodes(nodes, foldedIds);
  },
);

export const visibleNodes = ({ server, choice }: State): VisibleNodes =>
  findVisibleNodes(server.nodes, choice.experiment, choice.tree.foldedIds);

/**
 * Hides the descendants of folded nodes. `nodes` must be ordered by number, so that parents come before their children.
 */
export function foldNodes(nodes: readonly Node[], foldedIds: readonly number[]): VisibleNodes {
  const foldedAncestorByNode = mapHiddenToFoldedNodes(nodes, foldedIds);
  const hiddenCountByNode = new Map<number, number>();
  for (const id of foldedAncestorByNode.values()) hiddenCountByNode.set(id, (hiddenCountByNode.get(id) ?? 0) + 1);
  const visible = nodes.filter(({ id }) => !foldedAncestorByNode.has(id));
  return {
    nodes: visible,
    nodeById: new Map(visible.map((node) => [node.id, node])),
    hiddenCountByNode,
    lanes: layoutLanes(visible.map((node) => ({ ...node, isDeadEnd: endsBranch(node) }))),
    parentIds: new Set(nodes.flatMap(({ parent_id }) => (parent_id === null ? [] : [parent_id]))),
  };
}

export interface LaneNode {
  readonly id: number;
  readonly parent_id: number | null;
  readonly number: number;
  /** Whether the node failed, was cancelled or did not recover. Such a node does not continue its parent's lane. */
  readonly isDeadEnd: boolean;
}

interface Branch {
  readonly start: number;
  end: number;
  readonly members: number[];
  readonly parent: Branch | null;
}

/**
 * Assigns lanes as in a git graph: each branch gets a lane below the lane of its parent branch, and branches in the
 * same lane do not overlap. Returns a map from node id to lane; the root is in lane 0. `nodes` must be ordered by
 * number.
 */
export function layoutLanes(nodes: readonly LaneNode[]): ReadonlyMap<number, number> {
  const lanes = new Map<number, number>();
  const occupiedRanges: [number, number][][] = [];
  const laneByBranch = new Map<Branch, number>();
  for (const branch of sortBranches(findBranches(nodes))) {
    const parentLane = branch.parent === null ? -1 : laneByBranch.get(branch.parent)!;
    let lane = parentLane + 1;
    while (occupiedRanges[lane]?.some(([start, end]) => branch.start <= end && start <= branch.end)) lane++;
    (occupiedRanges[lane] ??= []).push([branch.start, branch.end]);
    laneByBranch.set(branch, lane);
    for (const id of branch.members) lanes.set(id, lane);
  }
  return lanes;
}

/**
 * Divides the tree into branches for the lanes. A node's first child that is not a dead end (failed, cancelled or not
 * recovered) continues the node's branch; every other child starts a new branch.
 */
function findBranches(nodes: readonly LaneNode[]): readonly Branch[] {
  const branches: Branch[] = [];
  const branchByNode = new Map<number, Branch>();
  const nodeById = new Map(nodes.map((node) => [node.id, node]));
  const parentsWithContinuation = new Set<LaneNode>();
  for (const node of nodes) {
    const parent = node.parent_id === null ? undefined : nodeById.get(node.parent_id);
    const parentBranch = parent && branchByNode.get(parent.id);
    if (parent && parentBranch && !node.isDeadEnd && !parentsWithContinuation.has(parent)) {
      parentsWithContinuation.add(parent);
      parentBranch.members.push(node.id);
      parentBranch.end = node.number;
      branchByNode.set(node.id, parentBranch);
    } else {
      const branch = {
        start: parent?.number ?? node.number,
        end: node.number,
        members: [node.id],
        parent: parentBranch ?? null,
      };
      branches.push(branch);
      branchByNode.set(node.id, branch);
    }
  }
  return branches;
}

/**
 * Sorts branches so that parents come before children and, at equal depth, the branch that starts latest comes first.
 * In this order, the edges do not cross.
 */
function sortBranches(branches: readonly Branch[]): readonly Branch[] {
  const depth = (branch: Branch): number => (branch.parent === null ? 0 : 1 + depth(branch.parent));
  return [...branches]
    .map((branch) => ({ branch, depth: depth(branch) }))
    .sort((a, b) => a.depth - b.depth || b.branch.start - a.branch.start)
    .map(({ branch }) => branch);
}
