/** Lists all estimates of the tree with their outcomes, newest first. */
import type { Estimate } from "../../../api/values";
import { formatCount, formatPercent, formatShare } from "../../../marks/format";
import { ensureElement, type Box } from "../../../marks/elements";
import type { State } from "../../../state/state";

const COLUMN_NAMES = ["node", "target", "filters to keep", "forecast, 80%", "outcome"];

export function drawEstimateHistory(box: Box, state: State, onChoose: (id: number) => void): void {
  const estimates = listEstimates(state);
  box.attr("hidden", estimates.length ? null : "");
  ensureElement(box, "b", "title").text("Earlier estimates");
  const table = ensureElement(box, "table", "history");
  const head = ensureElement(ensureElement(table, "thead", "heading"), "tr", "names");
  head
    .selectAll<HTMLElement, string>(":scope > th")
    .data(COLUMN_NAMES)
    .join("th")
    .attr("scope", "col")
    .text((name) => name);
  ensureElement(table, "tbody", "rows")
    .selectAll<HTMLTableRowElement, Estimate>(":scope > tr")
    .data(estimates, ({ id }) => id)
    .join("tr")
    .order()
    .attr("class", ({ id }) => (id === state.choice.tree.estimate ? "chosen" : ""))
    .each(function (estimate) {
      drawCells(this, describeRow(estimate, state), () => onChoose(estimate.id));
    });
}

const listEstimates = ({ server, choice }: State): readonly Estimate[] =>
  Object.values(server.estimates)
    .filter(({ experiment_id }) => experiment_id === choice.experiment)
    .sort((a, b) => b.id - a.id);

function drawCells(row: HTMLTableRowElement, texts: readonly string[], choose: () => void): void {
  while (row.cells.length < texts.length) row.insertCell();
  texts.slice(1).forEach((text, index) => (row.cells[index + 1]!.textContent = text));
  const first = row.cells[0]!;
  const button = first.querySelector("button") ?? first.appendChild(document.createElement("button"));
  Object.assign(button, {
    type: "button",
    className: "link",
    textContent: texts[0],
    title: "Show this estimate here and in the tree",
    onclick: choose,
  });
}

/**
 * Returns the cells of the row for an estimate. Its outcome reads, for example, "node 5: 92.80%, target met, within the
 * interval".
 */
export function describeRow(
  { node_id, target_accuracy, keep, forecast, plan_id, outcome }: Estimate,
  { server }: State,
): readonly string[] {
  const forecastText = forecast
    ? `${formatShare(forecast.accuracy)} (${formatShare(forecast.low)}–${formatShare(forecast.high)})`
    : "none";
  const nodeName = `node ${server.nodes[node_id]?.number ?? "deleted"}`;
  if (!outcome)
    return [
      nodeName,
      formatPercent(target_accuracy, 2),
      formatCount(keep),
      forecastText,
      plan_id === null ? "no draft yet" : "draft created",
    ];
  return [nodeName, formatPercent(target_accuracy, 2), formatCount(keep), forecastText, describeOutcome(outcome)];
}

function describeOutcome({ number, accuracy, filters, is_met, in_interval }: NonNullable<Estimate["outcome"]>): string {
  const node = `node ${number}: ${formatPercent(accuracy, 2)}`;
  if (is_met === null) return `${node} with ${formatCount(filters)} filters instead of the estimated number`;
  const interval = in_interval === null ? "" : in_interval ? ", within the interval" : ", outside the interval";
  return `${node}, ${is_met ? "target met" : "target not met"}${interval}`;
}
