/** The node that the draft would make: shown as a dotted ghost, exact in cost. */
import type { Cost, Node } from "../api/values";
import { currentPlan } from "./draft";
import { treeNodes } from "./select";
import type { State } from "./state";

export interface Ghost {
  readonly number: number;
  readonly parent: Node;
  /** "draft A, −30.0% filters" */
  readonly name: string;
  /** Share of the filters that would go, 0-1. */
  readonly share: number;
  readonly cost: Cost;
}

/** null where no draft removes anything. */
export function chosenGhost(state: State): Ghost | null {
  const plan = currentPlan(state);
  const parent = state.server.nodes[state.choice.node ?? -1];
  if (!plan || !parent || plan.state !== "draft" || plan.reached === 0) return null;
  const last = treeNodes(state).at(-1);
  return {
    number: (last?.number ?? 0) + 1,
    parent,
    name: plan.name,
    share: plan.shares.filters,
    cost: plan.cost,
  };
}
