/** Removing a node with all that came of it. */
import { call } from "../../../api/client";
import { without, withScreen, withServer, withValue } from "../../changes/patches";
import { dropBranch } from "../../changes/removed";
import { ask, forget, type Context } from "../context";
import { keepKnownChoice } from "../known";
import { send } from "../sending";

export function createBranchActions(context: Context) {
  return {
    askDeleteBranch: (node: number) => askDeleteBranch(context, node),
    deleteBranch: (node: number) => void deleteBranch(context, node),
  };
}

/** What would go is asked anew each time: nodes may have come since. */
function askDeleteBranch({ store, notify }: Context, node: number): void {
  const key = `branch:${node}`;
  const dialog = { kind: "branch", node, error: null, sending: false } as const;
  store.dispatch((state) => {
    const fresh = withServer(state, { branches: without(state.server.branches, node) });
    return withScreen(forget((one) => one === key)(fresh), { dialog });
  });
  ask(
    { store, notify },
    key,
    () => call("get", "/api/nodes/{node_id}/branch", { path: { node_id: node } }),
    (state, branch) => withValue(state, "branches", node, branch),
  );
}

async function deleteBranch(context: Context, node: number): Promise<void> {
  const gone = await send(context, "branch", () => call("delete", "/api/nodes/{node_id}", { path: { node_id: node } }));
  if (!gone) return;
  const removed = { node_ids: gone.nodes.map(({ id }) => id), plan_ids: [] };
  context.store.dispatch((state) => keepKnownChoice(withScreen(dropBranch(removed)(state), { dialog: null })));
}
