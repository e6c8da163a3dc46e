/** Starts and stops Autopilots, and creates control nodes. */
import { call } from "../../../api/client";
import type { NewControls, NewAutopilot } from "../../../api/values";
import { withScreen, withServerValue, withServerValues } from "../../changes/patches";
import { tryOrNotify, type Context } from "../context";
import { chooseNode } from "../choose";
import { sendFromDialog } from "../dialogRequest";

export function createAutopilotActions(context: Context) {
  return {
    startAutopilot: (node: number, body: NewAutopilot) => void startAutopilot(context, node, body),
    stopAutopilot: (id: number) => void stopAutopilot(context, id, false),
    takeOverAutopilot: (id: number) => void stopAutopilot(context, id, true),
    createControlNodes: (node: number, newControls: readonly NewControls[]) =>
      void createControlNodes(context, node, newControls),
  };
}

async function startAutopilot(context: Context, node: number, body: NewAutopilot): Promise<void> {
  const autopilot = await sendFromDialog(context, "autopilot", () =>
    call("post", "/api/nodes/{node_id}/autopilots", { path: { node_id: node }, body }),
  );
  if (autopilot)
    context.store.dispatch((state) =>
      withScreen(withServerValue(state, "autopilots", autopilot.id, autopilot), { dialog: null }),
    );
}

/**
 * Stops an Autopilot. If `finish_node` is true, the training of the current node is completed, and that node is then
 * chosen.
 */
async function stopAutopilot(context: Context, id: number, finish_node: boolean): Promise<void> {
  const currentNodeId = context.store.state().server.autopilots[id]?.current_id ?? null;
  const input = { path: { autopilot_id: id }, body: { finish_node } };
  const autopilot = await tryOrNotify(context, () => call("post", "/api/autopilots/{autopilot_id}/stop", input));
  if (!autopilot) return;
  context.store.dispatch((state) => withServerValue(state, "autopilots", id, autopilot));
  if (finish_node) context.store.dispatch(chooseNode(autopilot.current_id ?? currentNodeId ?? autopilot.good_id));
}

/**
 * Creates control nodes, one kind after another. If a request fails, the nodes that have been created before remain,
 * and the error is shown in the dialog.
 */
async function createControlNodes(context: Context, node: number, newControls: readonly NewControls[]): Promise<void> {
  for (const body of newControls) {
    const nodes = await sendFromDialog(context, "controls", () =>
      call("post", "/api/nodes/{node_id}/controls", { path: { node_id: node }, body }),
    );
    if (!nodes) return;
    context.store.dispatch((state) => withServerValues(state, "nodes", nodes));
  }
  context.store.dispatch((state) => withScreen(state, { dialog: null }));
}
