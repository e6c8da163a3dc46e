/** Says why a view has nothing to show for a node; every sentence names the node. */
import type { Node } from "../../api/values";
import type { ServerRequest } from "../../state/state";
import type { EmptyState } from "../empty";

/**
 * Returns the title and the sentence that a view shows instead of missing data, such as "No filters" and "Node 3 was
 * cancelled before it finished. Its parent is unchanged."
 */
export function explainMissingData(node: Node, data: string, request: ServerRequest | undefined): EmptyState {
  if (node.state === "ready" && request?.state !== "failed")
    return { title: `Loading ${data}`, sentence: `Loading the ${data} of node ${node.number}.` };
  return { title: `No ${data}`, sentence: missingDataReason(node, request?.error ?? "") };
}

function missingDataReason({ number, state, error }: Node, requestError: string): string {
  if (state === "failed") return `Node ${number} failed: ${error?.message ?? "its job ended with an error."}`;
  if (state === "cancelled") return `Node ${number} was cancelled before it finished. Its parent is unchanged.`;
  if (state === "waiting") return `Node ${number} is waiting for a worker.`;
  if (state === "running") return `Node ${number} is not finished yet.`;
  return `Node ${number}: ${requestError}`;
}
