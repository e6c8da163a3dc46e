/**
 * Runs a request from the plan area: the buttons are disabled until the response arrives, and an error is shown next to
 * them.
 */
import { ApiError } from "../../../api/client";
import type { PlanRequestStatus } from "../../draft";
import { withDraft } from "../../changes/edits";
import { errorMessage, type Context } from "../context";

export async function runPlanRequest(
  { store }: Context,
  kind: PlanRequestStatus["kind"],
  send: () => Promise<void>,
): Promise<void> {
  const request: PlanRequestStatus = { node: store.state().choice.node, kind, isPending: true, error: null };
  store.dispatch((state) => withDraft(state, { request }));
  try {
    await send();
    store.dispatch((state) => (state.draft.request === request ? withDraft(state, { request: null }) : state));
  } catch (error) {
    store.dispatch((state) =>
      withDraft(state, { request: { ...request, isPending: false, error: errorMessage(error) } }),
    );
    if (!(error instanceof ApiError)) throw error;
  }
}
