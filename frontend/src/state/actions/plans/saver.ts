/** Sends the edited rule to the server: 300 ms after the last change, one request at a time. */
import { ApiError, call } from "../../../api/client";
import type { Plan } from "../../../api/values";
import type { Rule } from "../../../planning/rules";
import { takeSaved, withDraft } from "../../changes/edits";
import { withChoice, withValue } from "../../changes/patches";
import { disagreement } from "../../selectors/plan";
import { isReadOnly } from "../../selectors/select";
import type { State } from "../../state";
import { settle } from "./conflicts";
import { errorMessage, type Context } from "../context";

const WAIT_MS = 300;

export type Saver = ReturnType<typeof createSaver>;

export function createSaver(context: Context) {
  const { store } = context;
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  const running = new Map<number, Promise<number>>();
  /** Nodes of the edits: a plan may be gone by the time that its edit is sent. */
  const homes = new Map<number, number | null>();

  /** Gives the key under which the edit is known then: a new draft gets the id of its plan. */
  const save = async (asked: number): Promise<number> => {
    if (isReadOnly(store.state())) return asked; // may try what follows from an edit; nothing of it is kept
    clearTimeout(timers.get(asked));
    const key = (await running.get(asked)?.catch(() => asked)) ?? asked;
    const edit = store.state().draft.edits[key];
    if (!edit?.unsent || edit.gesture) return key;
    const sent = edit.unsent;
    const request = send(context, key, { node: homes.get(key) ?? null, revision: edit.base, rule: sent }).then(
      (plan) => {
        take(context, key, sent, plan);
        if (plan.id !== key && store.state().draft.edits[plan.id]?.unsent) soon(plan.id); // its timer ran under the old key
        return plan.id;
      },
    );
    running.set(key, request);
    return request.catch((error: unknown) => settle(context, key, error)).finally(() => running.delete(key));
  };
  const tell = (error: unknown): void =>
    store.dispatch((state) =>
      withDraft(state, {
        request: { node: state.choice.node, kind: "save", isPending: false, error: errorMessage(error) },
      }),
    );
  const soon = (key: number): void => {
    homes.set(key, store.state().choice.node);
    clearTimeout(timers.get(key));
    timers.set(
      key,
      setTimeout(() => void save(key).catch(tell), WAIT_MS),
    );
  };

  return {
    soon,
    /** The plan that had this key when it was asked for, once the server has all of it; null where nothing was ever changed. */
    async saved(asked: number): Promise<Plan | null> {
      let key = asked;
      while (isToSend(store.state(), key)) key = await save(key);
      return store.state().server.plans[key] ?? null;
    },
  };
}

/** A drag is sent at its end. */
function isToSend(state: State, key: number): boolean {
  const edit = state.draft.edits[key];
  return edit !== undefined && edit.unsent !== null && edit.gesture === null && !isReadOnly(state);
}

interface Sent {
  readonly node: number | null;
  readonly revision: number | null;
  readonly rule: Rule;
}

function send(context: Context, key: number, { node, revision, rule }: Sent): Promise<Plan> {
  if (key < 0) return addDraft(-key, rule);
  return call("patch", "/api/plans/{plan_id}", { path: { plan_id: key }, body: { rule, revision } }).catch(
    (error: unknown) => {
      if (!(error instanceof ApiError && error.status === 404) || node === null) throw error;
      context.notify("Somebody else threw this draft away meanwhile. Yours is kept as a new one.", "neutral");
      return addDraft(node, rule);
    },
  );
}

const addDraft = (node: number, rule: Rule): Promise<Plan> =>
  call("post", "/api/nodes/{node_id}/plans", { path: { node_id: node }, body: { ...rule, name: null, note: "" } });

function take({ store }: Context, key: number, sent: Rule, plan: Plan): void {
  store.dispatch((state) => {
    const known = takeSaved(key, plan, sent)(withValue(state, "plans", plan.id, plan));
    const isHere = key > 0 ? state.choice.plan === key : state.choice.node === -key && state.choice.plan === null;
    return isHere ? withChoice(known, { plan: plan.id }) : known;
  });
  const difference = disagreement(store.state(), plan);
  if (difference) console.error(difference);
}
