/** Builds the data of the plan area from the State. */
import { applyButton, isPreviewStale, type LoadedPlan, previewButton } from "./buttonData";
import type { Cost, Experiment, ForecastPoint, Node, Plan } from "../../../api/values";
import { formatCount, formatPercent, formatPlural, formatShare, formatValue } from "../../../marks/format";
import type { PlanModel, Rule } from "../../../planning/rules";
import { removedShareOfFreeFilters } from "../../../planning/shares";
import { memo } from "../../../state/memo";
import type { Ranking } from "../../../planning/greedy";
import {
  currentPlan,
  currentReason,
  currentRule,
  currentPlanRequest,
  planRule,
  isApplied,
  hasNewDraft,
  nextPlanName,
  isRuleSaved,
  otherPlan,
  plansOfNode,
  ruleResult,
} from "../../../state/selectors/plan";
import { chosenExperiment, chosenNode } from "../../../state/selectors/select";
import type { State } from "../../../state/state";
import { freeFilters } from "../table/chartData";
import type { Override, PlanData, Tab } from "./planData";
import type { DraftRow } from "./draftTable";
import type { Shares } from "./radar";
import { interpolateForecast } from "./previewLayout";
import { describeShortfall, ruleSentence, ruleText } from "./ruleText";
import { chosenTrainingSettings } from "../../../state/selectors/training";
import { appliedPlanTrainingText, trainingText } from "./trainingText";
import { describeTrainingSettings } from "../../nodes/provenance";

export function planData(
  state: State,
  input: LoadedPlan,
  { isEnlarged, width }: Pick<PlanData, "isEnlarged" | "width">,
): PlanData {
  const [plan, node] = [currentPlan(state), chosenNode(state)];
  const { model, result } = input;
  const [other, rule] = [otherPlan(state), currentRule(state)];
  const isPlanSaved = isRuleSaved(state);
  return {
    tabs: buildTabs(state, input),
    drafts: buildDraftRows(state, input),
    canAddDraft: node?.state === "ready",
    nodeNumber: node?.number ?? 0,
    cost: model.currentCost,
    uncounted: model.structure.source.uncounted ?? [],
    costAfter: isPlanSaved && plan ? plan.cost : result.cost,
    freeFilters: freeFilters(model),
    removedFilters: result.removedFilterCount,
    shares: radarShares(model, isPlanSaved && plan ? plan.shares : result.shares, result.removedFilterCount),
    otherPlan: other && comparisonWithOtherPlan(state, model, other),
    preview: buildPreview(state, input),
    shortfall: describeShortfall(rule, result, freeFilters(model)),
    notes: isPlanSaved && plan ? plan.notes : [],
    brokenLimits: plan?.preview && !isPreviewStale(state, plan) ? plan.preview.broken_limits : [],
    overrides: listOverrides(rule, input.ranking, model),
    rule: ruleText(rule, state.server.criteria),
    ruleTitle: `${ruleSentence(rule, state.server.criteria)} Change it (R)`,
    ...trainingTexts(state, plan),
    reason: currentReason(state),
    savedReason: plan?.note ?? "",
    isApplied: isApplied(plan),
    previewButton: previewButton(state, input),
    applyButton: applyButton(state, input),
    child: (plan && childOfPlan(state.server, plan)) ?? null,
    error: currentPlanRequest(state)?.error ?? null,
    isEnlarged,
    width,
  };
}

/**
 * Describes the fine-tuning settings that Apply would use or, if the plan has been applied, the settings that were
 * used.
 */
function trainingTexts(state: State, plan: Plan | null): Pick<PlanData, "training" | "trainingTitle"> {
  if (plan?.state !== "applied") {
    const training = trainingText(chosenTrainingSettings(state), chosenExperiment(state));
    return { training, trainingTitle: `Fine-tuning settings for the node that this plan will create: ${training}` };
  }
  const teacher = state.server.nodes[Number(plan.training?.teacher)];
  const teacherName = teacher ? `node ${teacher.number}` : "a deleted node";
  const settings = plan.training === null ? "" : `: ${describeTrainingSettings(plan.training, teacherName)}`;
  return {
    training: appliedPlanTrainingText(plan),
    trainingTitle: `The settings that this plan was applied with${settings}. Click to see how the node that it created was trained`,
  };
}

