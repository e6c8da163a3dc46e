/** Which nodes are shown when branches are folded, and the lanes that they take. Worked out once per change. */
import type { Node } from "../../api/values";
import { memo } from "../../state/memo";
import type { ById, State } from "../../state/state";
import { hiddenNodes } from "../../state/selectors/tree";

export interface VisibleNodes {
  /** In order of their numbers. */
  readonly nodes: readonly Node[];
  readonly byId: ReadonlyMap<number, Node>;
  /** Folded node → how many it hides. */
  readonly hidden: ReadonlyMap<number, number>;
  readonly lanes: ReadonlyMap<number, number>;
  /** Nodes with children, shown or hidden. */
  readonly parents: ReadonlySet<number>;
}

const isDeadEnd = ({ state, recovered }: Node): boolean =>
  state === "failed" || state === "cancelled" || (state === "ready" && recovered === false);

const findVisibleNodes = memo((all: ById<Node>, experiment: number | null, folded: readonly number[]): VisibleNodes => {
  const nodes = Object.values(all)
    .filter((node) => node.experiment_id === experiment)
    .sort((a, b) => a.number - b.number);
  return foldNodes(nodes, folded);
});

export const visibleNodes = ({ server, choice }: State): VisibleNodes =>
  findVisibleNodes(server.nodes, choice.experiment, choice.tree.folded);

/** `nodes` in order of their numbers, so that parents come before their children. */
export function foldNodes(nodes: readonly Node[], folded: readonly number[]): VisibleNodes {
  const hiddenBy = hiddenNodes(nodes, folded);
  const hidden = new Map<number, number>();
  for (const by of hiddenBy.values()) hidden.set(by, (hidden.get(by) ?? 0) + 1);
  const shown = nodes.filter(({ id }) => !hiddenBy.has(id));
  return {
    nodes: shown,
    byId: new Map(shown.map((node) => [node.id, node])),
    hidden,
    lanes: layoutLanes(shown.map((node) => ({ ...node, isDead: isDeadEnd(node) }))),
    parents: new Set(nodes.flatMap(({ parent_id }) => (parent_id === null ? [] : [parent_id]))),
  };
}

export interface LaneNode {
  readonly id: number;
  readonly parent_id: number | null;
  readonly number: number;
  /** Ended without being worth going on from: never continues its parent's lane. */
  readonly isDead: boolean;
}

interface Branch {
  readonly start: number;
  end: number;
  readonly members: number[];
  readonly parent: Branch | null;
}

/**
 * Lanes as in a git graph: one for each line of descent, branches below, none overlapping. Node id → lane, the root's being 0. `nodes` in
 * order of their numbers.
 */
export function layoutLanes(nodes: readonly LaneNode[]): ReadonlyMap<number, number> {
  const lanes = new Map<number, number>();
  const taken: [number, number][][] = [];
  const placed = new Map<Branch, number>();
  for (const branch of sortForPlacing(findBranches(nodes))) {
    const above = branch.parent === null ? -1 : placed.get(branch.parent)!;
    let lane = above + 1;
    while (taken[lane]?.some(([start, end]) => branch.start <= end && start <= branch.end)) lane++;
    (taken[lane] ??= []).push([branch.start, branch.end]);
    placed.set(branch, lane);
    for (const id of branch.members) lanes.set(id, lane);
  }
  return lanes;
}

/** A branch goes on with the first living child; each other child starts one of its own at the parent's number. */
function findBranches(nodes: readonly LaneNode[]): readonly Branch[] {
  const branches: Branch[] = [];
  const of = new Map<number, Branch>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const continued = new Set<LaneNode>();
  for (const node of nodes) {
    const parent = node.parent_id === null ? undefined : byId.get(node.parent_id);
    const before = parent && of.get(parent.id);
    if (parent && before && !node.isDead && !continued.has(parent)) {
      continued.add(parent);
      before.members.push(node.id);
      before.end = node.number;
      of.set(node.id, before);
    } else {
      const branch = {
        start: parent?.number ?? node.number,
        end: node.number,
        members: [node.id],
        parent: before ?? null,
      };
      branches.push(branch);
      of.set(node.id, branch);
    }
  }
  return branches;
}

/** Parents first; among the rest those that start last, so that the lines of earlier ones pass below without crossing. */
function sortForPlacing(branches: readonly Branch[]): readonly Branch[] {
  const depth = (branch: Branch): number => (branch.parent === null ? 0 : 1 + depth(branch.parent));
  return [...branches]
    .map((branch) => ({ branch, depth: depth(branch) }))
    .sort((a, b) => a.depth - b.depth || b.branch.start - a.branch.start)
    .map(({ branch }) => branch);
}
