/** Note, star, latency and test of a node. */
import { call } from "../../api/client";
import { withScreen, withValue } from "../patches";
import { attempt, type Context } from "./context";

export function createNodeActions(context: Context) {
  const { store } = context;
  const change = async (id: number, changes: { note?: string; starred?: boolean }): Promise<void> => {
    const path = { node_id: id };
    const node = await attempt(context, () => call("patch", "/api/nodes/{node_id}", { path, body: changes }));
    if (node) store.dispatch((state) => withValue(state, "nodes", id, node));
  };
  return {
    toggleStar: (id: number) => void change(id, { starred: !store.state().server.nodes[id]?.starred }),
    writeNote: (id: number, note: string) => {
      void change(id, { note });
      store.dispatch((state) => withScreen(state, { dialog: null }));
    },
  };
}
