/**
 * Shows the test accuracy of a node or, if it has not been measured, offers to measure it. Each node can be measured
 * only once on the test split.
 */
import type { Experiment, Node } from "../../../api/values";
import { formatCount, formatPercent } from "../../../marks/format";
import { ensureElement, type Box } from "../../../marks/elements";
import { chosenExperiment, isActiveJob, jobsOfNode } from "../../../state/selectors/select";
import type { State } from "../../../state/state";

const LEAK_WARNING_THRESHOLD = 0.03;

export function drawTestAccuracy(box: Box, node: Node, state: State, onMeasureTestAccuracy: () => void): void {
  const experiment = chosenExperiment(state);
  const isRunning = jobsOfNode(state, node.id, "test").some(isActiveJob);
  ensureElement(box, "b", "title").text("Test accuracy");
  ensureElement(box, "p", "tested").attr("class", "tested paragraph").text(describeTestAccuracy(node, experiment));
  const warning = describeSelectionLeak(node);
  ensureElement(box, "p", "leak")
    .attr("class", "leak problem paragraph")
    .attr("hidden", warning ? null : "")
    .text(warning ?? "");
  ensureElement(box, "button", "measure-test")
    .attr("class", "measure-test btn")
    .attr("type", "button")
    .attr("hidden", node.test_accuracy === null ? null : "")
    .attr("aria-disabled", isRunning || node.state !== "ready" ? "true" : null)
    .text(isRunning ? "Measuring test accuracy…" : "Measure test accuracy")
    .on("click", () => {
      if (!isRunning && node.state === "ready") onMeasureTestAccuracy();
    });
}

/** Describes the node's test accuracy, and how many nodes of the tree have been measured on the test split. */
export function describeTestAccuracy({ test_accuracy, test_measured_at }: Node, experiment: Experiment | null): string {
  const images = experiment ? `${formatCount(experiment.splits.test)} test images` : "the test split";
  const result =
    test_accuracy === null
      ? `Not yet measured on ${images}. Each node can be measured only once, and the experiment keeps count of the measured nodes.`
      : `${formatPercent(test_accuracy, 2)} on ${images}, measured ${formatTime(test_measured_at)}.`;
  const { tests = 0, tested_at = null } = experiment ?? {};
  const count =
    tests === 0
      ? "No node of this tree has been measured on the test split yet."
      : `Nodes of this tree measured on the test split so far: ${formatCount(tests)}, most recently ${formatTime(tested_at)}.`;
  return `${result} ${count}`;
}

/** Returns a warning if an imported root has probably been trained on selection images; otherwise null. */
export function describeSelectionLeak({ origin, accuracy, test_accuracy }: Node): string | null {
  if (
    origin !== "imported" ||
    accuracy === null ||
    test_accuracy === null ||
    accuracy - test_accuracy <= LEAK_WARNING_THRESHOLD
  )
    return null;
  return `Accuracy on selection images is ${formatPercent(accuracy, 2)}, over 3 points higher than on test images: the imported weights were probably trained on selection images, so all accuracies on selection images are too optimistic.`;
}

/** Formats a date and time in the time zone of the browser: "2026-11-22 14:05". */
function formatTime(at: string | null): string {
  if (at === null) return "–";
  const time = new Date(at);
  const pad = (value: number): string => String(value).padStart(2, "0");
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())} ${pad(time.getHours())}:${pad(time.getMinutes())}`;
}
