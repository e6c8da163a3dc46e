/** Table of the plans that a search has tried. The first cell of a row chooses the plan. */
import type { Candidate, Suggestion } from "../../../../api/values";
import { ensureElement, type Box } from "../../../../marks/elements";
import { formatCount, formatDuration, formatPercent } from "../../../../marks/format";
import type { Rule } from "../../../../planning/rules";
import type { State } from "../../../../state/state";
import { candidateKey, chosenCandidate } from "../../../../state/selectors/suggestion";
import { orderText } from "../../../model/plan/ruleText";

const COLUMNS = ["Plan", "MACs", "Loss", "Accuracy (95% interval)", "Images used", "Accuracy on other images"];

export function drawCandidateTable(
  box: Box,
  suggestion: Suggestion,
  state: State,
  onChoose: (candidate: Candidate) => void,
): void {
  const chosen = chosenCandidate(state, suggestion);
  const table = ensureElement(box, "table", "history");
  ensureElement(ensureElement(table, "thead", "heading"), "tr", "names")
    .selectAll<HTMLTableCellElement, string>("th")
    .data(COLUMNS)
    .join("th")
    .attr("scope", "col")
    .classed("number", (_, column) => column > 0)
    .text((name) => name);
  ensureElement(table, "tbody", "rows")
    .selectAll<HTMLTableRowElement, Candidate>(":scope > tr")
    .data(suggestion.candidates, candidateKey)
    .join("tr")
    .order()
    .classed("best", (candidate) => candidate.state === "best")
    .classed("chosen", (candidate) => candidate === chosen)
    .each(function (candidate) {
      drawCells(this, candidateCells(candidate, state), candidate === chosen, () => onChoose(candidate));
    });
}

function drawCells(row: HTMLTableRowElement, texts: readonly string[], isChosen: boolean, choose: () => void): void {
  while (row.cells.length < texts.length) row.insertCell().classList.toggle("number", row.cells.length > 1);
  texts.slice(1).forEach((text, index) => (row.cells[index + 1]!.textContent = text));
  const first = row.cells[0]!;
  const button = first.querySelector("button") ?? first.appendChild(document.createElement("button"));
  Object.assign(button, {
    type: "button",
    className: "link",
    textContent: texts[0],
    title: "Show this plan in the charts, and draft it with the button below",
    onclick: choose,
  });
  button.setAttribute("aria-pressed", String(isChosen));
}

/** Describes a search: "36 plans compared in 62 s; 3 of 20 exchanges of filters between layers reduced the loss". */
export function describeSearch({ candidates, exchanges, gains, elapsed_s }: Suggestion): string {
  const plans = `${formatCount(candidates.length)} plans compared in ${formatDuration(elapsed_s)}`;
  return exchanges > 0
    ? `${plans}; ${gains} of ${exchanges} exchanges of filters between layers reduced the loss`
    : plans;
}

/** Returns the cells of a candidate's row: plan, MACs, loss, accuracy with interval, images, accuracy on other images. */
export function candidateCells(candidate: Candidate, state: State): readonly string[] {
  const { reconstructed, unseen, cost, loss } = candidate;
  const { low, high } = reconstructed.interval;
  return [
    candidateName(candidate, state),
    formatCount(cost.macs),
    loss.toFixed(3),
    `${formatPercent(reconstructed.accuracy)} (${formatPercent(low)}–${formatPercent(high)})`,
    formatCount(reconstructed.images),
    unseen ? formatPercent(unseen.accuracy) : "",
  ];
}

/** Names a candidate by how it ranks filters, or says that filters were moved between layers. */
export const candidateName = ({ origin, rule }: Candidate, { server }: State): string =>
  origin === "exchange" ? "filters moved between layers" : orderText(rule as Rule, server.criteria);
