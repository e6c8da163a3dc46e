/** Returns the hint that is shown while the tree has no node, or has only the root. */
import { formatDuration } from "../../marks/format";
import { chosenExperiment, isActiveJob, treeNodes } from "../../state/selectors/select";
import type { State } from "../../state/state";

const ROOT_LEARNED_NOTHING_HINT =
  "The root learned nothing, so no child can be judged as recovered. To see why, click the accuracy of the root below, or press J.";

export function describeHint(state: State): string {
  const nodes = treeNodes(state);
  if (!chosenExperiment(state)) return describeLoadError(state);
  const root = nodes[0];
  if (!root) return state.screen.requests[`tree:${state.choice.experiment}`]?.error ?? "";
  if (root.state === "failed") return `The root could not be created: ${root.error?.message ?? "unknown error"}`;
  if (root.state === "cancelled") return "The root was cancelled. Create a new experiment to start again.";
  if (root.state !== "ready") return describeRootProgress(state);
  if (root.learned === false && nodes.length === 1) return ROOT_LEARNED_NOTHING_HINT;
  return nodes.length === 1 ? "This is the root. Draft a plan and apply it to grow the first branch." : "";
}

const describeLoadError = ({ screen }: State): string => screen.requests.experiments?.error ?? "";

/** Whether the server has answered that there is no experiment at all. */
export const hasNoExperiments = ({ screen, server }: State): boolean =>
  screen.requests.experiments?.state === "answered" && Object.keys(server.experiments).length === 0;

/** Describes the progress of the job that creates the root: "Training the root: epoch 7 of 20, 8 s left." */
function describeRootProgress(state: State): string {
  const root = treeNodes(state)[0]!;
  const job = Object.values(state.server.jobs).find(
    (candidate) => candidate.node_id === root.id && isActiveJob(candidate),
  );
  const activityText = root.origin === "imported" ? "Measuring the imported root" : "Training the root";
  if (!job || job.state === "waiting") return `${activityText}: waiting for a worker.`;
  const timeLeftText = job.eta_s === null ? "" : `, ${formatDuration(job.eta_s)} left`;
  return job.message === ""
    ? `${activityText}${timeLeftText}.`
    : `${activityText}: ${job.message.charAt(0).toLowerCase()}${job.message.slice(1)}${timeLeftText}.`;
}
