/** Applies the event stream of the chosen experiment to the State. */
import { call } from "../../api/client";
import { listen } from "../../api/events";
import type { EmbeddingFrame, Epoch, Job, Node, PartialScores, ServerEvent } from "../../api/values";
import { type Reducer, withoutId, withScreen, withServer, withServerValue, withServerValues } from "../changes/patches";
import { computeExtent, joinExtents } from "../frames";
import { formatPlural } from "../../marks/format";
import { removeBranch } from "../changes/removedBranch";
import { chosenExperiment, scoresKey } from "../selectors/select";
import type { State } from "../state";
import { type Context, forgetRequests } from "./context";
import { repairChoice, pinCurrentPlanIfLoaded } from "./validChoice";
import { currentPlan } from "../selectors/plan";

/**
 * Returns a function that makes the page listen to the events of the chosen experiment. It must be called after every
 * change of the choice.
 */
export function createEventFollower(context: Context): () => void {
  let followedExperiment: number | null = null;
  let stop = (): void => undefined;
  return () => {
    const experiment = chosenExperiment(context.store.state())?.id ?? null; // a link may name a deleted one
    if (experiment === followedExperiment) return;
    stop();
    followedExperiment = experiment;
    stop = experiment === null ? () => undefined : followExperiment(context, experiment);
  };
}

const FIRST_REFETCH_DELAY_MS = 1500;

function followExperiment(context: Context, experiment: number): () => void {
  let isFirstConnection = true;
  return listen(experiment, {
    onEvent: (event) => {
      notifyOfFailedJob(context, event);
      notifyOfRemoteEdit(context, event);
      context.store.dispatch(applyEvent(event));
    },
    onConnectionChange: (connection) => {
      context.store.dispatch((state) => withScreen(state, { connection }));
      if (connection === "lost") void leaveDeletedExperiment(context, experiment);
      if (connection !== "live") return;
      // When the stream first opens, the first responses are still pending, and refetching at once would discard them.
      // Changes between those responses and the stream came without an event, so refetch a little later.
      if (isFirstConnection) setTimeout(() => refetchChanges(context, experiment), FIRST_REFETCH_DELAY_MS);
      else refetchChanges(context, experiment);
      isFirstConnection = false;
    },
  });
}

/**
 * If the event stream of an experiment has ended because somebody deleted the experiment, chooses another experiment
 * and notifies the user.
 */
export async function leaveDeletedExperiment({ store, notify }: Context, experiment: number): Promise<void> {
  const experiments = await call("get", "/api/experiments").catch(() => null); // no response: the connection is lost
  const deletedExperiment = store.state().server.experiments[experiment];
  if (!experiments || !deletedExperiment || experiments.some(({ id }) => id === experiment)) return;
  store.dispatch((state) =>
    repairChoice(withServer(state, { experiments: withoutId(state.server.experiments, experiment) })),
  );
  notify(`Somebody deleted “${deletedExperiment.name}”.`, "neutral");
}

/**
 * Returns the message about a failed job. If the job was creating `node`, the message says that the node failed; if the
 * job merely used the node, the message only names it.
 */
export function describeFailedJob(job: Job, node: Node | undefined): string {
  const subject = node ? `Node ${node.number}${node.job_id === job.id ? " failed" : ""}` : "Job failed";
  return `${subject}: ${job.error?.message ?? "the server gave no reason."}`;
}

/** Shows why a job has failed, but only once per job. */
function notifyOfFailedJob({ store, notify }: Context, event: ServerEvent): void {
  if (event.kind !== "job" || event.job.state !== "failed") return;
  const { job } = event;
  if (store.state().server.jobs[job.id]?.state === "failed") return;
  notify(describeFailedJob(job, store.state().server.nodes[job.node_id ?? -1]), "danger");
}

/**
 * Shows a message if somebody else has changed the current plan. While a local edit is unsent, no message is shown,
 * because the event may come from this page.
 */
function notifyOfRemoteEdit({ store, notify }: Context, event: ServerEvent): void {
  if (event.kind !== "plan") return;
  const { plan } = event;
  const state = store.state();
  const isNewerRevision =
    (currentPlan(state)?.revision ?? Infinity) < plan.revision && currentPlan(state)?.id === plan.id;
  if (isNewerRevision && !state.draft.edits[plan.id]?.unsentRule) {
    notify(
      `Somebody else changed plan ${plan.name}: it now removes ${formatPlural(plan.reached, "filter")}.`,
      "neutral",
    );
  }
}