function comparisonWithOtherPlan(state: State, model: PlanModel, plan: Plan): PlanData["otherPlan"] {
  const { shares, removedFilterCount } = ruleResult(state, model, plan, planRule(plan));
  return { name: plan.name, isApplied: isApplied(plan), shares: radarShares(model, shares, removedFilterCount) };
}

/**
 * Returns the shares that the plan removes, for the radar chart. The share of filters is a share of the free filters
 * (those that can be removed), as in rules, tabs and the tree.
 */
export const radarShares = (model: PlanModel, shares: Plan["shares"], removedFilters: number): Shares => ({
  ...shares,
  filters: removedShareOfFreeFilters(removedFilters, freeFilters(model)),
});

function buildTabs(state: State, { model, result }: LoadedPlan): Tab[] {
  const current = currentPlan(state);
  const shareText = formatShare(removedShareOfFreeFilters(result.removedFilterCount, freeFilters(model)));
  const tabs = plansOfNode(state, state.choice.node ?? 0).map((plan) =>
    buildTab(plan, plan === current ? shareText : null, model, state),
  );
  if (current && !hasNewDraft(state, current.node_id)) return tabs;
  const name = nextPlanName(state);
  const newDraftTab = {
    key: 0,
    text: current ? name : `${name} · ${shareText}%`,
    title: current ? "The new draft is being created" : `New draft: ${removedShareTooltip(shareText, model)}`,
  };
  return [...tabs, { ...newDraftTab, isChosen: !current }];
}

function buildTab(plan: Plan, shareText: string | null, model: PlanModel, { server }: State): Tab {
  const percent = shareText ?? formatShare(removedShareOfFreeFilters(plan.reached, freeFilters(model)));
  const child = plan.child_id === null ? undefined : server.nodes[plan.child_id];
  const target = plan.state === "applied" ? ` → ${child ? child.number : "node"}` : "";
  const stateText =
    plan.state === "applied"
      ? `Applied: created node ${child?.number ?? ""}`
      : `Draft ${plan.name}; double-click or press F2 to rename it`;
  const title = [stateText, removedShareTooltip(percent, model), plan.note].filter(Boolean).join("\n");
  return { key: plan.id, text: `${plan.name} · ${percent}%${target}`, title, isChosen: shareText !== null };
}

/** Returns the tooltip of a draft's tab. It says how many free filters the percentage on the tab refers to. */
const removedShareTooltip = (percent: string, model: PlanModel): string =>
  `removes ${percent}% of ${formatPlural(freeFilters(model), "free filter")} (the network has ${formatCount(model.currentCost.filters)} filters in total)`;

/**
 * Returns the rows of the draft table: the chosen draft as currently edited, and the other drafts as saved on the
 * server.
 */
function buildDraftRows(state: State, { model, result }: LoadedPlan): DraftRow[] {
  const [current, now] = [currentPlan(state), model.currentCost];
  return plansOfNode(state, state.choice.node ?? 0).map((plan) => {
    const cost = plan === current && !isRuleSaved(state) ? result.cost : plan.cost;
    const change = (name: keyof Cost): number => cost[name] / (now[name] || 1) - 1;
    const removed = plan === current ? result.removedFilterCount : plan.reached;
    const preview =
      plan.preview && !(plan === current && isPreviewStale(state, plan))
        ? (plan.preview.recalibrated?.accuracy ?? null)
        : null;
    return {
      key: plan.id,
      name: plan.name,
      title: plan.note || `Choose draft ${plan.name}`,
      isChosen: plan === current,
      filters: -(removedShareOfFreeFilters(removed, freeFilters(model)) ?? 0),
      parameters: change("parameters"),
      macs: change("macs"),
      bytes: change("size_bytes"),
      preview,
    };
  });
}

/**
 * Returns the forecast for the network after the plan; null if the plan removes nothing. For an applied plan, it is the
 * forecast made when the plan was applied, because the current forecast already takes the resulting node into account.
 */
function findForecast(
  { server, choice }: State,
  { model, result }: LoadedPlan,
  plan: Plan | null,
): ForecastPoint | null {
  if (plan?.state === "applied") return childOfPlan(server, plan)?.forecast ?? null;
  const curve = server.forecasts[choice.experiment ?? 0]?.curve ?? [];
  return result.removedFilterCount
    ? interpolateForecast(curve, model.currentCost.filters - result.removedFilterCount)
    : null;
}

