/** Loads everything that the choice needs and the State does not have yet. */
import { call } from "../../api/client";
import type { Node } from "../../api/values";
import { withServer, withServerValue, withServerValues } from "../changes/patches";
import { chosenExperiment, chosenNode, treeNodes } from "../selectors/select";
import type { State } from "../state";
import { repairChoice, repairChosenCriterion, pinCurrentPlan } from "./validChoice";
import { fetchOnce, errorMessage, type Context } from "./context";
import { loadFilterPictures } from "./samples/pictures";
import { loadMap } from "./samples/map";
import { receiveVisitor, type SignInError } from "./experiments/visitors";
import { loadSamples } from "./samples/samples";
import { loadTreeDetails } from "./tree/treeDetails";
import { loadNodeScores } from "./samples/scores";
import { loadExports } from "./tree/exports";

/**
 * Called after every change of the State. Sends no request twice, and requests the data of the threshold line and the
 * bubbles before the other data of the node.
 */
export function loadMissingData(context: Context): void {
  loadHealthAndExperiments(context);
  loadCriteria(context);
  loadVisitor(context);
  const state = context.store.state();
  const experiment = chosenExperiment(state);
  if (experiment) loadExperiment(context, experiment.id);
  const node = chosenNode(state);
  if (node) loadNode(context, node, state);
  if (experiment) loadTreeDetails(context, experiment.id);
  loadExports(context);
  for (const treeNode of treeNodes(state)) if (isLive(treeNode)) loadEpochs(context, treeNode);
}

function loadHealthAndExperiments(context: Context): void {
  fetchOnce(
    context,
    "health",
    () => call("get", "/api/health"),
    (state, health) => withServer(state, { health }),
  );
  fetchOnce(
    context,
    "experiments",
    () => call("get", "/api/experiments"),
    (state, experiments) => repairChoice(withServerValues(state, "experiments", experiments)),
  );
}

/** Opens the sign-in dialog if the visitor is not signed in; the server refuses all other requests until they are. */
function loadVisitor(context: Context): void {
  const toSignInError = (error: unknown): SignInError => ({ error: errorMessage(error) });
  fetchOnce(context, "visitor", () => call("get", "/api/visitor").catch(toSignInError), receiveVisitor);
}

function loadCriteria(context: Context): void {
  fetchOnce(
    context,
    "criteria",
    () => call("get", "/api/criteria"),
    (state, criteria) => repairChosenCriterion(withServer(state, { criteria })),
  );
}

function loadExperiment(context: Context, id: number): void {
  const path = { experiment_id: id };
  fetchOnce(
    context,
    `tree:${id}`,
    () => call("get", "/api/experiments/{experiment_id}/tree", { path }),
    (state, tree) => repairChoice(withServerValues(state, "nodes", tree.nodes)),
  );
  fetchOnce(
    context,
    `jobs:${id}`,
    () => call("get", "/api/jobs", { query: { experiment_id: id, active: true } }),
    (state, jobs) => withServerValues(state, "jobs", jobs),
  );
}

const isLive = ({ state }: Node): boolean => state === "running" || state === "waiting";

function loadEpochs(context: Context, { id, state }: Node): void {
  fetchOnce(
    context,
    `epochs:${id}:${state}`,
    () => call("get", "/api/nodes/{node_id}/epochs", { path: { node_id: id } }),
    (latestState, epochs) => withServerValue(latestState, "epochs", id, epochs),
  );
}

function loadNode(context: Context, node: Node, state: State): void {
  if (node.state !== "ready" && !(isLive(node) && node.parent_id === null)) return; // only a root has layers while it is created
  const path = { node_id: node.id };
  fetchOnce(
    context,
    `layers:${node.id}:${node.state === "ready" ? "ready" : "unfinished"}`,
    () => call("get", "/api/nodes/{node_id}/layers", { path }),
    (latestState, layers) => withServerValue(latestState, "layers", node.id, layers),
  );
  if (node.state !== "ready") return;
  loadNodeScores(context, node.id, state);
  loadConfusionMatrixAndPlans(context, node.id);
  loadSamples(context, node.id);
  loadMap(context, node);
  loadFilterPictures(context, node);
  loadEpochs(context, node); // to estimate how long the next training takes
}

function loadConfusionMatrixAndPlans(context: Context, id: number): void {
  const path = { node_id: id };
  fetchOnce(
    context,
    `confusion:${id}`,
    () => call("get", "/api/nodes/{node_id}/confusion", { path }),
    (state, confusion) => withServerValue(state, "confusion", id, confusion),
  );
  fetchOnce(
    context,
    `plans:${id}`,
    () => call("get", "/api/nodes/{node_id}/plans", { path }),
    (state, plans) => {
      const nodesWithLoadedPlans = { ...state.server.nodesWithLoadedPlans, [id]: true as const };
      const updatedState = withServer(withServerValues(state, "plans", plans), { nodesWithLoadedPlans });
      return state.choice.node === id ? pinCurrentPlan(updatedState) : updatedState;
    },
  );
}
