/** Carries out a wish on the plan area: while it is under way the buttons wait, a refusal stands beside them. */
import { ApiError } from "../../api/client";
import type { Wish } from "../draft";
import { withDraft } from "../edits";
import { errorMessage, type Context } from "./context";

export async function grant({ store }: Context, kind: Wish["kind"], work: () => Promise<void>): Promise<void> {
  store.dispatch((state) => withDraft(state, { wish: { kind, isPending: true, error: null } }));
  try {
    await work();
    store.dispatch((state) => withDraft(state, { wish: null }));
  } catch (error) {
    store.dispatch((state) => withDraft(state, { wish: { kind, isPending: false, error: errorMessage(error) } }));
    if (!(error instanceof ApiError)) throw error;
  }
}
