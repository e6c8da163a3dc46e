/** Dialog that searches for the best plan of a node, and shows the plans that were tried. */
import type { Candidate, Job, NewSuggestion, Node, Suggestion } from "../../../api/values";
import { formatCount, formatDuration, formatPercent } from "../../../marks/format";
import { type Box, ensureElement } from "../../../marks/elements";
import type { State } from "../../../state/state";
import { drawButtons, drawStatusLine } from "../../dialogs/buttons";
import {
  drawChoice,
  drawField,
  drawHelpText,
  listenToSubmit,
  type Option,
  readNumber,
  readPercentAsShare,
  readText,
} from "../../dialogs/fields";
import type { Rule } from "../../../planning/rules";
import { orderText } from "../../model/plan/ruleText";
import type { PanelDialog } from "../../panel";
import { drawJobProgress } from "./progress";

const ACCURACY = "accuracy";
const GOAL_CHOICES: readonly Option[] = [
  { value: "macs", text: "at most this share of the MACs" },
  { value: "parameters", text: "at most this share of the parameters" },
  { value: "size_bytes", text: "at most this share of the file size" },
  { value: "filters", text: "at most this share of the filters" },
  { value: ACCURACY, text: "at least this accuracy, before any training" },
];
type CostMetric = "macs" | "parameters" | "size_bytes" | "filters";
const SHOWN_CANDIDATES = 8;
const COLUMNS = ["Plan", "MACs", "Accuracy (95% interval)", "Images", "On other images"];

export const suggestionDialog: PanelDialog = {
  label: "Suggest a plan",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    const node = dialog?.kind === "suggestion" ? state.server.nodes[dialog.node] : undefined;
    if (dialog?.kind !== "suggestion" || !node) return;
    ensureElement(content, "p", "paragraph").text(
      `Many plans for node ${node.number} are compared by their accuracy after reconstruction, without training. Then width is moved between the layers of the best plan. At the end, the best plan becomes a new draft.`,
    );
    const form = ensureElement(content, "form", "form");
    drawFields(form);
    const suggestion = latestSuggestion(state, node.id);
    const draft = state.server.plans[suggestion?.plan_id ?? -1];
    const openDraft = (): void => {
      if (!draft) return;
      act.openDialog(null);
      act.choosePlan(draft.id);
    };
    const job = suggestion ? activeJob(state, suggestion) : undefined;
    const search = (): void => {
      if (!dialog.isSending && !job) act.suggestPlan(node.id, readForm(form, node));
    };
    listenToSubmit(form, search);
    drawStatusLine(content, dialog, "Starting…");
    drawJobProgress(content, job);
    drawButtons(content, [
      { text: "Close", run: () => act.openDialog(null) },
      { text: "Stop the search", disabled: !job, run: () => job && act.cancelJob(job.id) },
      {
        text: draft ? `Open draft ${draft.name}` : "Open the draft",
        disabled: !draft || job !== undefined,
        run: openDraft,
      },
      { text: "Search", isMainButton: true, disabled: dialog.isSending || job !== undefined, run: search },
    ]);
    drawCandidates(ensureElement(content, "div", "candidates"), suggestion, state);
  },
};

function drawFields(form: Box): void {
  drawChoice(form, { name: "goal", label: "The pruned network keeps", choices: GOAL_CHOICES }, () => undefined);
  drawField(form, {
    name: "value",
    label: "Share or accuracy, %",
    type: "number",
    min: 1,
    max: 100,
    step: "any",
    value: "50",
  });
  drawField(form, {
    name: "seconds",
    label: "Seconds to search",
    type: "number",
    min: 5,
    max: 21600,
    step: 1,
    value: "60",
  });
  drawHelpText(
    form,
    "seconds-help",
    "Half of the time is for comparing orders, the rest for moving width between layers. The first search at a node also scores its filters, which counts towards this time.",
  );
}

function readForm(form: Box, node: Node): NewSuggestion {
  const share = readPercentAsShare(form, "value") ?? 0.5;
  const metric = readText(form, "goal");
  const goal =
    metric === ACCURACY
      ? { accuracy: share }
      : { metric: metric as CostMetric, value: Math.floor(share * (node[metric as CostMetric] ?? 0)) };
  return { goal, seconds: readNumber(form, "seconds") ?? 60, seed: 0 };
}

const latestSuggestion = (state: State, node: number): Suggestion | undefined =>
  Object.values(state.server.suggestions)
    .filter(({ node_id }) => node_id === node)
    .sort((a, b) => b.id - a.id)[0];

function activeJob(state: State, suggestion: Suggestion): Job | undefined {
  const job = state.server.jobs[suggestion.job_id ?? -1];
  return job && (job.state === "waiting" || job.state === "running") ? job : undefined;
}

function drawCandidates(box: Box, suggestion: Suggestion | undefined, state: State): void {
  const candidates = suggestion?.candidates ?? [];
  box
    .attr("hidden", candidates.length ? null : "")
    // The table scrolls, so it can be reached and scrolled with the keyboard.
    .attr("tabindex", 0)
    .attr("role", "region")
    .attr("aria-label", "Plans that were tried");
  ensureElement(box, "p", "paragraph").text(suggestion ? describeSearch(suggestion) : "");
  const table = ensureElement(box, "table", "history");
  ensureElement(ensureElement(table, "thead", "heading"), "tr", "names")
    .selectAll<HTMLTableCellElement, string>("th")
    .data(COLUMNS)
    .join("th")
    .classed("number", (_, column) => column > 0)
    .text((name) => name);
  ensureElement(table, "tbody", "rows")
    .selectAll<HTMLTableRowElement, Candidate>("tr")
    .data(candidates.slice(0, SHOWN_CANDIDATES))
    .join("tr")
    .classed("best", ({ state: candidateState }) => candidateState === "best")
    .selectAll<HTMLTableCellElement, string>("td")
    .data((candidate) => candidateCells(candidate, state))
    .join("td")
    .classed("number", (_, column) => column > 0)
    .text((text) => text);
}

/** Describes a search: "36 plans compared in 62 s; 3 of 20 exchanges of width gained accuracy". */
export function describeSearch({ candidates, exchanges, gains, elapsed_s }: Suggestion): string {
  const plans = `${formatCount(candidates.length)} plans compared in ${formatDuration(elapsed_s)}`;
  return exchanges > 0 ? `${plans}; ${gains} of ${exchanges} exchanges of width reduced the loss` : plans;
}

/** Returns the cells of a candidate's row: plan, MACs, accuracy with interval, images, accuracy on other images. */
export function candidateCells(candidate: Candidate, { server }: State): readonly string[] {
  const { reconstructed, unseen, cost, rule, origin } = candidate;
  const { low, high } = reconstructed.interval;
  return [
    origin === "exchange" ? "width moved between layers" : orderText(rule as Rule, server.criteria),
    formatCount(cost.macs),
    `${formatPercent(reconstructed.accuracy)} (${formatPercent(low)}–${formatPercent(high)})`,
    formatCount(reconstructed.images),
    unseen ? formatPercent(unseen.accuracy) : "",
  ];
}
