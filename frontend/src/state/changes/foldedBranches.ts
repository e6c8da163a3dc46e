/** Folds branches, which hides the descendants of a node, and unfolds branches that hide the chosen node. */
import { withChoice, withTreeDisplay, type Reducer } from "./patches";
import { lineage, treeNodes } from "../selectors/select";
import { branchNodeIds, toggleId } from "../selectors/tree";

/** Folds or unfolds the branch of a node. If this hides the chosen node, chooses the folded node instead. */
export const toggleFold =
  (id: number): Reducer =>
  (state) => {
    const branch = branchNodeIds(treeNodes(state), id);
    if (branch.size < 2 && !state.choice.tree.foldedIds.includes(id)) return state;
    const updatedState = withTreeDisplay(state, { foldedIds: toggleId(state.choice.tree.foldedIds, id) });
    const hidesChosenNode =
      updatedState.choice.tree.foldedIds.includes(id) &&
      state.choice.node !== id &&
      branch.has(state.choice.node ?? -1);
    return hidesChosenNode ? withChoice(updatedState, { node: id, plan: null }) : updatedState;
  };

/** Unfolds the branches that hide the chosen node. */
export const revealChosenNode: Reducer = (state) => {
  const ancestors = new Set(
    lineage(state.server.nodes, state.choice.node)
      .slice(0, -1)
      .map(({ id }) => id),
  );
  const foldedIds = state.choice.tree.foldedIds.filter((id) => !ancestors.has(id));
  return foldedIds.length === state.choice.tree.foldedIds.length ? state : withTreeDisplay(state, { foldedIds });
};
