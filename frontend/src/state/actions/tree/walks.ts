/** Branches that grow by themselves, and controls at equal size. */
import { call } from "../../../api/client";
import type { NewControls, NewWalk } from "../../../api/values";
import { withScreen, withValue, withValues } from "../../changes/patches";
import { attempt, type Context } from "../context";
import { chooseNode } from "../choose";
import { send } from "../sending";

export function createWalkActions(context: Context) {
  return {
    startWalk: (node: number, body: NewWalk) => void startWalk(context, node, body),
    stopWalk: (id: number) => void stopWalk(context, id, false),
    takeOverWalk: (id: number) => void stopWalk(context, id, true),
    makeControls: (node: number, bodies: readonly NewControls[]) => void makeControls(context, node, bodies),
  };
}

async function startWalk(context: Context, node: number, body: NewWalk): Promise<void> {
  const walk = await send(context, "walk", () =>
    call("post", "/api/nodes/{node_id}/walks", { path: { node_id: node }, body }),
  );
  if (walk) context.store.dispatch((state) => withScreen(withValue(state, "walks", walk.id, walk), { dialog: null }));
}

/** Taken over: the node in the making is finished and chosen, and nothing follows by itself. */
async function stopWalk(context: Context, id: number, finish_node: boolean): Promise<void> {
  const current = context.store.state().server.walks[id]?.current_id ?? null;
  const input = { path: { walk_id: id }, body: { finish_node } };
  const walk = await attempt(context, () => call("post", "/api/walks/{walk_id}/stop", input));
  if (!walk) return;
  context.store.dispatch((state) => withValue(state, "walks", id, walk));
  if (finish_node) context.store.dispatch(chooseNode(walk.current_id ?? current ?? walk.good_id));
}

/** Kind by kind: what was made stays where a later one is refused, and the refusal stands in the dialog. */
async function makeControls(context: Context, node: number, bodies: readonly NewControls[]): Promise<void> {
  for (const body of bodies) {
    const nodes = await send(context, "controls", () =>
      call("post", "/api/nodes/{node_id}/controls", { path: { node_id: node }, body }),
    );
    if (!nodes) return;
    context.store.dispatch((state) => withValues(state, "nodes", nodes));
  }
  context.store.dispatch((state) => withScreen(state, { dialog: null }));
}
