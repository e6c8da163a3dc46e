/** Lists, creates and revokes the links that share a tree. */
import { call } from "../../../api/client";
import type { NewLink } from "../../../api/values";
import { withoutId, withScreen, withServer, withServerValue, withServerValues } from "../../changes/patches";
import { fetchOnce, tryOrNotify, forgetRequests, type Context } from "../context";
import { sendFromDialog } from "../dialogRequest";

export function createLinkActions(context: Context) {
  return {
    openShareDialog: () => openShareDialog(context),
    createLink: (body: NewLink) => void createLink(context, body),
    revokeLink: (id: number) => void revokeLink(context, id),
  };
}

function openShareDialog(context: Context): void {
  const { store } = context;
  if (store.state().choice.experiment === null) return;
  const dialog = { kind: "share", newLink: null, error: null, isSending: false } as const;
  store.dispatch((state) => withScreen(state, { dialog }));
  if (store.state().server.visitor?.kind !== "link") loadLinks(context);
}

/**
 * Reloads the links when the dialog is opened and after a link was created or revoked. A pending response is discarded,
 * since it may not include the latest change.
 */
function loadLinks(context: Context): void {
  const { experiment } = context.store.state().choice;
  if (experiment === null) return;
  context.store.dispatch(forgetRequests((key) => key.startsWith("links:")));
  const path = { experiment_id: experiment };
  fetchOnce(
    context,
    `links:${experiment}`,
    () => call("get", "/api/experiments/{experiment_id}/links", { path }),
    (state, links) => withServerValues(withServer(state, { links: {} }), "links", links),
  );
}

async function createLink(context: Context, body: NewLink): Promise<void> {
  const { experiment } = context.store.state().choice;
  if (experiment === null) return;
  const path = { experiment_id: experiment };
  const createdLink = await sendFromDialog(context, "share", () =>
    call("post", "/api/experiments/{experiment_id}/links", { path, body }),
  );
  if (!createdLink) return;
  context.store.dispatch((state) => {
    const { dialog } = state.screen;
    const updatedState = withServerValue(state, "links", createdLink.link.id, createdLink.link);
    return dialog?.kind === "share"
      ? withScreen(updatedState, { dialog: { ...dialog, newLink: `${location.origin}${createdLink.path}` } })
      : updatedState;
  });
  loadLinks(context);
}

async function revokeLink(context: Context, id: number): Promise<void> {
  const isRevoked = await tryOrNotify(context, () =>
    call("delete", "/api/links/{link_id}", { path: { link_id: id } }).then(() => true),
  );
  if (!isRevoked) return;
  context.store.dispatch((state) => withServer(state, { links: withoutId(state.server.links, id) }));
  loadLinks(context);
}
