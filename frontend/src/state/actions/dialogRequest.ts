/**
 * Sends a dialog's request: the button is disabled until the response arrives, and an error is shown in the dialog.
 */
import { ApiError } from "../../api/client";
import { withScreen } from "../changes/patches";
import type { Dialog, RequestStatus } from "../dialog";
import type { State } from "../state";
import { errorMessage, type Context } from "./context";

type RequestDialogKind = Extract<Dialog, RequestStatus>["kind"];

/** Sends a request from the open dialog of this kind. Returns the response, or null if the request failed. */
export async function sendFromDialog<T>(
  { store }: Context,
  kind: RequestDialogKind,
  load: () => Promise<T>,
): Promise<T | null> {
  const show = (status: RequestStatus): void => store.dispatch((state) => withDialogStatus(state, kind, status));
  show({ error: null, isSending: true });
  try {
    const response = await load();
    show({ error: null, isSending: false });
    return response;
  } catch (error) {
    show({ error: errorMessage(error), isSending: false });
    if (!(error instanceof ApiError)) throw error;
    return null;
  }
}

function withDialogStatus(state: State, kind: RequestDialogKind, status: RequestStatus): State {
  const { dialog } = state.screen;
  return dialog?.kind === kind ? withScreen(state, { dialog: { ...dialog, ...status } }) : state;
}
