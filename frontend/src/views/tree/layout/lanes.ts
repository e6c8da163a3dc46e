/** Lanes as in a git graph: a lane per line of descent, branches below, none overlapping. Numbers only. */

export interface Branchable {
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

/** Node id → lane, the root's being 0. `nodes` in order of their numbers. */
export function layoutLanes(nodes: readonly Branchable[]): ReadonlyMap<number, number> {
  const lanes = new Map<number, number>();
  const taken: [number, number][][] = [];
  const placed = new Map<Branch, number>();
  for (const branch of inPlacingOrder(findBranches(nodes))) {
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
function findBranches(nodes: readonly Branchable[]): readonly Branch[] {
  const branches: Branch[] = [];
  const of = new Map<number, Branch>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const continued = new Set<Branchable>();
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
function inPlacingOrder(branches: readonly Branch[]): readonly Branch[] {
  const depth = (branch: Branch): number => (branch.parent === null ? 0 : 1 + depth(branch.parent));
  return [...branches]
    .map((branch) => ({ branch, depth: depth(branch) }))
    .sort((a, b) => a.depth - b.depth || b.branch.start - a.branch.start)
    .map(({ branch }) => branch);
}
