/** Folds branches, which hides the descendants of a node, and unfolds branches that hide the chosen node. */
import { withChoice, withTreeDisplay, type Reducer } from "./patches";
import { lineage, treeNodes } from "../selectors/select";
import { branchIds, toggleId } from "../selectors/tree";

/** Folds or unfolds the branch of a node. If this hides the chosen node, chooses the folded node instead. */
export const toggleFold =
  (id: number): Reducer =>
  (state) => {
    const branch = branchIds(treeNodes(state), id);
    if (branch.size < 2 && !state.choice.tree.folded.includes(id)) return state;
    const updatedState = withTreeDisplay(state, { folded: toggleId(state.choice.tree.folded, id) });
    const hidesChosenNode =
      updatedState.choice.tree.folded.includes(id) && state.choice.node !== id && branch.has(state.choice.node ?? -1);
    return hidesChosenNode ? withChoice(updatedState, { node: id, plan: null }) : updatedState;
  };

/** Unfolds the branches that hide the chosen node. */
export const revealChosenNode: Reducer = (state) => {
  const ancestors = new Set(
    lineage(state.server.nodes, state.choice.node)
      .slice(0, -1)
      .map(({ id }) => id),
  );
  const foldedIds = state.choice.tree.folded.filter((id) => !ancestors.has(id));
  return foldedIds.length === state.choice.tree.folded.length ? state : withTreeDisplay(state, { folded: foldedIds });
};
