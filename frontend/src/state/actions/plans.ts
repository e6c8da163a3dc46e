/** Drafting, previewing and applying plans. The page edits at once; the server follows within 300 ms. */
import { call } from "../../api/client";
import type { Plan, Preview, Training } from "../../api/values";
import { countBelow, lineScore, stepScore } from "../../plan/line";
import { decide, toggleLock, toggleUnit, type Decision } from "../../plan/hand";
import { openUnits } from "../../plan/rules";
import { commonOf, emptyRule, type Rule } from "../../plan/rule";
import { currentPlan, currentRule, editKey, isClosed } from "../currentPlan";
import { changeRule, dragRule, endDrag, redoRule, undoRule, withDraft } from "../edits";
import { withChoice, withValue, withValues, type Reducer } from "../patches";
import { planModel, planResult, ranking } from "../plan";
import { refreshReadout } from "../readout";
import { isReadOnly } from "../select";
import type { State } from "../state";
import { attempt, type Context } from "./context";
import { createConflictActions } from "./conflicts";
import { createSaver } from "./saver";
import { grant } from "./wishes";

export function createPlanActions(context: Context) {
  const { store } = context;
  const saver = createSaver(context);
  const edit = (reducer: Reducer): void => {
    if (isClosed(currentPlan(store.state()))) return;
    store.dispatch((state) => refreshReadout(reducer(withDraft(state, { wish: null }))));
    saver.soon(editKey(store.state()));
  };
  const change = (make: (rule: Rule, state: State) => Rule | null): void => {
    const rule = make(currentRule(store.state()), store.state());
    if (rule) edit(changeRule(rule));
  };
  return {
    undo: () => edit(undoRule),
    redo: () => edit(redoRule),
    removePercent: (percent: number) => change((rule, state) => percentRule(rule, state, percent)),
    removeBelow: (value: number) => change((rule, state) => thresholdRule(rule, state, value)),
    /** A tick of a drag; the whole drag is one undo. */
    dragLine: (value: number) => {
      const state = store.state();
      if (!isClosed(currentPlan(state))) store.dispatch(dragRule(thresholdRule(currentRule(state), state, value)));
    },
    endLine: () => edit(endDrag),
    stepLine: (filters: number) => change((rule, state) => steppedRule(rule, state, filters)),
    setRule: (rule: Rule) => change(() => rule),
    roundWidths: (round_to: number) => change((rule) => ({ ...rule, round_to })),
    toggleLock: (layer: string) => change((rule) => toggleLock(rule, layer)),
    toggleFilter: (unit: number) => change((rule, state) => toggledRule(rule, state, unit)),
    decide: (units: readonly number[], decision: Decision) =>
      change((rule, state) => decidedRule(rule, state, units, decision)),
    ...createDraftActions(context, saver),
    ...createConflictActions(context, saver),
  };
}

type Saver = ReturnType<typeof createSaver>;

function createDraftActions(context: Context, saver: Saver) {
  const { store } = context;
  let reason: Promise<unknown> = Promise.resolve(); // an applied plan is closed: its reason has to be there before
  return {
    choosePlan: (plan: number) => store.dispatch((state) => withDraft(withChoice(state, { plan, brush: null }), { wish: null })),
    newDraft: () => void grant(context, "save", () => addDraft(context, saver)),
    renameDraft: (name: string) => void grant(context, "save", () => renameDraft(context, saver, name)),
    deletePlan: () => void grant(context, "save", () => deletePlan(context)),
    writeReason: (note: string) => {
      reason = grant(context, "save", () => writeReason(context, saver, note));
    },
    chooseTraining: (training: Training) => void chooseTraining(context, training),
    previewPlan: () => void grant(context, "preview", () => previewPlan(context, saver)),
    applyPlan: () => void reason.then(() => grant(context, "apply", () => applyPlan(context, saver))),
  };
}

function percentRule(rule: Rule, state: State, percent: number): Rule {
  const share = Math.min(100, Math.max(0, percent));
  return { ...commonOf(rule), rule: "percent", percent: share, criterion: state.choice.criterion };
}

function thresholdRule(rule: Rule, state: State, value: number): Rule {
  return { ...commonOf(rule), rule: "threshold", value, criterion: state.choice.criterion };
}

function steppedRule(rule: Rule, state: State, filters: number): Rule | null {
  const [model, whole, result] = [planModel(state), ranking(state), planResult(state)];
  if (!model || !whole || !result) return null;
  const open = { ...whole, ascending: openUnits(model.structure, whole, rule) }; // locked and handmade ones do not count
  const score = lineScore(rule, whole, result.removed, result.hand) ?? stepScore(open, 0, -Infinity);
  const next = stepScore(open, score, filters);
  const isSame = countBelow(open, next) === countBelow(open, score) && rule.rule === "threshold";
  return isSame ? null : thresholdRule(rule, state, next);
}

