/** Builds, from the State, the node axis that the tree and the statistics share. */
import type { Node } from "../../api/values";
import { draftGhost } from "../../state/selectors/ghost";
import { chosenNode, treeNodes } from "../../state/selectors/select";
import type { State } from "../../state/state";
import { layoutNodeAxis, extendAxisToAllNodes, type NodeAxis } from "./nodeAxis";

/** Returns the part of the node axis that is visible at this width, at the current pan and zoom. */
export function currentNodeAxis(state: State, width: number): NodeAxis {
  return layoutNodeAxis({
    width,
    columnCount: countColumns(state),
    pan: state.screen.pan,
    chosen: followedNode(state)?.number ?? 0,
    zoom: state.choice.tree.zoom,
  });
}

/**
 * Returns the node that the axis keeps in view: the one that was just added to the tree or, if there is none, the
 * chosen node.
 */
export function followedNode(state: State): Node | null {
  const addedNode = state.server.nodes[state.screen.followedNode ?? -1];
  return addedNode?.experiment_id === state.choice.experiment ? addedNode : chosenNode(state);
}

export const currentFullNodeAxis = (state: State, width: number): NodeAxis =>
  extendAxisToAllNodes(currentNodeAxis(state, width), countColumns(state));

/** Returns the number of columns of the axis, including one for the node that the draft would create. */
function countColumns(state: State): number {
  const last = treeNodes(state).at(-1)?.number ?? 0;
  return last + 1 + (draftGhost(state) ? 1 : 0);
}
