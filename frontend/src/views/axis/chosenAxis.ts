/** The axis that tree and statistics share, as it is panned and magnified now. */
import type { Node } from "../../api/values";
import { chosenGhost } from "../../state/selectors/ghost";
import { chosenNode, treeNodes } from "../../state/selectors/select";
import type { State } from "../../state/state";
import { layoutNodeAxis, wholeAxis, type NodeAxis } from "./nodeAxis";

/** In a window of this width. */
export function chosenAxis(state: State, width: number): NodeAxis {
  return layoutNodeAxis({
    width,
    places: countPlaces(state),
    pan: state.screen.pan,
    chosen: followedNode(state)?.number ?? 0,
    zoom: state.choice.tree.zoom,
  });
}

/** What just grew, else what a person chose. */
export function followedNode(state: State): Node | null {
  const followedNode = state.server.nodes[state.screen.grown ?? -1];
  return followedNode?.experiment_id === state.choice.experiment ? followedNode : chosenNode(state);
}

export const chosenWholeAxis = (state: State, width: number): NodeAxis =>
  wholeAxis(chosenAxis(state, width), countPlaces(state));

/** Numbers on the axis, the draft's included. */
function countPlaces(state: State): number {
  const last = treeNodes(state).at(-1)?.number ?? 0;
  return last + 1 + (chosenGhost(state) ? 1 : 0);
}
