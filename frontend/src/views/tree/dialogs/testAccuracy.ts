/** The offer to look at the locked test split, once a node, and what came of it. */
import type { Experiment, Node } from "../../../api/values";
import { formatCount, formatPercent, formatPlural } from "../../../marks/format";
import { ensureElement, type Box } from "../../../marks/part";
import { chosenExperiment, isActive, jobsOf } from "../../../state/selectors/select";
import type { State } from "../../../state/state";

const LEAK_MARGIN = 0.03;

export function drawTestAccuracy(box: Box, node: Node, state: State, onMeasure: () => void): void {
  const experiment = chosenExperiment(state);
  const isRunning = jobsOf(state, node.id, "test").some(isActive);
  ensureElement(box, "b", "title").text("Test accuracy");
  ensureElement(box, "p", "tested").attr("class", "tested paragraph").text(describeTest(node, experiment));
  const warning = describeLeak(node);
  ensureElement(box, "p", "hope")
    .attr("class", "hope problem paragraph")
    .attr("hidden", warning ? null : "")
    .text(warning ?? "");
  ensureElement(box, "button", "measure-test")
    .attr("class", "measure-test btn")
    .attr("type", "button")
    .attr("hidden", node.test_accuracy === null ? null : "")
    .attr("aria-disabled", isRunning || node.state !== "ready" ? "true" : null)
    .text(isRunning ? "Measuring on test…" : "Measure on test")
    .on("click", () => {
      if (!isRunning && node.state === "ready") onMeasure();
    });
}

/** What is known of the test split: of this node, and how often the tree looked at it. */
export function describeTest({ test_accuracy, test_measured_at }: Node, experiment: Experiment | null): string {
  const images = experiment ? `${formatCount(experiment.splits.test)} test images` : "the test split";
  const own =
    test_accuracy === null
      ? `Not measured on ${images}; that can be done once, and the tree remembers it.`
      : `${formatPercent(test_accuracy, 2)} of ${images}, measured ${formatTime(test_measured_at)}.`;
  const { tests = 0, tested_at = null } = experiment ?? {};
  const looks =
    tests === 0
      ? "No node of this tree was measured on it yet."
      : `So far ${formatPlural(tests, "node")} of this tree ${tests === 1 ? "was" : "were"}, last ${formatTime(tested_at)}.`;
  return `${own} ${looks}`;
}

/** A root whose weights have probably seen selection images; null where there is nothing to fear. */
export function describeLeak({ origin, accuracy, test_accuracy }: Node): string | null {
  if (origin !== "imported" || accuracy === null || test_accuracy === null || accuracy - test_accuracy <= LEAK_MARGIN)
    return null;
  return `On selection images it is right ${formatPercent(accuracy, 2)} of the time, over 3 points more than on test: the imported weights have probably seen selection images, so accuracies here are too hopeful.`;
}

/** 2026-11-22 14:05, in the browser's own time. */
function formatTime(at: string | null): string {
  if (at === null) return "–";
  const when = new Date(at);
  const pad = (value: number): string => String(value).padStart(2, "0");
  return `${when.getFullYear()}-${pad(when.getMonth() + 1)}-${pad(when.getDate())} ${pad(when.getHours())}:${pad(when.getMinutes())}`;
}
