/**
 * Describes an estimate in words: how many filters to keep, the pair of nodes from which this number was computed, and
 * the accuracy to expect.
 */
import type { Estimate } from "../../../api/values";
import { formatCount, formatPercent, formatPlural, formatShare } from "../../../marks/format";
import { ensureElement, type Box } from "../../../marks/elements";
import type { State } from "../../../state/state";
import { drawForecast } from "./forecast";

/**
 * If the estimate removes less than this share of the filters, further pruning is not worthwhile, as in Li et al.
 * (2021).
 */
const MIN_SHARE_WORTH_REMOVING = 0.05;

interface Line {
  readonly key: string;
  readonly name: string;
  readonly text: string;
}

export function drawEstimate(box: Box, estimate: Estimate | null, state: State): void {
  box.attr("hidden", estimate ? null : "").attr("data-testid", "answer");
  if (!estimate) return;
  ensureElement(box, "p", "headline").text(describeAdvice(estimate, state));
  const list = ensureElement(box, "dl", "lines");
  list
    .selectAll<HTMLElement, Line>(":scope > div")
    .data(listEstimateLines(estimate, state), ({ key }) => key)
    .join((enter) => {
      const line = enter.append("div");
      line.append("dt");
      line.append("dd");
      return line;
    })
    .each(function ({ name, text }) {
      this.querySelector("dt")!.textContent = name;
      this.querySelector("dd")!.textContent = text;
    });
  drawForecast(
    box,
    estimate,
    Object.values(state.server.nodes).filter((node) => node.experiment_id === estimate.experiment_id),
  );
}

/** Describes what the estimate advises: "Keep 144 of 320 filters of node 2 (remove 55.0% of its free filters)." */
export function describeAdvice({ keep, remove, percent, change, from_id }: Estimate, { server }: State): string {
  const from = server.nodes[from_id];
  const filters = from?.filters ?? keep + remove;
  const advice = `Keep ${formatCount(keep)} of ${formatCount(filters)} filters of node ${from?.number ?? "?"} (remove ${formatPercent(percent / 100)} of its free filters).`;
  return change < MIN_SHARE_WORTH_REMOVING
    ? `${advice} This is less than 5% of all filters of that node: further pruning is not worthwhile.`
    : advice;
}

export function listEstimateLines(estimate: Estimate, state: State): readonly Line[] {
  return [
    { key: "target", name: "Target", text: formatPercent(estimate.target_accuracy, 2) },
    { key: "interpolation", name: "Interpolation", text: describeInterpolation(estimate, state) },
    { key: "forecast", name: "Forecast", text: describeForecast(estimate) },
  ];
}

function describeInterpolation(
  { interpolated, interpolation_reason, good_id, bad_id }: Estimate,
  { server }: State,
): string {
  if (interpolated === null) return interpolation_reason ?? "not available";
  const name = (id: number | null): string => {
    const node = server.nodes[id ?? -1];
    return node
      ? `node ${node.number} (${formatPercent(node.accuracy, 2)}, ${formatCount(node.filters)} filters)`
      : "a deleted node";
  };
  return `${formatPlural(interpolated, "filter")}, interpolated between ${name(good_id)} and ${name(bad_id)}`;
}

function describeForecast({ forecast, forecast_reason, keep }: Estimate): string {
  if (!forecast) return forecast_reason ?? "not available";
  const { accuracy, low, high, nodes, keep: neededFilters, keep_low, keep_high } = forecast;
  const forecastText = `${formatPercent(accuracy)} expected with ${formatPlural(keep, "filter")} (80% interval ${formatShare(low)}–${formatPercent(high)}), based on ${formatPlural(nodes, "node")}`;
  if (neededFilters === null)
    return `${forecastText}; no filter count within the forecast’s range is expected to reach the target`;
  return `${forecastText}; the target needs ${formatPlural(neededFilters, "filter")}${describeFilterRange(keep_low, keep_high)}`;
}

/**
 * Describes a range of numbers of filters, in parentheses. If one end is unknown, the text is "(120 or more)" or "(at
 * most 160)"; if both ends are unknown, the text is empty.
 */
function describeFilterRange(low: number | null, high: number | null): string {
  if (low === null && high === null) return "";
  if (high === null) return ` (${formatCount(low)} or more)`;
  return low === null ? ` (at most ${formatCount(high)})` : ` (${formatCount(low)}–${formatCount(high)})`;
}
