/**
 * Creates, renames, previews and applies the drafts of a node, and saves the reasons for them. Each request concerns
 * the draft that is current when the request is made.
 */
import { call } from "../../../api/client";
import type { Plan, Preview, Training } from "../../../api/values";
import { emptyRule } from "../../../planning/rules";
import { editReason, startDraft, withDraft, withReason } from "../../changes/edits";
import { withChoice, withServerValue, withServerValues } from "../../changes/patches";
import { isReadOnly } from "../../selectors/select";
import { tryOrNotify, type Context } from "../context";
import { pinCurrentPlanIfLoaded } from "../validChoice";
import { createReasonSaver, type ReasonSaver } from "./reasons";
import type { PlanSaver } from "./saver";
import { runPlanRequest } from "./planRequest";
import { currentPlan, currentReason, currentRule, currentEditKey, isApplied, hasNewDraft } from "../../selectors/plan";

export function createDraftActions(context: Context, planSaver: PlanSaver) {
  const { store } = context;
  const reasonSaver = createReasonSaver(context, planSaver);
  const currentDraftKey = (): number => currentEditKey(store.state());
  const request = (kind: "save" | "preview" | "apply", send: (key: number) => Promise<void>): void => {
    const key = currentDraftKey();
    void runPlanRequest(context, kind, () => send(key));
  };
  return {
    choosePlan: (plan: number) =>
      store.dispatch((state) => withDraft(withChoice(state, { plan: plan || null, brush: null }), { request: null })),
    newDraft: () => request("save", (key) => addDraft(context, planSaver, key)),
    renameDraft: (name: string) => request("save", (key) => renameDraft(context, planSaver, key, name)),
    deletePlan: () => request("save", () => deletePlan(context)),
    /** Edits and saves the reason. The text stays in the field until the server has saved it. */
    writeReason: (text: string) => {
      if (text === currentReason(store.state()) && !store.state().draft.edits[currentDraftKey()]?.reason) return;
      store.dispatch(editReason(text));
      request("save", (key) => reasonSaver.save(key));
    },
    /** Discards the edited reason and shows the saved one again. */
    dropReason: () =>
      store.dispatch((state) => withDraft(withReason(currentEditKey(state), null)(state), { request: null })),
    chooseTrainingSettings: (training: Training) => void chooseTrainingSettings(context, training),
    previewPlan: () => request("preview", (key) => previewPlan(context, planSaver, key)),
    applyPlan: () => request("apply", (key) => applyPlan(context, planSaver, reasonSaver, key)),
  };
}

/**
 * Copies the current rule to a new draft, named with the next free letter. The page shows the new draft before the
 * server has saved it, so later edits belong to the new draft.
 */
async function addDraft({ store }: Context, planSaver: PlanSaver, key: number): Promise<void> {
  const { node } = store.state().choice;
  if (node === null) return;
  const rule = currentRule(store.state());
  if (hasNewDraft(store.state(), node)) await planSaver.awaitSavedPlan(-node);
  else if (key > 0) void planSaver.awaitSavedPlan(key);
  store.dispatch(startDraft(node, rule));
  await planSaver.awaitSavedPlan(-node);
}

/** Renames the draft, or creates a draft with this name if the node has none. */
async function renameDraft({ store }: Context, planSaver: PlanSaver, key: number, name: string): Promise<void> {
  const plan = await planSaver.awaitSavedPlan(key);
  if (plan?.name === name || isApplied(plan)) return;
  const renamedPlan = plan
    ? await call("patch", "/api/plans/{plan_id}", { path: { plan_id: plan.id }, body: { name } })
    : await call("post", "/api/nodes/{node_id}/plans", {
        path: { node_id: -key },
        body: { ...emptyRule, name, note: "" },
      });
  store.dispatch((state) => withServerValue(state, "plans", renamedPlan.id, renamedPlan));
}

async function deletePlan({ store }: Context): Promise<void> {
  const plan = currentPlan(store.state());
  if (!plan || isApplied(plan)) return;
  await call("delete", "/api/plans/{plan_id}", { path: { plan_id: plan.id } });
  store.dispatch((state) => {
    const plans = Object.fromEntries(Object.entries(state.server.plans).filter(([id]) => Number(id) !== plan.id));
    return pinCurrentPlanIfLoaded({ ...state, server: { ...state.server, plans } });
  });
}

/** Saves the training settings with the experiment. The settings of a read-only visitor stay on this page. */
async function chooseTrainingSettings(context: Context, training: Training): Promise<void> {
  const { store } = context;
  const experiment = store.state().choice.experiment ?? 0;
  if (isReadOnly(store.state())) {
    store.dispatch((state) => withDraft(state, { training: { ...state.draft.training, [experiment]: training } }));
    return;
  }
  const request = { path: { experiment_id: experiment }, body: { training } };
  const updatedExperiment = await tryOrNotify(context, () =>
    call("patch", "/api/experiments/{experiment_id}", request),
  );
  if (updatedExperiment)
    store.dispatch((state) => withServerValue(state, "experiments", experiment, updatedExperiment));
}

async function previewPlan({ store }: Context, planSaver: PlanSaver, key: number): Promise<void> {
  const plan = await planSaver.awaitSavedPlan(key);
  if (!plan) return;
  const previewOrJob = await call("post", "/api/plans/{plan_id}/preview", { path: { plan_id: plan.id } });
  store.dispatch((state) =>
    isPreview(previewOrJob)
      ? withServerValue(state, "plans", plan.id, { ...(state.server.plans[plan.id] ?? plan), preview: previewOrJob })
      : withServerValue(state, "jobs", previewOrJob.id, previewOrJob),
  );
}

const isPreview = (response: object): response is Preview => "recalibrated" in response;

async function applyPlan(
  { store }: Context,
  planSaver: PlanSaver,
  reasonSaver: ReasonSaver,
  key: number,
): Promise<void> {
  const draft = await planSaver.awaitSavedPlan(key);
  if (!draft) return;
  await reasonSaver.flush(draft.id);
  const plan = (await planSaver.awaitSavedPlan(draft.id)) ?? draft;
  const state = store.state();
  const training = state.draft.training[state.server.nodes[plan.node_id]?.experiment_id ?? 0] ?? null;
  const body = { training, note: null, revision: plan.revision };
  const { node, job } = await call("post", "/api/plans/{plan_id}/apply", { path: { plan_id: plan.id }, body });
  const appliedPlan: Plan = { ...plan, state: "applied", child_id: node.id };
  store.dispatch((latestState) =>
    withServerValues(
      withServerValue(withServerValue(latestState, "nodes", node.id, node), "jobs", job.id, job),
      "plans",
      [appliedPlan],
    ),
  );
}
