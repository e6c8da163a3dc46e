/**
 * Builds the data of the Preview and Apply buttons from the State: the expected duration of their jobs, and the reason
 * why a button is disabled.
 */
import type { Ranking } from "../../../planning/greedy";
import type { Job, Plan } from "../../../api/values";
import { formatCount, formatDuration } from "../../../marks/format";
import type { PlanModel, PlanResult } from "../../../planning/rules";
import { currentPlan, currentPlanRequest, isApplied, isRuleSaved } from "../../../state/selectors/plan";
import { chosenExperiment, chosenNode, isActiveJob, isReadOnly, treeNodes } from "../../../state/selectors/select";
import type { State } from "../../../state/state";
import type { ButtonData } from "./planData";
import { estimateApplySeconds, previewSeconds } from "../../../state/selectors/training";

export interface LoadedPlan {
  readonly model: PlanModel;
  readonly ranking: Ranking | null;
  readonly result: PlanResult;
}

/** Whether the plan has a preview that was measured before the plan was last changed. */
export function isPreviewStale(state: State, plan: Plan | null): boolean {
  return !!plan?.preview && (!isRuleSaved(state) || plan.preview.revision !== plan.revision);
}

export function previewButton(state: State, { result }: LoadedPlan): ButtonData {
  const plan = currentPlan(state);
  const job = activeJob(state, "preview", plan);
  const seconds = previewSeconds(state);
  const reason = disabledReason(state, result);
  return {
    isEnabled: reason === null && !job,
    isPrimary: reason === null && isPreviewStale(state, plan),
    cost: job ? `${Math.round(100 * job.progress)}%` : seconds === undefined ? "" : `about ${formatDuration(seconds)}`,
    title: reason ?? "Measure the accuracy of the pruned network without training (P)",
  };
}

export function applyButton(state: State, { result }: LoadedPlan): ButtonData {
  const plan = currentPlan(state);
  const reason = disabledReason(state, result);
  const child = plan?.child_id ? state.server.nodes[plan.child_id] : undefined;
  if (plan?.state === "applied") {
    return {
      isEnabled: false,
      isPrimary: false,
      cost: `created node ${child?.number ?? ""}`,
      title: "This plan has been applied and can no longer be changed.",
    };
  }
  const next = Math.max(-1, ...treeNodes(state).map((node) => node.number)) + 1;
  const seconds = estimateApplySeconds(state, result.cost.macs);
  const creationText = `creates node ${formatCount(next)}`;
  return {
    isEnabled: reason === null,
    isPrimary: !isPreviewStale(state, plan),
    cost: seconds === null ? creationText : `${creationText} in about ${formatDuration(seconds)}`,
    title: reason ?? `Prune and fine-tune to create node ${next} (Ctrl+Enter)`,
  };
}

function disabledReason(state: State, { removedFilterCount }: PlanResult): string | null {
  const node = chosenNode(state);
  if (node?.state !== "ready") return "The node is not ready yet.";
  if (chosenExperiment(state)?.has_weights === false)
    return "This experiment was imported from a bundle without weights: you can view it, but not prune it.";
  if (isReadOnly(state)) return "Your link is read-only: you cannot preview or apply plans.";
  if (isApplied(currentPlan(state))) return "This plan has been applied. Create a new draft to change it.";
  const request = currentPlanRequest(state);
  if (request?.isPending && request.kind !== "save") return "A request is in progress. Wait until it has finished.";
  return removedFilterCount ? null : "The plan does not remove any filters yet.";
}

function activeJob(state: State, kind: Job["kind"], plan: Plan | null): Job | null {
  const jobs = Object.values(state.server.jobs);
  return (plan && jobs.find((job) => job.kind === kind && job.plan_id === plan.id && isActiveJob(job))) ?? null;
}
