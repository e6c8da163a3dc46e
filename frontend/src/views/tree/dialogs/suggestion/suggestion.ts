/** Dialog that searches for the best plan of a node, shows the plans that were tried, and drafts any of them. */
import type { Candidate, NewSuggestion, Node, Suggestion } from "../../../../api/values";
import { type Box, ensureElement, showOrClear } from "../../../../marks/elements";
import { formatCount, formatPercent } from "../../../../marks/format";
import type { State } from "../../../../state/state";
import {
  activeSearchJob,
  activeSearchJobOfNode,
  candidateKey,
  chosenCandidate,
  shownSuggestion,
  suggestionsOfNode,
} from "../../../../state/selectors/suggestion";
import { drawButtons, drawStatusLine, type DialogButton } from "../../../dialogs/buttons";
import {
  drawSelect,
  drawField,
  drawHelpText,
  listenToSubmit,
  type Option,
  readNumber,
  readPercentAsShare,
  readText,
} from "../../../dialogs/fields";
import type { Actions } from "../../../../state/actions";
import { COST_NAMES, type CostMetric } from "../../../nodes/tags";
import type { PanelDialog } from "../../../panel";
import { drawJobProgress } from "../progress";
import { drawAccuracyChart } from "./accuracyChart";
import { describeSearch, drawCandidateTable } from "./candidateTable";
import { drawWidthChart } from "./widthChart";

const ACCURACY_OPTION = "accuracy";
const GOAL_CHOICES: readonly Option[] = [
  { value: "macs", text: "at most this share of the MACs" },
  { value: "parameters", text: "at most this share of the parameters" },
  { value: "size_bytes", text: "at most this share of the file size" },
  { value: "filters", text: "at most this share of the filters" },
  { value: ACCURACY_OPTION, text: "at least this accuracy, before any training" },
];
const APPLY_OPTION = "apply";
const APPLY_CHOICES: readonly Option[] = [
  { value: "draft", text: "draft the best plan" },
  { value: APPLY_OPTION, text: "apply the best plan, and train the network as recommended" },
];

export const suggestionDialog: PanelDialog = {
  label: "Suggest a plan",
  draw: (content, state, act) => {
    const { dialog } = state.screen;
    const node = dialog?.kind === "suggestion" ? state.server.nodes[dialog.node] : undefined;
    if (dialog?.kind !== "suggestion" || !node) return;
    ensureElement(content, "p", "paragraph").text(
      `Many plans for node ${node.number} are compared by their loss after reconstruction, without training. The best plan is then refined by moving filters between layers, and becomes a new draft.`,
    );
    const form = ensureElement(content, "form", "form");
    drawFields(form);
    const suggestion = shownSuggestion(state, node.id);
    const job = activeSearchJobOfNode(state, node.id);
    const search = (): void => {
      if (!dialog.isSending && !job) act.suggestPlan(node.id, readForm(form, node));
    };
    listenToSubmit(form, search);
    drawStatusLine(content, dialog, "Sending…");
    drawJobProgress(content, job);
    drawButtons(content, [
      { text: "Close", run: () => act.openDialog(null) },
      { text: "Stop the search", isDisabled: !job, run: () => job && act.cancelJob(job.id) },
      draftButton(state, suggestion, act),
      { text: "Search", isPrimary: true, isDisabled: dialog.isSending || job !== undefined, run: search },
    ]);
    drawResults(ensureElement(content, "div", "candidates"), suggestion, state, act);
  },
};

/** Returns a button that opens the best plan's draft if there is one, and otherwise drafts the chosen plan. */
function draftButton(state: State, suggestion: Suggestion | undefined, act: Actions): DialogButton {
  const candidate = chosenCandidate(state, suggestion);
  const draft = candidate?.state === "best" ? state.server.plans[suggestion?.plan_id ?? -1] : undefined;
  if (draft) {
    return {
      text: draft.state === "applied" ? `Show plan ${draft.name}` : `Open draft ${draft.name}`,
      run: () => {
        act.openDialog(null);
        act.choosePlan(draft.id);
      },
    };
  }
  return {
    text: "Draft the chosen plan",
    isDisabled: !candidate,
    run: () => suggestion && candidate && act.draftCandidate(suggestion, candidate),
  };
}

