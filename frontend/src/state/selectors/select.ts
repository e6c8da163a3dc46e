/** Selectors that several views share. */
import type { CriterionInfo, Experiment, Job, Node, Autopilot } from "../../api/values";
import { parseCriterionAndPrice } from "../../planning/orders";
import { criterionName } from "./criteria";
import type { Choice } from "../choice";
import type { State } from "../state";

/**
 * Key of a node's scores by a criterion. It omits the price by which scores may be divided, because the page divides
 * them itself.
 */
export const scoresKey = (node: number, spec: string): string => `${node}:${parseCriterionAndPrice(spec).criterion}`;

/**
 * Short title of a criterion for axes and values: "L1 norm, per weight" for `l1:per_weight=true`, "loss change / MACs^0.5"
 * for `loss_change/macs^0.5`.
 */
export function criterionTitle(criteria: readonly CriterionInfo[], spec: string): string {
  const { criterion, price } = parseCriterionAndPrice(spec);
  const name = criterionName(spec);
  const info = criteria.find((candidate) => candidate.name === name);
  const pairs = criterion
    .slice(name.length + 1)
    .split(",")
    .filter(Boolean);
  const title = [info?.short ?? titleFromCriterionName(name), ...pairs.map(optionTitle)].join(", ");
  return price ? `${title} / ${PRICE_METRIC_NAMES[price.metric]}^${price.exponent}` : title;
}

/** Display names of the quantities (such as MACs) that a price can measure; scores are divided by prices. */
export const PRICE_METRIC_NAMES = { macs: "MACs", parameters: "parameters", bytes: "bytes" } as const;

/** Title of a criterion that the server has not listed. */
export const titleFromCriterionName = (name: string): string => name.replaceAll("_", " ");

const optionTitle = (pair: string): string =>
  pair
    .replace(/=true$/, "")
    .replace("=", " ")
    .replaceAll("_", " ");

export function chosenExperiment(state: State): Experiment | null {
  const id = state.choice.experiment;
  return id === null ? null : (state.server.experiments[id] ?? null);
}

export function chosenNode(state: State): Node | null {
  const id = state.choice.node;
  return id === null ? null : (state.server.nodes[id] ?? null);
}

/** Nodes of the chosen experiment, ordered by number. */
export function treeNodes(state: State): readonly Node[] {
  const { experiment } = state.choice;
  return Object.values(state.server.nodes)
    .filter((node) => node.experiment_id === experiment)
    .sort((a, b) => a.number - b.number);
}

/** Returns the nodes on the path from the root to the node, including both. */
export function lineage(nodes: Readonly<Record<number, Node>>, id: number | null): readonly Node[] {
  const path: Node[] = [];
  for (let node = id === null ? undefined : nodes[id]; node;) {
    path.unshift(node);
    node = node.parent_id === null ? undefined : nodes[node.parent_id];
  }
  return path;
}

export const isActiveJob = (job: Job): boolean => job.state === "running" || job.state === "waiting";

/** Jobs of one kind for a node, newest first. */
export const jobsOfNode = ({ server }: State, node: number, kind: Job["kind"]): readonly Job[] =>
  Object.values(server.jobs)
    .filter((job) => job.node_id === node && job.kind === kind)
    .sort((a, b) => b.id - a.id);

/** Running and waiting jobs of the chosen experiment. Running jobs come first; otherwise, older jobs come first. */
export function activeJobs(state: State): readonly Job[] {
  const { experiment } = state.choice;
  return Object.values(state.server.jobs)
    .filter((job) => isActiveJob(job) && job.experiment_id === experiment)
    .sort((a, b) => Number(b.state === "running") - Number(a.state === "running") || a.id - b.id);
}

/** Running Autopilots of the chosen experiment, oldest first. */
export function activeAutopilots({ server, choice }: State): readonly Autopilot[] {
  return Object.values(server.autopilots)
    .filter((autopilot) => autopilot.state === "running" && autopilot.experiment_id === choice.experiment)
    .sort((a, b) => a.id - b.id);
}

/**
 * Key of the samples that are loaded for a node: those in the chosen cell of the confusion matrix or, if no cell is
 * chosen, all misclassified samples.
 */
export function samplesKey(node: number, { cell }: Choice): string {
  return `${node}:${cell ? `${cell.label}-${cell.predicted}` : "wrong"}`;
}

/** Whether the visitor opened the tree through a read-only link. */
export const isReadOnly = ({ server: { visitor } }: State): boolean =>
  visitor?.kind === "link" && visitor.mode === "read";

/** Whether the visitor is allowed to export weights. The owner always is. */
export const mayExportWeights = ({ server: { visitor } }: State): boolean => visitor?.may_export ?? true;