/** Applies one event to the State. */
export const applyEvent =
  (event: ServerEvent): Reducer =>
  (state) => {
    switch (event.kind) {
      case "job":
        return withServerValue(state, "jobs", event.job.id, event.job);
      case "node":
        return withServerValue(followNewNode(state, event.node), "nodes", event.node.id, event.node);
      case "epoch":
        return withServerValue(state, "epochs", event.node_id, addEpoch(state, event.node_id, event.epoch));
      case "scores":
        return withPartialScores(state, event.scores);
      case "plan":
        return pinCurrentPlanIfLoaded(withServerValue(state, "plans", event.plan.id, event.plan));
      case "experiment":
        return withServerValue(state, "experiments", event.experiment.id, event.experiment);
      case "autopilot":
        return withServerValue(state, "autopilots", event.autopilot.id, event.autopilot);
      case "estimate":
        return withServerValue(state, "estimates", event.estimate.id, event.estimate);
      case "suggestion":
        return withServerValue(state, "suggestions", event.suggestion.id, event.suggestion);
      case "removed":
        return pinCurrentPlanIfLoaded(
          repairChoice(removeBranch(event)(forgetRequests((key) => isPendingListRequest(state, key))(state))),
        );
      case "embedding":
        return addLayoutFrame(state, event);
    }
  };

/**
 * Whether the request with this key is pending, so that its response may still contain items that were just deleted.
 */
const isPendingListRequest = ({ screen }: State, key: string): boolean =>
  /^(tree|plans|estimates)/.test(key) && screen.requests[key]?.state === "pending";

/** Makes the tree keep a newly created node in view. */
const followNewNode = (state: State, { id, parent_id }: Node): State =>
  parent_id === null || state.server.nodes[id] ? state : withScreen(state, { followedNode: id });

const withPartialScores = (state: State, scores: PartialScores): State =>
  withServer(state, {
    partialScores: { ...state.server.partialScores, [scoresKey(scores.node_id, scores.criterion)]: scores },
  });

/**
 * Adds an epoch to the epochs of a node, in order. If the epoch already exists, replaces it, because a resumed job may
 * send an epoch again.
 */
function addEpoch(state: State, node: number, epoch: Epoch): readonly Epoch[] {
  const others = (state.server.epochs[node] ?? []).filter((other) => other.epoch !== epoch.epoch);
  return [...others, epoch].sort((a, b) => a.epoch - b.epoch);
}

/** Stores a frame of a map layout in progress, unless a later frame or the finished layout has already arrived. */
function addLayoutFrame(state: State, frame: EmbeddingFrame): State {
  const { frames, embeddings } = state.server;
  const storedFrame = frames[frame.node_id];
  const isOutdatedFrame = storedFrame !== undefined && storedFrame.frame.iteration > frame.iteration;
  if (isOutdatedFrame || embeddings[frame.node_id] || frame.x.length === 0) return state;
  const extent = storedFrame ? joinExtents(storedFrame.extent, computeExtent(frame)) : computeExtent(frame);
  return withServer(state, { frames: { ...frames, [frame.node_id]: { frame, extent } } });
}

/**
 * Fetches the tree, the jobs and failed requests again after the event stream has connected. The page shows the old
 * data until the responses arrive.
 */
function refetchChanges(context: Context, experiment: number): void {
  const path = { experiment_id: experiment };
  const outdatedRequestPattern = /^(tree|jobs|epochs|plans|health|autopilots|estimates|suggestions|forecast)/;
  context.store.dispatch(
    forgetRequests((key) => outdatedRequestPattern.test(key) || hasRequestFailed(context.store.state(), key)),
  );
  void call("get", "/api/jobs", { query: { experiment_id: experiment } }).then((jobs) =>
    context.store.dispatch((state) => withServerValues(state, "jobs", jobs)),
  );
  void call("get", "/api/experiments/{experiment_id}", { path }).then((value) =>
    context.store.dispatch((state) => repairChoice(withServerValue(state, "experiments", experiment, value))),
  );
}

const hasRequestFailed = (state: State, key: string): boolean => state.screen.requests[key]?.state === "failed";
