/** Saves the reason for a plan, one request at a time; the page keeps the text until the server has saved it. */
import { ApiError, call } from "../../../api/client";
import type { Plan } from "../../../api/values";
import { withReason } from "../../changes/edits";
import { withServerValue, type Reducer } from "../../changes/patches";
import { conflictingPlan } from "./conflicts";
import type { Context } from "../context";
import type { PlanSaver } from "./saver";

export type ReasonSaver = ReturnType<typeof createReasonSaver>;

export function createReasonSaver({ store }: Context, planSaver: PlanSaver) {
  let pendingSave: Promise<void> | null = null;

  const send = async (plan: Plan | null): Promise<void> => {
    const reason = plan && store.state().draft.edits[plan.id]?.reason;
    if (!reason) return;
    const body = { note: reason.text, note_before: reason.before };
    const updatedPlan = await call("patch", "/api/plans/{plan_id}", { path: { plan_id: plan.id }, body }).catch(
      (error: unknown) => {
        store.dispatch(receiveConflictingReason(error));
        throw toConflictError(error);
      },
    );
    store.dispatch((state) => {
      const isReasonUnchanged = state.draft.edits[plan.id]?.reason === reason;
      const latestState = withServerValue(state, "plans", plan.id, updatedPlan);
      return isReasonUnchanged ? withReason(plan.id, null)(latestState) : latestState;
    });
  };

  const save = (key: number): Promise<void> => {
    const plan = planSaver.awaitSavedPlan(key); // at once: saving a new draft changes its key
    const request = Promise.resolve(pendingSave)
      .catch(() => undefined)
      .then(async () => send(await plan));
    const done = (): void => {
      if (pendingSave === request) pendingSave = null;
    };
    pendingSave = request;
    request.then(done, done);
    return request;
  };
  return {
    save,
    /**
     * Saves the reason before the plan is applied, because an applied plan cannot be changed. Waits for a pending
     * request, so that an error of that request is shown.
     */
    flush: (key: number): Promise<void> => pendingSave ?? save(key),
  };
}

/** Stores the reason that somebody else has written, so that saving again replaces that reason. */
const receiveConflictingReason =
  (error: unknown): Reducer =>
  (state) => {
    const theirPlan = conflictingPlan(error);
    const reason = theirPlan && state.draft.edits[theirPlan.id]?.reason;
    return reason
      ? withReason(theirPlan.id, { ...reason, before: theirPlan.note })(
          withServerValue(state, "plans", theirPlan.id, theirPlan),
        )
      : state;
  };

function toConflictError(error: unknown): unknown {
  const theirPlan: Plan | null = conflictingPlan(error);
  if (!theirPlan) return error;
  return new ApiError(
    "stale_plan",
    `Somebody else changed this text to “${theirPlan.note}”. Press Enter in the field to overwrite it with yours, or Escape to keep theirs.`,
  );
}
