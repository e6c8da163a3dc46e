/** Edits the rule of a plan. The page shows an edit at once and sends it to the server within 300 ms. */
import { countUnitsBelow, thresholdLineScore, moveThresholdLine } from "../../../planning/line";
import { setOverrides, type Decision, toggleLock, toggleUnitOverride } from "../../../planning/overrides";
import { isSameOrder, PAPER_ORDER } from "../../../planning/orders";
import { commonFields, ruleCriterion, removableUnits, type Rule } from "../../../planning/rules";
import { countFreeFilters } from "../../../planning/structure";
import {
  changeRule,
  changeRuleDuringDrag,
  endRuleDrag,
  redoRuleChange,
  undoRuleChange,
  withDraft,
} from "../../changes/edits";
import type { Reducer } from "../../changes/patches";
import {
  currentPlan,
  currentRule,
  currentEditKey,
  chosenOrder,
  isApplied,
  planModel,
  planResult,
  chosenRanking,
} from "../../selectors/plan";
import { refreshReadout } from "../../selectors/readout";
import type { State } from "../../state";
import { chooseCriterion } from "../choose";
import type { Context } from "../context";
import { createConflictActions } from "./conflicts";
import { createDraftActions } from "./drafts";
import { createPlanSaver } from "./saver";

export function createPlanActions(context: Context) {
  const { store } = context;
  const planSaver = createPlanSaver(context);
  const edit = (reducer: Reducer): void => {
    if (isApplied(currentPlan(store.state()))) return;
    store.dispatch((state) => refreshReadout(reducer(withDraft(state, { request: null }))));
    planSaver.scheduleSave(currentEditKey(store.state()));
  };
  const change = (update: (rule: Rule, state: State) => Rule | null): void => {
    const rule = update(currentRule(store.state()), store.state());
    if (rule) edit(changeRule(rule));
  };
  return {
    undo: () => edit(undoRuleChange),
    redo: () => edit(redoRuleChange),
    removePercent: (percent: number) => change((rule, state) => percentRule(rule, state, percent)),
    removeBelow: (value: number) => change((rule, state) => thresholdRule(rule, state, value)),
    /** Replaces the rule at one step of a drag of the threshold line; a single undo reverts the whole drag. */
    dragLine: (value: number) => {
      const state = store.state();
      if (!isApplied(currentPlan(state)))
        store.dispatch(changeRuleDuringDrag(thresholdRule(currentRule(state), state, value)));
    },
    endLine: () => edit(endRuleDrag),
    stepLine: (filters: number) => change((rule, state) => ruleAfterMovingLine(rule, state, filters)),
    setRule: (rule: Rule) => {
      const criterion = ruleCriterion(rule);
      if (criterion !== null) store.dispatch(chooseCriterion(criterion)); // the axis shows what the rule ranks by
      change(() => rule);
    },
    usePaperOrder: () => {
      store.dispatch(chooseCriterion(PAPER_ORDER.criterion));
      change(ruleWithPaperOrder);
    },
    roundWidths: (round_to: number) => change((rule) => ({ ...rule, round_to })),
    toggleLock: (layer: string) => change((rule) => toggleLock(rule, layer)),
    toggleFilter: (unit: number) => change((rule, state) => ruleWithToggledOverride(rule, state, unit)),
    decide: (units: readonly number[], decision: Decision) =>
      change((rule, state) => ruleWithOverrides(rule, state, units, decision)),
    ...createDraftActions(context, planSaver),
    ...createConflictActions(context, planSaver),
  };
}

function percentRule(rule: Rule, state: State, percent: number): Rule {
  const clampedPercent = Math.min(100, Math.max(0, percent));
  return { ...commonFields(rule), rule: "percent", percent: clampedPercent, ...chosenOrder(state) };
}

function thresholdRule(rule: Rule, state: State, value: number): Rule {
  return { ...commonFields(rule), rule: "threshold", value, ...chosenOrder(state) };
}

/**
 * Returns the rule with the ranking of the CNNPruner paper: by sensitivity over the whole network, without a minimum
 * number of filters per layer. A threshold on the scores of another criterion is replaced by the percentage of filters
 * that it removes.
 */
function ruleWithPaperOrder(rule: Rule, state: State): Rule {
  const paperOrderFields = { ...PAPER_ORDER, floor: 0 };
  if (rule.rule === "filters") return { ...rule, floor: 0 };
  if (rule.rule !== "threshold" || isSameOrder(rule, PAPER_ORDER)) return { ...rule, ...paperOrderFields };
  const [model, result] = [planModel(state), planResult(state)];
  const free = model ? countFreeFilters(model.structure) : 0;
  const percent = free && result ? Number(((100 * result.removedFilterCount) / free).toFixed(2)) : 0;
  return { ...commonFields(rule), rule: "percent", percent, ...paperOrderFields };
}

function ruleAfterMovingLine(rule: Rule, state: State, filters: number): Rule | null {
  const [model, ranking, result] = [planModel(state), chosenRanking(state), planResult(state)];
  if (!model || !ranking || !result) return null;
  const rankingOfRemovableUnits = { ...ranking, rankedUnits: removableUnits(model.structure, ranking, rule) }; // without locked layers and overrides
  const score =
    thresholdLineScore(rule, ranking, result.removed, result.overrides) ??
    moveThresholdLine(rankingOfRemovableUnits, 0, -Infinity);
  const nextScore = moveThresholdLine(rankingOfRemovableUnits, score, filters);
  const removesSameFilters =
    countUnitsBelow(rankingOfRemovableUnits, nextScore) === countUnitsBelow(rankingOfRemovableUnits, score) &&
    rule.rule === "threshold";
  return removesSameFilters ? null : thresholdRule(rule, state, nextScore);
}

function ruleWithToggledOverride(rule: Rule, state: State, unit: number): Rule | null {
  const [model, result] = [planModel(state), planResult(state)];
  if (!model || !result || !model.structure.freeUnitFlags[unit]) return null;
  return toggleUnitOverride(model.structure, rule, unit, result.removed[unit] === 1);
}

function ruleWithOverrides(rule: Rule, state: State, units: readonly number[], decision: Decision): Rule | null {
  const model = planModel(state);
  if (!model) return null;
  return setOverrides(
    model.structure,
    rule,
    units.filter((unit) => model.structure.freeUnitFlags[unit]),
    decision,
  );
}
