/**
 * Changes to the unsaved edit of a plan: a new rule, a drag, undo and redo, a new reason, and the server's responses.
 */
import type { Plan } from "../../api/values";
import type { Rule } from "../../planning/rules";
import { type Draft, type PlanEdit, emptyPlanEdit, type EditedReason } from "../draft";
import { type Reducer, withChoice, withServerValue } from "./patches";
import type { State } from "../state";
import { currentEdit, currentPlan, currentRule, currentEditKey } from "../selectors/plan";

const MAX_UNDO_STEPS = 200;

export const withDraft = (state: State, draft: Partial<Draft>): State => ({
  ...state,
  draft: { ...state.draft, ...draft },
});

/**
 * Stores the edit of a plan. Its base revision stays the one at which the edit began, even if somebody else saves the
 * plan before the edit is sent.
 */
function withEdit(state: State, key: number, edit: PlanEdit): State {
  const before = state.draft.edits[key] ?? emptyPlanEdit;
  const base = before.unsentRule === null ? (currentPlan(state)?.revision ?? null) : before.baseRevision;
  return withDraft(state, { edits: { ...state.draft.edits, [key]: { ...edit, baseRevision: base } } });
}

/** Replaces the rule, and adds the previous rule to the undo history. */
export const changeRule =
  (rule: Rule): Reducer =>
  (state) => {
    const [edit, before] = [currentEdit(state), currentRule(state)];
    if (isSameRule(rule, before)) return state;
    const undoHistory = [...edit.undoHistory, before].slice(-MAX_UNDO_STEPS);
    return withEdit(state, currentEditKey(state), {
      ...edit,
      undoHistory,
      redoHistory: [],
      unsentRule: rule,
      dragStartRule: null,
    });
  };

/** Replaces the rule at one step of a drag; a single undo reverts the whole drag. */
export const changeRuleDuringDrag =
  (rule: Rule): Reducer =>
  (state) => {
    const edit = currentEdit(state);
    const ruleBeforeDrag = edit.dragStartRule ?? currentRule(state);
    return withEdit(state, currentEditKey(state), { ...edit, unsentRule: rule, dragStartRule: ruleBeforeDrag });
  };

export const endRuleDrag: Reducer = (state) => {
  const edit = currentEdit(state);
  if (!edit.dragStartRule) return state;
  const hasRuleChanged = edit.unsentRule !== null && !isSameRule(edit.dragStartRule, edit.unsentRule);
  const undoHistory = hasRuleChanged
    ? [...edit.undoHistory, edit.dragStartRule].slice(-MAX_UNDO_STEPS)
    : edit.undoHistory;
  return withEdit(state, currentEditKey(state), {
    ...edit,
    undoHistory,
    redoHistory: hasRuleChanged ? [] : edit.redoHistory,
    dragStartRule: null,
  });
};

export const undoRuleChange: Reducer = (state) => {
  const edit = currentEdit(state);
  const before = edit.undoHistory[edit.undoHistory.length - 1];
  if (!before) return state;
  const redoHistory = [currentRule(state), ...edit.redoHistory];
  return withEdit(state, currentEditKey(state), {
    ...edit,
    undoHistory: edit.undoHistory.slice(0, -1),
    redoHistory,
    unsentRule: before,
    dragStartRule: null,
  });
};

export const redoRuleChange: Reducer = (state) => {
  const edit = currentEdit(state);
  const [next, ...remainingRedoHistory] = edit.redoHistory;
  if (!next) return state;
  const undoHistory = [...edit.undoHistory, currentRule(state)];
  return withEdit(state, currentEditKey(state), {
    ...edit,
    undoHistory,
    redoHistory: remainingRedoHistory,
    unsentRule: next,
    dragStartRule: null,
  });
};

/**
 * Records that the server has saved the rule `sentRule`; changes made after sending it stay unsent. The edit of a new
 * draft is moved to the id of the saved plan.
 */
export const markRuleSaved =
  (key: number, plan: Pick<Plan, "id" | "revision">, sentRule: Rule): Reducer =>
  (state) => {
    const planEdit = state.draft.edits[plan.id]; // the draft was chosen and edited before its answer arrived
    const edit = (planEdit?.unsentRule ? planEdit : state.draft.edits[key]) ?? emptyPlanEdit;
    const unsentRule = edit.unsentRule === sentRule ? null : edit.unsentRule;
    const otherEdits = Object.fromEntries(
      Object.entries(state.draft.edits).filter(([editKey]) => Number(editKey) !== key),
    );
    return withDraft(state, {
      edits: { ...otherEdits, [plan.id]: { ...edit, unsentRule, baseRevision: plan.revision } },
    });
  };

/**
 * Starts a new draft of the node with this rule. Edits that are made before the server answers belong to this draft.
 */
export const startDraft =
  (node: number, rule: Rule): Reducer =>
  (state) => {
    const draft = withDraft(state, {
      edits: { ...state.draft.edits, [-node]: { ...emptyPlanEdit, unsentRule: rule } },
    });
    return state.choice.node === node ? withChoice(draft, { plan: null, brush: null }) : draft;
  };

/**
 * Stores an edited reason. If there is no plan yet, this also starts a draft, which removes nothing unless a rule was
 * edited before.
 */
export const editReason =
  (text: string): Reducer =>
  (state) => {
    const [key, edit] = [currentEditKey(state), currentEdit(state)];
    const reason = { text, before: edit.reason?.before ?? currentPlan(state)?.note ?? "" };
    const unsentRule = key < 0 ? (edit.unsentRule ?? currentRule(state)) : edit.unsentRule;
    return withDraft(state, { edits: { ...state.draft.edits, [key]: { ...edit, unsentRule, reason } } });
  };

/** Sets the unsaved reason of an edit; null after the server has saved it or the user has discarded it. */
export const withReason =
  (key: number, reason: EditedReason | null): Reducer =>
  (state) => {
    const edit = state.draft.edits[key];
    return edit ? withDraft(state, { edits: { ...state.draft.edits, [key]: { ...edit, reason } } }) : state;
  };

/** Replaces a plan by the version that another person has saved. Discards the local edit; undo restores it. */
export const acceptTheirPlan =
  (theirPlan: Plan): Reducer =>
  (state) => {
    const edit = state.draft.edits[theirPlan.id];
    const updatedState = withServerValue(state, "plans", theirPlan.id, theirPlan);
    if (!edit?.unsentRule) return updatedState;
    const undoHistory = [...edit.undoHistory, edit.unsentRule].slice(-MAX_UNDO_STEPS);
    return withDraft(updatedState, {
      edits: { ...updatedState.draft.edits, [theirPlan.id]: { ...emptyPlanEdit, undoHistory, reason: edit.reason } },
    });
  };

/**
 * Bases the local edit on the version that another person has saved, so that saving the edit overwrites that version.
 */
export const rebaseOnTheirPlan =
  (theirPlan: Plan): Reducer =>
  (state) => {
    const updatedState = withServerValue(state, "plans", theirPlan.id, theirPlan);
    const edit = state.draft.edits[theirPlan.id];
    return edit
      ? withDraft(updatedState, {
          edits: { ...updatedState.draft.edits, [theirPlan.id]: { ...edit, baseRevision: theirPlan.revision } },
        })
      : updatedState;
  };

export function isSameRule(a: Rule, b: Rule): boolean {
  return a === b || JSON.stringify(withSortedKeys(a)) === JSON.stringify(withSortedKeys(b));
}

function withSortedKeys(value: unknown): unknown {
  if (Array.isArray(value) || value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value as Record<string, unknown>)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, withSortedKeys(item)]),
  );
}