function toggledRule(rule: Rule, state: State, unit: number): Rule | null {
  const [model, result] = [planModel(state), planResult(state)];
  if (!model || !result || !model.structure.free[unit]) return null;
  return toggleUnit(model.structure, rule, unit, result.removed[unit] === 1);
}

function decidedRule(rule: Rule, state: State, units: readonly number[], decision: Decision): Rule | null {
  const model = planModel(state);
  if (!model) return null;
  return decide(model.structure, rule, units.filter((u) => model.structure.free[u]), decision);
}

/** A copy of the rule at hand under the next letter. */
async function addDraft({ store }: Context, saver: Saver): Promise<void> {
  const original = await saver.saved();
  const { node } = store.state().choice;
  if (node === null) return;
  const rule = original ? currentRule(store.state()) : emptyRule;
  const plan = await call("post", "/api/nodes/{node_id}/plans", { path: { node_id: node }, body: { ...rule, name: null, note: "" } });
  store.dispatch((now) => withChoice(withValue(now, "plans", plan.id, plan), { plan: plan.id }));
}

/** Where the node has no draft yet, it gets one of that name. */
async function renameDraft({ store }: Context, saver: Saver, name: string): Promise<void> {
  const plan = await saver.saved();
  const { node } = store.state().choice;
  if (node === null || plan?.name === name || isClosed(plan)) return;
  const answer = plan
    ? await call("patch", "/api/plans/{plan_id}", { path: { plan_id: plan.id }, body: { name } })
    : await call("post", "/api/nodes/{node_id}/plans", { path: { node_id: node }, body: { ...emptyRule, name, note: "" } });
  store.dispatch((state) => withValue(state, "plans", answer.id, answer));
}

async function deletePlan({ store }: Context): Promise<void> {
  const plan = currentPlan(store.state());
  if (!plan || isClosed(plan)) return;
  await call("delete", "/api/plans/{plan_id}", { path: { plan_id: plan.id } });
  store.dispatch((state) => {
    const plans = Object.fromEntries(Object.entries(state.server.plans).filter(([id]) => Number(id) !== plan.id));
    return withChoice({ ...state, server: { ...state.server, plans } }, { plan: null });
  });
}

async function writeReason({ store }: Context, saver: Saver, note: string): Promise<void> {
  const plan = await saver.saved();
  if (!plan || plan.note === note) return;
  const answer = await call("patch", "/api/plans/{plan_id}", { path: { plan_id: plan.id }, body: { note, note_before: plan.note } });
  store.dispatch((state) => withValue(state, "plans", plan.id, answer));
}

/** The experiment keeps it, for every browser; who may only look has it in this page. */
async function chooseTraining(context: Context, training: Training): Promise<void> {
  const { store } = context;
  const experiment = store.state().choice.experiment ?? 0;
  if (isReadOnly(store.state())) {
    store.dispatch((state) => withDraft(state, { training: { ...state.draft.training, [experiment]: training } }));
    return;
  }
  const request = { path: { experiment_id: experiment }, body: { training } };
  const changed = await attempt(context, () => call("patch", "/api/experiments/{experiment_id}", request));
  if (changed) store.dispatch((state) => withValue(state, "experiments", experiment, changed));
}

async function previewPlan({ store }: Context, saver: Saver): Promise<void> {
  const plan = await saver.saved();
  if (!plan) return;
  const answer = await call("post", "/api/plans/{plan_id}/preview", { path: { plan_id: plan.id } });
  store.dispatch((state) =>
    isPreview(answer) ? withValue(state, "plans", plan.id, { ...(state.server.plans[plan.id] ?? plan), preview: answer }) : withValue(state, "jobs", answer.id, answer),
  );
}

const isPreview = (answer: object): answer is Preview => "recalibrated" in answer;

async function applyPlan({ store }: Context, saver: Saver): Promise<void> {
  const plan = await saver.saved();
  if (!plan) return;
  const state = store.state();
  const training = state.draft.training[state.choice.experiment ?? 0] ?? null;
  const body = { training, note: null, revision: plan.revision };
  const path = { plan_id: plan.id };
  const { node, job } = await call("post", "/api/plans/{plan_id}/apply", { path, body });
  const closed: Plan = { ...plan, state: "applied", child_id: node.id };
  store.dispatch((now) =>
    withChoice(withValues(withValue(withValue(now, "nodes", node.id, node), "jobs", job.id, job), "plans", [closed]), {
      plan: plan.id,
    }),
  );
}
