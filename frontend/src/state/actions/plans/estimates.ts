/**
 * Requests estimates of how many filters are needed to reach the target accuracy, and drafts the plan that an estimate
 * recommends.
 */
import { call } from "../../../api/client";
import type { NewEstimate } from "../../../api/values";
import { withDraft } from "../../changes/edits";
import { withChoice, withScreen, withTreeDisplay, withServerValue } from "../../changes/patches";
import type { Context } from "../context";
import { sendFromDialog } from "../dialogRequest";

export function createEstimateActions(context: Context) {
  return {
    estimate: (node: number, body: NewEstimate) => void estimate(context, node, body),
    draftPlanFromEstimate: (id: number) => void draftPlanFromEstimate(context, id),
  };
}

async function estimate(context: Context, node: number, body: NewEstimate): Promise<void> {
  const createdEstimate = await sendFromDialog(context, "estimate", () =>
    call("post", "/api/nodes/{node_id}/estimate", { path: { node_id: node }, body }),
  );
  if (createdEstimate)
    context.store.dispatch((state) =>
      withTreeDisplay(withServerValue(state, "estimates", createdEstimate.id, createdEstimate), {
        estimate: createdEstimate.id,
      }),
    );
}

/**
 * Drafts the plan that an estimate recommends, and chooses this plan and its node. As long as the plan exists, the
 * server returns the same plan for the same estimate.
 */
async function draftPlanFromEstimate(context: Context, id: number): Promise<void> {
  const plan = await sendFromDialog(context, "estimate", () =>
    call("post", "/api/estimates/{estimate_id}/plan", { path: { estimate_id: id } }),
  );
  if (!plan) return;
  context.store.dispatch((state) => {
    const stateWithPlan = withServerValue(state, "plans", plan.id, plan);
    const estimate = state.server.estimates[id];
    const updatedState = estimate
      ? withServerValue(stateWithPlan, "estimates", id, { ...estimate, plan_id: plan.id })
      : stateWithPlan;
    const stateWithChoice = withChoice(updatedState, { node: plan.node_id, plan: plan.id, brush: null });
    return withDraft(withScreen(stateWithChoice, { dialog: null, pan: null, firstCard: null }), { request: null });
  });
}
