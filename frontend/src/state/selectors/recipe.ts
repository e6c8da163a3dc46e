/** The training settings that are recommended for the current plan. */
import type { Plan, Recipe } from "../../api/values";
import type { State } from "../state";
import { currentPlan } from "./plan";

/** Identifies a recipe: it depends on the node and on the cost of the plan, which changes with its revision. */
export const recipeKey = (node: number, plan: Plan | null): string =>
  `${node}:${plan?.id ?? ""}:${plan?.revision ?? ""}`;

/** Returns the recipe of the current plan; undefined until it has been loaded. */
export function currentRecipe(state: State): Recipe | undefined {
  const { node } = state.choice;
  return node === null ? undefined : state.server.recipes[recipeKey(node, currentPlan(state))];
}
