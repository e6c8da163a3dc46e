/** Edits the note and the star of a node. */
import { ApiError, call } from "../../../api/client";
import type { Node } from "../../../api/values";
import { withScreen, withServerValue, type Reducer } from "../../changes/patches";
import { tryOrNotify, type Context } from "../context";
import { sendFromDialog } from "../dialogRequest";

export function createNodeActions(context: Context) {
  const { store } = context;
  /** The star state that was last requested for each node whose response is pending, by node id. */
  const requestedStarByNode = new Map<number, boolean>();
  return {
    toggleStar: (id: number) => {
      const isSavePending = requestedStarByNode.has(id);
      requestedStarByNode.set(id, !(requestedStarByNode.get(id) ?? store.state().server.nodes[id]?.starred));
      if (!isSavePending) void saveStar(context, id, requestedStarByNode);
    },
    openNote: (node: Node) =>
      store.dispatch((state) =>
        withScreen(state, {
          dialog: { kind: "note", node: node.id, before: node.note, error: null, isSending: false },
        }),
      ),
    writeNote: (note: string) => void writeNote(context, note),
  };
}

/**
 * Saves the star, one request at a time, so that requests cannot overtake each other. Sends another request if the star
 * was toggled before the response arrived.
 */
async function saveStar(context: Context, id: number, requestedStarByNode: Map<number, boolean>): Promise<void> {
  const change = (starred: boolean) =>
    call("patch", "/api/nodes/{node_id}", { path: { node_id: id }, body: { starred } });
  let starred: boolean;
  try {
    do {
      starred = requestedStarByNode.get(id)!;
      const node = await tryOrNotify(context, () => change(starred));
      if (!node) return;
      context.store.dispatch((state) => withServerValue(state, "nodes", id, node));
    } while (requestedStarByNode.get(id) !== starred);
  } finally {
    requestedStarByNode.delete(id);
  }
}

/** Saves the note. The dialog stays open until the server has saved it, so that no text is lost. */
async function writeNote(context: Context, note: string): Promise<void> {
  const { dialog } = context.store.state().screen;
  if (dialog?.kind !== "note" || dialog.isSending) return;
  const { node, before } = dialog;
  const body = { note, note_before: before };
  const savedNode = await sendFromDialog(context, "note", () =>
    call("patch", "/api/nodes/{node_id}", { path: { node_id: node }, body }).catch((error: unknown) => {
      context.store.dispatch(receiveConflictingNote(error));
      throw error;
    }),
  );
  if (savedNode) context.store.dispatch((state) => closeNoteDialog(withServerValue(state, "nodes", node, savedNode)));
}

/** Handles a note that somebody else has changed: the dialog shows their text, and saving again replaces it. */
const receiveConflictingNote =
  (error: unknown): Reducer =>
  (state) => {
    const { dialog } = state.screen;
    if (!(error instanceof ApiError && error.code === "stale_note") || dialog?.kind !== "note") return state;
    const theirNode = error.details.node as Node;
    return withScreen(withServerValue(state, "nodes", theirNode.id, theirNode), {
      dialog: { ...dialog, before: theirNode.note },
    });
  };

const closeNoteDialog: Reducer = (state) =>
  state.screen.dialog?.kind === "note" ? withScreen(state, { dialog: null }) : state;
