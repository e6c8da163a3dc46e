/** Explains why no filters are shown: the node is not ready, its scores are loading, or a request failed. */
import { type Box, ensureElement } from "../../marks/elements";
import { chosenNode } from "../../state/selectors/select";
import type { State } from "../../state/state";

export function drawMissingFilters(box: Box, state: State): void {
  const { title, text } = describeMissingFilters(state);
  const empty = ensureElement(box, "div", "empty");
  ensureElement(empty, "b", "title").text(title);
  ensureElement(empty, "span", "text").text(text);
}

function describeMissingFilters(state: State): { title: string; text: string } {
  const node = chosenNode(state);
  if (!node) return { title: "No node chosen", text: "Choose a node in the tree." };
  const failedRequest = ["layers", "scores"]
    .flatMap((kind) => Object.entries(state.screen.requests).filter(([key]) => key.startsWith(`${kind}:${node.id}`)))
    .find(([, request]) => request.state === "failed");
  if (node.state === "failed")
    return { title: "This node failed", text: node.error?.message ?? "Its job ended with an error." };
  if (node.state === "cancelled")
    return { title: "This node was cancelled", text: "It was cancelled before it finished. Its parent is unchanged." };
  if (node.state !== "ready") {
    return {
      title: "Not scored yet",
      text: "Sensitivity and instability are computed in one pass after training. The rows appear while it runs.",
    };
  }
  if (failedRequest) return { title: "Cannot show filters", text: failedRequest[1].error ?? "" };
  return { title: "Loading scores", text: "The filters of this node are loading." };
}
