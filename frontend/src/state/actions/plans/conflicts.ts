/**
 * Conflicting edits of a plan: the person who saves later chooses which version to keep. Nothing is lost before that
 * choice.
 */
import { ApiError, call } from "../../../api/client";
import type { Plan } from "../../../api/values";
import { withDefaults, type Rule } from "../../../planning/rules";
import { isSameRule, rebaseOnTheirPlan, acceptTheirPlan, withDraft } from "../../changes/edits";
import { withChoice, withScreen, withServerValue } from "../../changes/patches";
import { refreshReadout } from "../../selectors/readout";
import type { State } from "../../state";
import { errorMessage, type Context } from "../context";
import { sendFromDialog } from "../dialogRequest";

interface PlanSaver {
  awaitSavedPlan(key: number): Promise<unknown>;
}

/**
 * Returns the version that somebody else has saved, if the server rejected an edit because it was based on an outdated
 * plan. Returns null for any other error.
 */
export function conflictingPlan(error: unknown): Plan | null {
  return error instanceof ApiError && error.code === "stale_plan" ? (error.details.plan as Plan) : null;
}

/**
 * Opens the conflict dialog if the server rejected an outdated edit, and rethrows any other error. If the two versions
 * are identical, there is no conflict.
 */
export function openConflictDialog({ store }: Context, key: number, error: unknown): number {
  const theirPlan = conflictingPlan(error);
  if (!theirPlan) throw error;
  const unsentRule = store.state().draft.edits[key]?.unsentRule;
  if (unsentRule && isSameRule(unsentRule, withDefaults(theirPlan.rule))) {
    store.dispatch(acceptTheirPlan(theirPlan));
    return key;
  }
  store.dispatch((state) =>
    withScreen(state, { dialog: { kind: "conflict", theirPlan: theirPlan, error: null, isSending: false } }),
  );
  throw new ApiError("stale_plan", errorMessage(error));
}

export function createConflictActions(context: Context, planSaver: PlanSaver) {
  const { store } = context;
  const close = (state: State): State =>
    refreshReadout(withDraft(withScreen(state, { dialog: null }), { request: null }));
  return {
    keepTheirs: (theirPlan: Plan) => store.dispatch((state) => close(acceptTheirPlan(theirPlan)(state))),
    overwriteTheirs: (theirPlan: Plan) => {
      store.dispatch((state) => close(rebaseOnTheirPlan(theirPlan)(state)));
      void planSaver
        .awaitSavedPlan(theirPlan.id)
        .catch((error: unknown) => context.notify(errorMessage(error), "danger"));
    },
    saveMineSeparately: (theirPlan: Plan) => void saveAsSeparatePlan(context, theirPlan),
  };
}

/**
 * Saves the local version of a plan as a draft named with the next free letter; the other person's version stays
 * unchanged.
 */
async function saveAsSeparatePlan(context: Context, theirPlan: Plan): Promise<void> {
  const rule: Rule | null = context.store.state().draft.edits[theirPlan.id]?.unsentRule ?? null;
  if (!rule) return;
  const path = { node_id: theirPlan.node_id };
  const note = `Saved as a separate draft, because somebody else changed plan ${theirPlan.name}.`;
  const plan = await sendFromDialog(context, "conflict", () =>
    call("post", "/api/nodes/{node_id}/plans", { path, body: { ...rule, name: null, note } }),
  );
  if (!plan) return;
  context.store.dispatch((state) => {
    const updatedState = withServerValue(acceptTheirPlan(theirPlan)(state), "plans", plan.id, plan);
    return refreshReadout(withScreen(withChoice(updatedState, { plan: plan.id }), { dialog: null }));
  });
}