const childOfPlan = ({ nodes }: State["server"], { child_id }: Plan): Node | undefined =>
  child_id === null ? undefined : nodes[child_id];

/** Returns the accuracy of the node that an applied plan created; null until the node is ready. */
function accuracyOfChild(child: Node | undefined): PlanData["preview"]["outcome"] {
  if (child?.state !== "ready" || child.accuracy === null || child.accuracy_interval === null) return null;
  return { number: child.number, accuracy: child.accuracy, interval: child.accuracy_interval };
}

export function buildPreview(state: State, input: LoadedPlan): PlanData["preview"] {
  const { result, model } = input;
  const [plan, node, experiment] = [currentPlan(state), chosenNode(state), chosenExperiment(state)];
  const preview = plan?.preview ?? null;
  const worst = preview?.worst ?? null;
  const points = worst ? 100 * (worst.accuracy_after - worst.accuracy_before) : 0;
  return {
    preview,
    forecast: findForecast(state, input, plan),
    outcome: plan?.state === "applied" ? accuracyOfChild(childOfPlan(state.server, plan)) : null,
    previewedShare:
      preview && isPreviewStale(state, plan)
        ? describePreviewedShare(preview.removed_filters, result.removedFilterCount, freeFilters(model))
        : null,
    currentAccuracy: node?.accuracy ?? null,
    neededAccuracy: node && experiment ? minRecoveredAccuracy(node, experiment, plan, state.server) : null,
    worstClass: worst && {
      name: experiment?.classes[worst.label] ?? `${worst.label}`,
      change: `${points.toFixed(1).replace("-", "−")} pt (${worst.flipped.length})`,
    },
    newlyMisclassifiedSamples: worst?.flipped ?? [],
    hint: result.removedFilterCount
      ? "Preview measures the accuracy of the pruned network without training."
      : "Exact numbers of filters, parameters, MACs and bytes appear here once the plan removes a filter. Preview measures accuracy without training.",
  };
}

/**
 * Returns the share of the free filters that the plan removed when its outdated preview was measured: "24.7%", or "a
 * different 24.7%" if the plan now removes an equal number of other filters.
 */
function describePreviewedShare(previewedRemovedCount: number, currentRemovedCount: number, free: number): string {
  const [before, now] = [previewedRemovedCount, currentRemovedCount].map((filters) =>
    formatPercent(removedShareOfFreeFilters(filters, free)),
  );
  return `${before === now ? "a different " : ""}${before}`;
}

/**
 * Returns the lowest accuracy at which a child of the node counts as recovered; it corresponds to a whole number of
 * images. For an applied plan, uses the tolerance from when the plan was applied. Null if the node learned nothing.
 */
function minRecoveredAccuracy(
  node: Node,
  experiment: Experiment,
  plan: Plan | null,
  server: State["server"],
): number | null {
  if (node.correct === null || node.learned === false) return null;
  const neededCorrectCount = plan?.state === "applied" ? childOfPlan(server, plan)?.needed_correct : null;
  if (neededCorrectCount != null) return neededCorrectCount / node.images;
  return (node.correct - Math.floor(experiment.tolerance * node.images + 1e-9)) / node.images;
}

const listOverrides = memo((rule: Rule, ranking: Ranking | null, model: PlanModel): Override[] => {
  const filters = (["kept", "removed"] as const).flatMap((kind) =>
    Object.entries(rule[kind]).flatMap(([layer, numbers]) =>
      numbers.map((number) => ({
        key: `${kind} ${layer} ${number}`,
        kind,
        layer,
        number,
        text: describeOverride(kind, layer, number),
      })),
    ),
  );
  const lockedLayers = rule.locked.map((layer) => ({
    key: `locked ${layer}`,
    kind: "locked" as const,
    layer,
    number: null,
    text: "locked",
  }));
  return [...filters, ...lockedLayers];
  function describeOverride(kind: string, layer: string, number: number): string {
    const u = model.structure.unitByFilterNumber[model.structure.layerIndexByName.get(layer) ?? -1]?.get(number);
    return u === undefined || !ranking ? kind : `${kind}, ${formatValue(ranking.score[u])}`;
  }
});
