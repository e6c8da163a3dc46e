/**
 * Chart of the plans that a search has tried: their accuracy, with its interval, against the cost that the search
 * limits.
 */
import { scaleLinear } from "d3-scale";
import type { Candidate, Suggestion } from "../../../../api/values";
import { drawLabels, drawLines, ensureGroup, ensureSvg, type Box, type Group } from "../../../../marks/elements";
import { formatBytes, formatCompactCount, formatPercent } from "../../../../marks/format";
import type { State } from "../../../../state/state";
import { candidateKey, chosenCandidate } from "../../../../state/selectors/suggestion";
import type { CostMetric } from "../../../nodes/tags";
import { candidateName } from "./candidateTable";

export const CHART_WIDTH = 330;
export const CHART_HEIGHT = 170;
const [LEFT_MARGIN, RIGHT_MARGIN, TOP_MARGIN, BOTTOM_MARGIN] = [46, 12, 18, 34];
const METRIC_TITLES: Record<CostMetric, string> = {
  macs: "MACs",
  parameters: "Parameters",
  size_bytes: "File size",
  filters: "Filters",
};

interface CandidateMark {
  readonly candidate: Candidate;
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

export function drawAccuracyChart(
  box: Box,
  suggestion: Suggestion,
  state: State,
  onChoose: (candidate: Candidate) => void,
): void {
  const metric = goalMetric(suggestion);
  const { marks, xTicks, yTicks } = layoutAccuracyChart(suggestion.candidates, metric);
  const svg = ensureSvg(box, "accuracies", CHART_WIDTH, CHART_HEIGHT)
    .attr("role", "img")
    .attr(
      "aria-label",
      `Accuracy of ${marks.length} plans against ${METRIC_TITLES[metric]}; the table lists the values`,
    );
  const format = metric === "size_bytes" ? formatBytes : formatCompactCount;
  drawLines(
    ensureGroup(svg, "grid"),
    yTicks.map(({ at, value }) => ({
      key: String(value),
      x1: LEFT_MARGIN,
      x2: CHART_WIDTH - RIGHT_MARGIN,
      y1: at,
      y2: at,
    })),
    "var(--grid)",
  );
  drawLabels(ensureGroup(svg, "ticks"), [
    ...yTicks.map(({ at, value }) => ({
      key: `y${value}`,
      x: LEFT_MARGIN - 6,
      y: at + 4,
      text: formatPercent(value, 0),
      anchor: "end" as const,
    })),
    ...xTicks.map(({ at, value }) => ({
      key: `x${value}`,
      x: at,
      y: CHART_HEIGHT - BOTTOM_MARGIN + 15,
      text: format(value),
      anchor: "middle" as const,
    })),
  ]);
  drawLabels(ensureGroup(svg, "titles"), [
    { key: "y", x: 0, y: 10, text: "Accuracy after reconstruction" },
    { key: "x", x: CHART_WIDTH - RIGHT_MARGIN, y: CHART_HEIGHT - 4, text: METRIC_TITLES[metric], anchor: "end" },
  ]);
  drawMarks(svg, marks, state, suggestion, onChoose);
}

function drawMarks(
  svg: Group,
  marks: readonly CandidateMark[],
  state: State,
  suggestion: Suggestion,
  onChoose: (candidate: Candidate) => void,
): void {
  const chosen = chosenCandidate(state, suggestion);
  const groups = ensureGroup(svg, "candidates-marks")
    .selectAll<SVGGElement, CandidateMark>(":scope > g")
    .data(marks, ({ candidate }) => candidateKey(candidate))
    .join((enter) => {
      const group = enter.append("g");
      group.append("title");
      group.append("line");
      group.append("circle").attr("r", 4);
      return group;
    })
    .classed("best", ({ candidate }) => candidate.state === "best")
    .classed("eliminated", ({ candidate }) => candidate.state === "eliminated")
    .classed("chosen", ({ candidate }) => candidate === chosen)
    .on("click", (_, { candidate }) => onChoose(candidate));
  groups
    .select("title")
    .text(({ candidate }) => `${candidateName(candidate, state)}: ${formatPercent(candidate.reconstructed.accuracy)}`);
  groups
    .select("line")
    .attr("x1", ({ x }) => x)
    .attr("x2", ({ x }) => x)
    .attr("y1", ({ low }) => low)
    .attr("y2", ({ high }) => high);
  groups
    .select("circle")
    .attr("cx", ({ x }) => x)
    .attr("cy", ({ y }) => y);
  groups.filter(({ candidate }) => candidate === chosen).raise();
}

/** Returns the positions of the marks, in pixels, and of the ticks. The axes span all plans and their intervals. */
export function layoutAccuracyChart(candidates: readonly Candidate[], metric: CostMetric) {
  const costs = candidates.map(({ cost }) => cost[metric]);
  const accuracies = candidates.flatMap(({ reconstructed: { interval } }) => [interval.low, interval.high]);
  const [lowestCost, highestCost] = [Math.min(...costs), Math.max(...costs)];
  // Plans of a search for a cost differ little in it: an axis that starts at their lowest cost would exaggerate that.
  const margin = Math.max(highestCost - lowestCost, 0.1 * highestCost) / 10;
  const x = scaleLinear(
    [Math.max(0, Math.min(lowestCost, 0.9 * highestCost) - margin), highestCost + margin],
    [LEFT_MARGIN, CHART_WIDTH - RIGHT_MARGIN],
  );
  const y = scaleLinear([Math.min(...accuracies), Math.max(...accuracies)], [CHART_HEIGHT - BOTTOM_MARGIN, TOP_MARGIN]);
  return {
    marks: candidates.map((candidate): CandidateMark => {
      const { accuracy, interval } = candidate.reconstructed;
      return {
        candidate,
        x: x(candidate.cost[metric]),
        y: y(accuracy),
        low: y(interval.low),
        high: y(interval.high),
      };
    }),
    xTicks: x.ticks(4).map((value) => ({ value, at: x(value) })),
    yTicks: y.ticks(5).map((value) => ({ value, at: y(value) })),
  };
}

/**
 * Returns the cost that the search limits. A search for a given accuracy limits no cost but minimizes MACs, so returns
 * MACs.
 */
export const goalMetric = ({ goal }: Suggestion): CostMetric => ("metric" in goal ? goal.metric : "macs");
