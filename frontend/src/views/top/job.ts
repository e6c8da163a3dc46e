/** Shows the current job: what it does, its progress and the remaining time. */
import type { Job, Node } from "../../api/values";
import { formatClock } from "../../marks/format";
import { icon } from "../../marks/icons";
import { ensureElement, type Box } from "../../marks/elements";

export interface JobData {
  readonly jobs: readonly Job[];
  readonly nodes: Readonly<Record<number, Node>>;
}

const JOB_NAMES: Record<Job["kind"], string> = {
  experiment_check: "Checking an experiment",
  mac_count: "Counting MACs",
  root: "Training the root",
  prune: "Fine-tuning",
  preview: "Preview",
  latency: "Latency",
  test: "Test accuracy",
  embedding: "Map of samples",
  pictures: "Filter pictures",
  activations: "Filter responses",
  score: "Scores",
  suggestion: "Search for the best plan",
  network_report: "Inspecting a network",
  data_report: "Inspecting data",
  export: "Export",
};

/** Describes a job by its node (or, without a node, its kind) and what it is doing: "Node 9 · epoch 7 of 20". */
export function describeJob(job: Job, node: Node | undefined): string {
  const name = node ? `Node ${node.number}` : JOB_NAMES[job.kind];
  if (job.state === "waiting") return `${name} · waiting`;
  const kind = job.kind === "root" && node?.origin === "imported" ? "Measuring the root" : JOB_NAMES[job.kind];
  const text = job.message || kind;
  return `${name} · ${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

export function drawJob(box: Box, { jobs, nodes }: JobData, onCancel: (id: number) => void): void {
  const job = jobs[0];
  const otherJobCount = jobs.length - 1;
  box.classed("none", !job).attr("role", "group").attr("aria-label", "Current job").attr("data-testid", "job");
  box.attr("title", describeJobCounts(jobs));
  ensureElement(box, "span", "dot")
    .text(job ? "●" : "")
    .classed("live", job?.state === "running");
  ensureElement(box, "span", "progress-text").text(job ? describeJob(job, nodes[job.node_id ?? -1]) : "No jobs");
  ensureElement(box, "span", "more").text(otherJobCount > 0 ? `+${otherJobCount}` : "");
  const progressTrack = ensureElement(box, "span", "track").attr("hidden", job ? null : "");
  ensureElement(progressTrack, "i", "done").style("width", `${(job?.progress ?? 0) * 100}%`);
  ensureElement(box, "span", "left").text(job && job.eta_s !== null ? `${formatClock(job.eta_s)} left` : "");
  const cancel = ensureElement(box, "button", "cancel").attr("hidden", job ? null : "");
  if (!cancel.node()!.firstChild) cancel.html(icon("stop"));
  const title = "Cancel this job; the parent node stays unchanged";
  cancel.attr("class", "cancel icon").attr("type", "button").attr("title", title).attr("aria-label", title);
  cancel.attr("data-testid", "cancel-job").on("click", () => job && onCancel(job.id));
}

function describeJobCounts(jobs: readonly Job[]): string {
  const runningJobCount = jobs.filter((job) => job.state === "running").length;
  return `Jobs: ${runningJobCount} running, ${jobs.length - runningJobCount} waiting`;
}
