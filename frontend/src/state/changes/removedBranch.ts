/** Removes a deleted branch (a node and its descendants) from every part of the State. */
import { withChoice, withServer, type Reducer } from "./patches";
import type { MapById, ServerData, State } from "../state";

export interface RemovedBranch {
  readonly node_ids: readonly number[];
  readonly plan_ids: readonly number[];
}

const MAPS_KEYED_BY_NODE = ["nodes", "layers", "epochs", "confusion", "branches"] as const;

export const removeBranch =
  ({ node_ids, plan_ids }: RemovedBranch): Reducer =>
  (state) => {
    const { server } = state;
    const nodes = new Set(node_ids);
    const maps = Object.fromEntries(
      MAPS_KEYED_BY_NODE.map((name) => [name, withoutIds<unknown>(server[name], nodes)]),
    ) as Pick<ServerData, (typeof MAPS_KEYED_BY_NODE)[number]>;
    const plans = withoutIds(plansOfOtherNodes(server, nodes), new Set(plan_ids));
    return chooseRemainingAncestor(
      withServer(state, {
        ...maps,
        plans,
        estimates: estimatesOfOtherNodes(server, nodes),
        suggestions: suggestionsOfOtherNodes(server, nodes),
      }),
      server.nodes,
      nodes,
    );
  };

function withoutIds<T>(map: MapById<T>, ids: ReadonlySet<number>): MapById<T> {
  const remainingEntries = Object.entries(map).filter(([id]) => !ids.has(Number(id)));
  return remainingEntries.length === Object.keys(map).length ? map : Object.fromEntries(remainingEntries);
}

const plansOfOtherNodes = ({ plans }: ServerData, nodes: ReadonlySet<number>): ServerData["plans"] =>
  Object.fromEntries(Object.entries(plans).filter(([, plan]) => !nodes.has(plan.node_id)));

const suggestionsOfOtherNodes = ({ suggestions }: ServerData, nodes: ReadonlySet<number>): ServerData["suggestions"] =>
  Object.fromEntries(Object.entries(suggestions).filter(([, suggestion]) => !nodes.has(suggestion.node_id)));

/**
 * Drops the estimates that were made at a deleted node or that advise pruning one. The server sends updates of all
 * other estimates that the deletion affects.
 */
const estimatesOfOtherNodes = ({ estimates }: ServerData, nodes: ReadonlySet<number>): ServerData["estimates"] =>
  Object.fromEntries(
    Object.entries(estimates).filter(([, { node_id, from_id }]) => !nodes.has(node_id) && !nodes.has(from_id)),
  );

/** If the chosen node was deleted, chooses its nearest ancestor that still exists. */
function chooseRemainingAncestor(state: State, before: ServerData["nodes"], deletedIds: ReadonlySet<number>): State {
  const { tree, node, against } = state.choice;
  let remainingNode = node;
  while (remainingNode !== null && deletedIds.has(remainingNode))
    remainingNode = before[remainingNode]?.parent_id ?? null;
  const isRemaining = (id: number): boolean => !deletedIds.has(id);
  return withChoice(state, {
    node: remainingNode,
    plan: remainingNode === node ? state.choice.plan : null,
    against: against !== null && deletedIds.has(against) ? null : against,
    tree: { ...tree, markedIds: tree.markedIds.filter(isRemaining), foldedIds: tree.foldedIds.filter(isRemaining) },
  });
}
