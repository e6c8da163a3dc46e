/** Saves the edited rule 300 ms after the last change, one request at a time. */
import { ApiError, call } from "../../../api/client";
import type { Plan } from "../../../api/values";
import type { Rule } from "../../../planning/rules";
import { markRuleSaved, withDraft } from "../../changes/edits";
import { withChoice, withServerValue } from "../../changes/patches";
import { describePlanMismatch } from "../../selectors/plan";
import { isReadOnly } from "../../selectors/select";
import type { State } from "../../state";
import { openConflictDialog } from "./conflicts";
import { errorMessage, type Context } from "../context";

const SAVE_DELAY_MS = 300;

export type PlanSaver = ReturnType<typeof createPlanSaver>;

export function createPlanSaver(context: Context) {
  const { store } = context;
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  const pendingSaves = new Map<number, Promise<number>>();
  /**
   * Id of the node to which each edit belongs, by the key of the edit. It is needed if the plan is deleted before the
   * edit is sent.
   */
  const nodeByEditKey = new Map<number, number | null>();

  /** Saves the edit with this key. Returns the key of the saved plan: its id for a new draft, else the same key. */
  const save = async (editKey: number): Promise<number> => {
    if (isReadOnly(store.state())) return editKey; // a read-only visitor may try edits; nothing is saved
    clearTimeout(timers.get(editKey));
    const key = (await pendingSaves.get(editKey)?.catch(() => editKey)) ?? editKey;
    const edit = store.state().draft.edits[key];
    if (!edit?.unsentRule || edit.dragStartRule) return key;
    const sentRule = edit.unsentRule;
    const request = send(context, key, {
      node: nodeByEditKey.get(key) ?? null,
      revision: edit.baseRevision,
      rule: sentRule,
    }).then((plan) => {
      receive(context, key, sentRule, plan);
      if (plan.id !== key && store.state().draft.edits[plan.id]?.unsentRule) scheduleSave(plan.id); // its timer used the old key
      return plan.id;
    });
    pendingSaves.set(key, request);
    return request
      .catch((error: unknown) => openConflictDialog(context, key, error))
      .finally(() => pendingSaves.delete(key));
  };
  const reportError = (error: unknown): void =>
    store.dispatch((state) =>
      withDraft(state, {
        request: { node: state.choice.node, kind: "save", isPending: false, error: errorMessage(error) },
      }),
    );
  const scheduleSave = (key: number): void => {
    nodeByEditKey.set(key, store.state().choice.node);
    clearTimeout(timers.get(key));
    timers.set(
      key,
      setTimeout(() => void save(key).catch(reportError), SAVE_DELAY_MS),
    );
  };

  return {
    scheduleSave,
    /** Saves all edits with this key and then returns the plan; null if there is no plan and nothing was edited. */
    async awaitSavedPlan(requestedKey: number): Promise<Plan | null> {
      let key = requestedKey;
      while (hasUnsentEdit(store.state(), key)) key = await save(key);
      return store.state().server.plans[key] ?? null;
    },
  };
}

/** Whether there is an edit to send. A drag is sent only when it ends. */
function hasUnsentEdit(state: State, key: number): boolean {
  const edit = state.draft.edits[key];
  return edit !== undefined && edit.unsentRule !== null && edit.dragStartRule === null && !isReadOnly(state);
}

interface EditToSend {
  readonly node: number | null;
  readonly revision: number | null;
  readonly rule: Rule;
}

function send(context: Context, key: number, { node, revision, rule }: EditToSend): Promise<Plan> {
  if (key < 0) return postNewDraft(-key, rule);
  return call("patch", "/api/plans/{plan_id}", { path: { plan_id: key }, body: { rule, revision } }).catch(
    (error: unknown) => {
      if (!(error instanceof ApiError && error.status === 404) || node === null) throw error;
      context.notify("Somebody else deleted this draft. Your version is saved as a new draft.", "neutral");
      return postNewDraft(node, rule);
    },
  );
}

const postNewDraft = (node: number, rule: Rule): Promise<Plan> =>
  call("post", "/api/nodes/{node_id}/plans", { path: { node_id: node }, body: { ...rule, name: null, note: "" } });

function receive({ store }: Context, key: number, sentRule: Rule, plan: Plan): void {
  store.dispatch((state) => {
    const updatedState = markRuleSaved(key, plan, sentRule)(withServerValue(state, "plans", plan.id, plan));
    const isChosen = key > 0 ? state.choice.plan === key : state.choice.node === -key && state.choice.plan === null;
    return isChosen ? withChoice(updatedState, { plan: plan.id }) : updatedState;
  });
  const mismatch = describePlanMismatch(store.state(), plan);
  if (mismatch) console.error(mismatch);
}