function drawFields(form: Box): void {
  drawSelect(form, { name: "goal", label: "The pruned network keeps", choices: GOAL_CHOICES }, () => undefined);
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
    label: "Search time, seconds",
    type: "number",
    min: 5,
    max: 21600,
    step: 1,
    value: "60",
  });
  drawSelect(form, { name: "apply", label: "After the search", choices: APPLY_CHOICES }, () => drawFields(form));
  drawField(form, {
    name: "training_seconds",
    label: "Training time, seconds",
    type: "number",
    min: 1,
    max: 604800,
    step: 1,
    placeholder: "no limit",
    isHidden: !appliesBestPlan(form),
  });
  drawHelpText(
    form,
    "seconds-help",
    "Half of the search time is spent comparing ways to rank filters, the rest moving filters between layers. The first search at a node also scores its filters within this time.",
  );
}

const appliesBestPlan = (form: Box): boolean => readText(form, "apply") === APPLY_OPTION;

function readForm(form: Box, node: Node): NewSuggestion {
  const share = readPercentAsShare(form, "value") ?? 0.5;
  const metric = readText(form, "goal");
  const goal =
    metric === ACCURACY_OPTION
      ? { accuracy: share }
      : { metric: metric as CostMetric, value: Math.floor(share * (node[metric as CostMetric] ?? 0)) };
  return {
    goal,
    seconds: readNumber(form, "seconds") ?? 60,
    seed: 0,
    apply: appliesBestPlan(form),
    training_seconds: appliesBestPlan(form) ? readNumber(form, "training_seconds") : null,
  };
}

/** Draws the field that chooses which search at this node is shown, if there were several. */
function drawSearchChoice(box: Box, shown: Suggestion, state: State, act: Actions): void {
  const searches = suggestionsOfNode(state, shown.node_id);
  const choices = searches.map((search) => ({ value: String(search.id), text: searchTitle(search) }));
  drawSelect(box, { name: "search", label: "Search", choices, isHidden: searches.length < 2 }, () =>
    act.chooseSuggestion(readNumber(box, "search") ?? shown.id),
  );
  box.select("select").property("value", String(shown.id));
}

/** Describes a search in the list of searches: "2: at most 48,000 MACs, 89.0%". */
export function searchTitle({ id, goal, candidates }: Suggestion): string {
  const goalText =
    "metric" in goal
      ? `at most ${formatCount(goal.value)} ${COST_NAMES[goal.metric]}`
      : `at least ${formatPercent(goal.accuracy)}`;
  const best = candidates[0];
  return `${id}: ${goalText}${best ? `, ${formatPercent(best.reconstructed.accuracy)}` : ""}`;
}

/**
 * Says which node the best plan created, "; plan A was applied, creating node 1", or why the plan was not applied.
 * Empty if it was only drafted.
 */
function applyOutcomeText({ plan_id, apply_error }: Suggestion, { server }: State): string {
  if (apply_error !== null) return `; the best plan was not applied: ${apply_error}`;
  const plan = server.plans[plan_id ?? -1];
  const child = server.nodes[plan?.child_id ?? -1];
  return plan && child ? `; plan ${plan.name} was applied, creating node ${child.number}` : "";
}

function drawResults(box: Box, suggestion: Suggestion | undefined, state: State, act: Actions): void {
  if (!showOrClear(box, suggestion !== undefined) || !suggestion) return;
  drawSearchChoice(ensureElement(box, "div", "form"), suggestion, state, act);
  const [best, isSearchActive] = [suggestion.candidates[0], activeSearchJob(state, suggestion) !== undefined];
  const noResultText = isSearchActive
    ? "No plan has been measured yet."
    : "No plan was found: the search was stopped early, or no plan reaches the goal.";
  ensureElement(box, "p", "paragraph").text(
    best ? `${describeSearch(suggestion)}${applyOutcomeText(suggestion, state)}` : noResultText,
  );
  const details = ensureElement(box, "div", "details");
  if (showOrClear(details, best !== undefined) && best) drawDetails(details, suggestion, best, state, act);
}

/** Draws the charts and the table of a search that has measured at least one plan. */
function drawDetails(box: Box, suggestion: Suggestion, best: Candidate, state: State, act: Actions): void {
  const choose = (candidate: Candidate): void => act.chooseCandidate(candidateKey(candidate));
  const charts = ensureElement(box, "div", "charts");
  drawAccuracyChart(charts, suggestion, state, choose);
  const layers = state.server.layers[suggestion.node_id];
  const chosen = chosenCandidate(state, suggestion);
  if (layers && chosen) drawWidthChart(charts, chosen, best, layers);
  const list = ensureElement(box, "div", "list")
    // The list scrolls, so it can be reached and scrolled with the keyboard.
    .attr("tabindex", 0)
    .attr("role", "region")
    .attr("aria-label", "Plans that were tried");
  drawCandidateTable(list, suggestion, state, choose);
}
