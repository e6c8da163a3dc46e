/** Saves the reason for a plan, one request at a time; the page keeps the text until the server has saved it. */
import { ApiError, call } from "../../../api/client";
import type { Plan } from "../../../api/values";
import { withReason } from "../../changes/edits";
import { withValue, type Reducer } from "../../changes/patches";
import { conflictingPlan } from "./conflicts";
import type { Context } from "../context";
import type { Saver } from "./saver";

export type ReasonSaver = ReturnType<typeof createReasonSaver>;

export function createReasonSaver({ store }: Context, saver: Saver) {
  let pendingRequest: Promise<void> | null = null;

  const send = async (plan: Plan | null): Promise<void> => {
    const reason = plan && store.state().draft.edits[plan.id]?.reason;
    if (!reason) return;
    const body = { note: reason.text, note_before: reason.before };
    const updated = await call("patch", "/api/plans/{plan_id}", { path: { plan_id: plan.id }, body }).catch(
      (error: unknown) => {
        store.dispatch(receiveOtherReason(error));
        throw explainConflict(error);
      },
    );
    store.dispatch((state) => {
      const isReasonUnchanged = state.draft.edits[plan.id]?.reason === reason;
      const latestState = withValue(state, "plans", plan.id, updated);
      return isReasonUnchanged ? withReason(plan.id, null)(latestState) : latestState;
    });
  };

  const save = (key: number): Promise<void> => {
    const plan = saver.savedPlan(key); // at once: saving a new draft changes its key
    const request = Promise.resolve(pendingRequest)
      .catch(() => undefined)
      .then(async () => send(await plan));
    const done = (): void => {
      if (pendingRequest === request) pendingRequest = null;
    };
    pendingRequest = request;
    request.then(done, done);
    return request;
  };
  return {
    save,
    /**
     * Saves the reason before the plan is applied, because an applied plan cannot be changed. Waits for a pending
     * request, so that an error of that request is shown.
     */
    flush: (key: number): Promise<void> => pendingRequest ?? save(key),
  };
}

/** Stores the reason that somebody else has written, so that saving again replaces that reason. */
const receiveOtherReason =
  (error: unknown): Reducer =>
  (state) => {
    const theirs = conflictingPlan(error);
    const reason = theirs && state.draft.edits[theirs.id]?.reason;
    return reason
      ? withReason(theirs.id, { ...reason, before: theirs.note })(withValue(state, "plans", theirs.id, theirs))
      : state;
  };

function explainConflict(error: unknown): unknown {
  const theirs: Plan | null = conflictingPlan(error);
  if (!theirs) return error;
  return new ApiError(
    "stale_plan",
    `Somebody else changed this text to “${theirs.note}”. Press Enter in the field to overwrite it with yours, or Escape to keep theirs.`,
  );
}
