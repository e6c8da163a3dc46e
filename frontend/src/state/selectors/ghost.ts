/**
 * The ghost: the node that the current draft would create, drawn with a dotted outline. Its exact cost is known at
 * every step of an edit.
 */
import type { Cost, Node } from "../../api/values";
import { removedShareOfFreeFilters } from "../../planning/shares";
import { countFreeFilters } from "../../planning/structure";
import { currentPlan, currentPlanName, isApplied, planModel, planResult } from "./plan";
import { treeNodes } from "./select";
import type { State } from "../state";

export interface Ghost {
  readonly number: number;
  readonly parent: Node;
  /** Name of the draft, for instance "A". */
  readonly name: string;
  readonly removedFilters: number;
  /** Number of the parent's free filters, that is, of those that can be removed; null if unknown. */
  readonly freeFilters: number | null;
  /** Share of the parent's removable filters that the draft would remove, 0–1. */
  readonly share: number;
  readonly cost: Cost;
}

/**
 * Returns the node that the current draft would create (its ghost); null if there is no draft or it removes nothing.
 */
export function draftGhost(state: State): Ghost | null {
  const plan = currentPlan(state);
  const parent = state.server.nodes[state.choice.node ?? -1];
  if (!parent || isApplied(plan)) return null;
  const result = planResult(state);
  const removedFilterCount = result?.removedFilterCount ?? plan?.reached ?? 0;
  const cost = result?.cost ?? plan?.cost;
  if (!cost || removedFilterCount === 0) return null;
  const model = planModel(state);
  const freeFilters = model ? countFreeFilters(model.structure) : parent.free_filters;
  const newestNode = treeNodes(state).at(-1);
  return {
    number: (newestNode?.number ?? 0) + 1,
    parent,
    name: currentPlanName(state),
    removedFilters: removedFilterCount,
    freeFilters,
    share: removedShareOfFreeFilters(removedFilterCount, freeFilters) ?? 0,
    cost,
  };
}
