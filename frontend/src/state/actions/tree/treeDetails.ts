/** Loads the tree's estimates, forecast and Autopilots, the comparison of the marked nodes, and what dialogs show. */
import { call } from "../../../api/client";
import { withServer, withServerValue, withServerValues } from "../../changes/patches";
import { currentPlan } from "../../selectors/plan";
import { currentRecipeKey } from "../../selectors/recipe";
import { treeNodes } from "../../selectors/select";
import { comparisonKey, markedNodes } from "../../selectors/tree";
import { fetchOnce, type Context } from "../context";

export function loadTreeDetails(context: Context, experiment: number): void {
  const path = { experiment_id: experiment };
  const state = context.store.state();
  const readyNodeCount = treeNodes(state).filter((node) => node.state === "ready").length; // each new one may be the outcome of an estimate
  if (readyNodeCount > 0) {
    fetchOnce(
      context,
      `estimates:${experiment}:${readyNodeCount}`,
      () => call("get", "/api/experiments/{experiment_id}/estimates", { path }),
      (latest, estimates) => withServerValues(latest, "estimates", estimates),
    );
    fetchOnce(
      context,
      `forecast:${experiment}:${readyNodeCount}`,
      () => call("get", "/api/experiments/{experiment_id}/forecast", { path }),
      (latest, forecast) => withServerValue(latest, "forecasts", experiment, forecast),
    );
  }
  fetchOnce(
    context,
    `autopilots:${experiment}`,
    () => call("get", "/api/experiments/{experiment_id}/autopilots", { path }),
    (latest, autopilots) => withServerValues(latest, "autopilots", autopilots),
  );
  const { dialog } = state.screen;
  if (dialog?.kind === "suggestion") loadSuggestions(context, dialog.node);
  if (dialog?.kind === "training") loadRecipe(context);
  if (state.choice.tree.view === "compare" && state.choice.panel === "tree") loadComparison(context, experiment);
}

function loadSuggestions(context: Context, node_id: number): void {
  fetchOnce(
    context,
    `suggestions:${node_id}`,
    () => call("get", "/api/nodes/{node_id}/suggestions", { path: { node_id } }),
    (latest, suggestions) => withServerValues(latest, "suggestions", suggestions),
  );
}

function loadRecipe(context: Context): void {
  const state = context.store.state();
  const [node_id, key] = [state.choice.node, currentRecipeKey(state)];
  if (node_id === null || key === null) return;
  fetchOnce(
    context,
    `recipe:${key}`,
    () =>
      call("get", "/api/nodes/{node_id}/recipe", {
        path: { node_id },
        query: { plan: currentPlan(state)?.id ?? null },
      }),
    (latest, recipe) => withServer(latest, { recipes: { ...latest.server.recipes, [key]: recipe } }),
  );
}

function loadComparison(context: Context, experiment: number): void {
  const nodes = markedNodes(context.store.state());
  if (nodes.length < 2) return;
  const key = comparisonKey(nodes);
  const input = { path: { experiment_id: experiment }, query: { nodes: nodes.map(({ id }) => id) } };
  fetchOnce(
    context,
    `comparison:${key}`,
    () => call("get", "/api/experiments/{experiment_id}/comparison", input),
    (state, comparison) => withServer(state, { comparisons: { ...state.server.comparisons, [key]: comparison } }),
  );
}
