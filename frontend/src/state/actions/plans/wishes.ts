/** Carries out a wish on the plan area: while it is under way the buttons wait, a refusal stands beside them. */
import { ApiError } from "../../../api/client";
import type { Wish } from "../../draft";
import { withDraft } from "../../changes/edits";
import { errorMessage, type Context } from "../context";

export async function grant({ store }: Context, kind: Wish["kind"], work: () => Promise<void>): Promise<void> {
  const wish: Wish = { node: store.state().choice.node, kind, isPending: true, error: null };
  store.dispatch((state) => withDraft(state, { wish }));
  try {
    await work();
    store.dispatch((state) => (state.draft.wish === wish ? withDraft(state, { wish: null }) : state));
  } catch (error) {
    store.dispatch((state) => withDraft(state, { wish: { ...wish, isPending: false, error: errorMessage(error) } }));
    if (!(error instanceof ApiError)) throw error;
  }
}
