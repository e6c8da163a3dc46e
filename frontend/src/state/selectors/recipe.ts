/** The training settings that are recommended for the current plan. */
import type { Recipe } from "../../api/values";
import type { State } from "../state";
import { currentPlan } from "./plan";
import { chosenExperiment, treeNodes } from "./select";

/**
 * Key of the recipe (the recommended training settings) of the current plan, made of all that it depends on: the node,
 * the plan and its revision, the settings of the experiment, and the number of trained nodes. Null if no ready node is
 * chosen.
 */
export function currentRecipeKey(state: State): string | null {
  const { node } = state.choice;
  if (node === null || state.server.nodes[node]?.state !== "ready") return null;
  const plan = currentPlan(state);
  const readyNodeCount = treeNodes(state).filter(({ state: nodeState }) => nodeState === "ready").length;
  return JSON.stringify([node, plan?.id, plan?.revision, readyNodeCount, chosenExperiment(state)?.training]);
}

/** Returns the recipe of the current plan; undefined until it has been loaded. */
export const currentRecipe = (state: State): Recipe | undefined => state.server.recipes[currentRecipeKey(state) ?? ""];
