/** Why no filters are shown: the node is on its way, or the server refused. */
import { type Box, ensureElement } from "../../marks/elements";
import { chosenNode } from "../../state/selectors/select";
import type { State } from "../../state/state";

export function drawNothing(box: Box, state: State): void {
  const { title, text } = wordsFor(state);
  const empty = ensureElement(box, "div", "empty");
  ensureElement(empty, "b", "title").text(title);
  ensureElement(empty, "span", "text").text(text);
}

function wordsFor(state: State): { title: string; text: string } {
  const node = chosenNode(state);
  if (!node) return { title: "No node chosen", text: "Choose a node in the tree." };
  const failed = ["layers", "scores"]
    .flatMap((what) => Object.entries(state.screen.questions).filter(([key]) => key.startsWith(`${what}:${node.id}`)))
    .find(([, asked]) => asked.state === "failed");
  if (node.state === "failed")
    return { title: "This node failed", text: node.error?.message ?? "Its job ended with an error." };
  if (node.state === "cancelled")
    return { title: "Cancelled", text: "This node was never finished. Its parent stays as it is." };
  if (node.state !== "ready") {
    return {
      title: "Not scored yet",
      text: "Sensitivity and instability come after training, in one pass. Rows fill while it runs.",
    };
  }
  if (failed) return { title: "Its filters cannot be shown", text: failed[1].error ?? "" };
  return { title: "Scores on the way", text: "The filters of this node are being fetched." };
}
