/** Deletes a node with all its descendants. */
import { call } from "../../../api/client";
import { withoutId, withScreen, withServer, withServerValue } from "../../changes/patches";
import { removeBranch } from "../../changes/removedBranch";
import { fetchOnce, forgetRequests, type Context } from "../context";
import { repairChoice } from "../validChoice";
import { sendFromDialog } from "../dialogRequest";

export function createBranchActions(context: Context) {
  return {
    openDeleteBranchDialog: (node: number) => openDeleteBranchDialog(context, node),
    deleteBranch: (node: number) => void deleteBranch(context, node),
  };
}

/**
 * Opens the dialog for deleting a branch, and reloads the list of what would be deleted, since nodes may have been
 * added.
 */
function openDeleteBranchDialog({ store, notify }: Context, node: number): void {
  const key = `branch:${node}`;
  const dialog = { kind: "branch", node, error: null, isSending: false } as const;
  store.dispatch((state) => {
    const updatedState = withServer(state, { branches: withoutId(state.server.branches, node) });
    return withScreen(forgetRequests((request) => request === key)(updatedState), { dialog });
  });
  fetchOnce(
    { store, notify },
    key,
    () => call("get", "/api/nodes/{node_id}/branch", { path: { node_id: node } }),
    (state, branch) => withServerValue(state, "branches", node, branch),
  );
}

async function deleteBranch(context: Context, node: number): Promise<void> {
  const response = await sendFromDialog(context, "branch", () =>
    call("delete", "/api/nodes/{node_id}", { path: { node_id: node } }),
  );
  if (!response) return;
  const removed = { node_ids: response.nodes.map(({ id }) => id), plan_ids: [] };
  context.store.dispatch((state) => repairChoice(withScreen(removeBranch(removed)(state), { dialog: null })));
}
