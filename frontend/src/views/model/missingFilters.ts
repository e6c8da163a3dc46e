/** Explains why no filters are shown: the node is not ready, its data are still loading, or a request failed. */
import type { Box } from "../../marks/elements";
import { chosenNode } from "../../state/selectors/select";
import type { ServerRequest, State } from "../../state/state";
import { drawEmptyState, type EmptyState } from "../empty";
import { explainMissingData } from "../nodes/missing";

export function drawMissingFiltersNotice(box: Box, state: State): void {
  drawEmptyState(box, describeMissingFilters(state));
}

function describeMissingFilters(state: State): EmptyState {
  const node = chosenNode(state);
  if (!node) return { title: "No node chosen", sentence: "Choose a node in the tree." };
  const emptyState = explainMissingData(node, "filters", failedRequest(state, node.id));
  if (node.state !== "waiting" && node.state !== "running") return emptyState;
  const sentence = `${emptyState.sentence} Sensitivity and instability are computed in one pass after training. The layers appear here during this pass.`;
  return { title: "Not scored yet", sentence };
}

/** Returns a failed request for the layers, scores or plans of the node; undefined if none has failed. */
const failedRequest = ({ screen }: State, node: number): ServerRequest | undefined =>
  Object.entries(screen.requests).find(
    ([key, { state }]) => state === "failed" && new RegExp(`^(layers|scores|plans):${node}(:|$)`).test(key),
  )?.[1];
