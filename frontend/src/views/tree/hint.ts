/** What the tree says while there is little or nothing in it. */
import { formatDuration } from "../../marks/format";
import { chosenExperiment, isActive, treeNodes } from "../../state/selectors/select";
import type { State } from "../../state/state";

export function describeHint(state: State): string {
  const nodes = treeNodes(state);
  if (!chosenExperiment(state)) return describeFailure(state);
  const root = nodes[0];
  if (!root) return state.screen.questions[`tree:${state.choice.experiment}`]?.error ?? "";
  if (root.state === "failed") return `The root could not be made: ${root.error?.message ?? "no reason was given"}`;
  if (root.state === "cancelled") return "The root was cancelled. Make a new experiment to start again.";
  if (root.state !== "ready") return describeRoot(state);
  return nodes.length === 1 ? "The root. Draft a plan and apply it: the first branch grows here." : "";
}

const describeFailure = ({ screen }: State): string => screen.questions.experiments?.error ?? "";

/** The database holds no experiment at all. */
export const isEmpty = ({ screen, server }: State): boolean =>
  screen.questions.experiments?.state === "answered" && Object.keys(server.experiments).length === 0;

/** "Training the root: epoch 7 of 20, 8 s left." */
function describeRoot(state: State): string {
  const root = treeNodes(state)[0]!;
  const job = Object.values(state.server.jobs).find((one) => one.node_id === root.id && isActive(one));
  const what = root.origin === "imported" ? "Measuring the imported root" : "Training the root";
  if (!job || job.state === "waiting") return `${what}: waiting for a worker.`;
  const left = job.eta_s === null ? "" : `, ${formatDuration(job.eta_s)} left`;
  return job.message === ""
    ? `${what}${left}.`
    : `${what}: ${job.message.charAt(0).toLowerCase()}${job.message.slice(1)}${left}.`;
}
