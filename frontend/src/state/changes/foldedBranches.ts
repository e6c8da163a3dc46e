/** Folds a node's descendants, and unfolds branches that hide the chosen node. */
import { withChoice, withTree, type Reducer } from "./patches";
import { lineage, treeNodes } from "../selectors/select";
import { branchOf, toggled } from "../selectors/tree";

/** Folds or unfolds a branch. If the chosen node is hidden, the folded node is chosen instead. */
export const toggleFold =
  (id: number): Reducer =>
  (state) => {
    const branch = branchOf(treeNodes(state), id);
    if (branch.size < 2 && !state.choice.tree.folded.includes(id)) return state;
    const folded = withTree(state, { folded: toggled(state.choice.tree.folded, id) });
    const isHidden =
      folded.choice.tree.folded.includes(id) && state.choice.node !== id && branch.has(state.choice.node ?? -1);
    return isHidden ? withChoice(folded, { node: id, plan: null }) : folded;
  };

/** Unfolds the branches that hide the chosen node. */
export const unfoldToChosen: Reducer = (state) => {
  const above = new Set(
    lineage(state.server.nodes, state.choice.node)
      .slice(0, -1)
      .map(({ id }) => id),
  );
  const folded = state.choice.tree.folded.filter((id) => !above.has(id));
  return folded.length === state.choice.tree.folded.length ? state : withTree(state, { folded });
};
