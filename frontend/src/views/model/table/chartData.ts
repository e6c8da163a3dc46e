/**
 * Builds, from the State, the data of the layer table and its toolbar. Layouts are cached until the scores or the size
 * change.
 */
import { criterionInfo } from "../../../state/selectors/criteria";
import { type AxisOptions, buildScoreScale, type ScoreScale, toX } from "./scale";
import { formatCount, formatPlural } from "../../../marks/format";
import { type PlanModel, type PlanResult, type Rule, ruleScope, criterionWithinLayers } from "../../../planning/rules";
import { thresholdLineScore } from "../../../planning/line";
import { memo } from "../../../state/memo";
import type { Ranking } from "../../../planning/greedy";
import { countFreeFilters } from "../../../planning/structure";
import { criterionTitle, scoresKey } from "../../../state/selectors/select";
import { currentPlan, currentRule, isApplied, areScoresLoaded } from "../../../state/selectors/plan";
import type { State } from "../../../state/state";
import { type Bubbles, layoutBubbles } from "./bubbles";
import { layoutTable, type TableLayout } from "./rows";
import { SCOPE_PREFIXES } from "../scopes";
import { describeSize, type BubbleSizes, currentBubbleSizes } from "./size";
import type { ThresholdLineData, TableData } from "./tableData";
import type { ToolbarData } from "./tools";
import { brushToPixels } from "./brush";
import { currentPalette } from "./picture";

export interface Chart {
  readonly layout: TableLayout;
  readonly scale: ScoreScale;
  readonly bubbles: Bubbles;
  readonly ascendingScores: readonly number[];
}

export interface ChartSize {
  readonly width: number;
  readonly height: number;
  readonly isEnlarged: boolean;
}

const cachedTableLayout = memo((model: PlanModel, width: number, height: number, isEnlarged: boolean) =>
  layoutTable(model.structure, { width, height, isEnlarged }),
);

const cachedAxisOptions = memo(
  (areScoresIncomplete: boolean, isLinear: boolean): AxisOptions => ({ areScoresIncomplete, isLinear }),
  4,
);

const cachedChart = memo(
  (model: PlanModel, ranking: Ranking, layout: TableLayout, size: BubbleSizes, options: AxisOptions): Chart => {
    const scores = Array.from(ranking.score).filter((score) => !Number.isNaN(score));
    const scale = buildScoreScale(scores, layout.plot[0], layout.plot[1], options);
    const values = { score: ranking.score, size: size.values, maxSize: size.maxValue };
    const bubbles = layoutBubbles(model.structure, values, layout, scale);
    const ascendingScores = Array.from(ranking.rankedUnits, (u) => ranking.score[u]!).sort((a, b) => a - b);
    return { layout, scale, bubbles, ascendingScores };
  },
);

/** Minimum distance, in pixels, between the bubbles and a threshold line that removes nothing. */
const THRESHOLD_CLEARANCE = 4;

/**
 * The plan and what the table needs to show it: the structure of the network, the scores of the node, and the filters
 * that the plan removes.
 */
export interface ScoredPlan {
  readonly model: PlanModel;
  readonly ranking: Ranking;
  readonly result: PlanResult;
}

export function tableData(state: State, { model, ranking, result }: ScoredPlan, size: ChartSize): TableData {
  const layout = cachedTableLayout(model, size.width, size.height, size.isEnlarged);
  const isLinear =
    criterionInfo(state, ranking.criterion)?.scale === "linear" || ruleScope(currentRule(state)) !== "network";
  const chart = cachedChart(
    model,
    ranking,
    layout,
    currentBubbleSizes(state, ranking),
    cachedAxisOptions(!areScoresLoaded(state), isLinear),
  );
  const rule = currentRule(state);
  const chosenLayer = findChosenLayer(state, model);
  return {
    ...chart,
    structure: model.structure,
    states: result,
    removedFiltersPerLayer: result.removedFiltersPerLayer,
    locked: listLockedLayers(rule),
    chosenLayer,
    cursorUnit: hoveredUnit(state, model),
    line: thresholdLineData(state, { model, ranking, result }, rule),
    brush: state.choice.brush && brushToPixels(chart, state.choice.brush),
    palette: currentPalette(),
    caption: axisCaption(state, ranking, chart.scale.kind),
    isEnlarged: size.isEnlarged,
  };
}

/** Returns the index of the chosen layer; 0 if no layer is chosen. */
export function findChosenLayer({ choice }: State, { structure }: PlanModel): number {
  return structure.layerIndexByName.get(choice.layer ?? "") ?? 0;
}

const listLockedLayers = (rule: Rule): ReadonlySet<string> => splitLayerNames(rule.locked.join("\n"));
const splitLayerNames = memo((names: string): ReadonlySet<string> => new Set(names.split("\n")));

/** Returns the position of the unit under the pointer or the keyboard cursor; -1 if there is no unit. */
function hoveredUnit({ hover }: State, { structure }: PlanModel): number {
  if (hover.layer === null || hover.filter === null) return -1;
  return structure.unitByFilterNumber[structure.layerIndexByName.get(hover.layer) ?? -1]?.get(hover.filter) ?? -1;
}

export function freeFilters(model: PlanModel): number {
  return countFreeFilters(model.structure);
}

function thresholdLineData(state: State, { model, ranking, result }: ScoredPlan, rule: Rule): ThresholdLineData {
  const free = freeFilters(model);
  return {
    score: areScoresLoaded(state) ? thresholdLineScore(rule, ranking, result.removed, result.overrides) : null,
    percent: free ? (100 * result.removedFilterCount) / free : 0,
    removedFilters: result.removedFilterCount,
    freeFilters: free,
    removesLeft: ranking.keep === "high",
    isApplied: isApplied(currentPlan(state)),
  };
}

export function toolbarData(state: State, plan: ScoredPlan | null, width: number): ToolbarData {
  const rule = currentRule(state);
  const line = plan && thresholdLineData(state, plan, rule);
  const isPlanApplied = isApplied(currentPlan(state));
  return {
    score: line?.score ?? null,
    removesBelow: line?.removesLeft ?? true,
    percent: line && (rule.rule === "percent" ? rule.percent : line.percent),
    rulePercent: line && rule.rule === "percent" ? rule.percent : null,
    roundTo: rule.round_to,
    size: state.choice.size,
    criteria: state.server.criteria,
    criterion: state.choice.criterion,
    canChangeDisplay: state.server.layers[state.choice.node ?? 0] !== undefined,
    isEnabled: plan !== null && areScoresLoaded(state) && !isPlanApplied,
    reason: isPlanApplied
      ? "This plan has been applied. Create a new draft to change it."
      : "The scores and the plan of this node are not loaded yet.",
    width,
  };
}

function axisCaption(state: State, ranking: Ranking, kind: ScoreScale["kind"]): string {
  const node = state.choice.node ?? 0;
  const partialScores = state.server.partialScores[scoresKey(node, ranking.criterion)];
  const scores = state.server.scores[scoresKey(node, ranking.criterion)];
  const scopePrefix = SCOPE_PREFIXES[ruleScope(currentRule(state))];
  const unit = scopePrefix ? "" : criterionInfo(state, ranking.criterion)?.unit; // a rank has no unit
  const title = `${criterionTitle(state.server.criteria, ranking.criterion)}${unit ? ` in ${unit}` : ""}`;
  const axis = `${scopePrefix}${title}, ${kind}${ranking.keep === "low" ? ", low scores are kept" : ""}`;
  const size = describeSize(state, ranking);
  if (!areScoresLoaded(state) && partialScores)
    return `${axis}${size} · scored on ${partialScores.batches_done} of ${partialScores.batches} batches`;
  const within = criterionWithinLayers(currentRule(state));
  if (within !== null)
    return `${axis}, within layers by ${criterionInfo(state, within)?.abbreviation ?? within}${size}`;
  const batches = scores?.batches
    ? ` · T = ${formatCount(scores.batches)} batches of ${formatPlural(scores.batch_size ?? 0, "image")}`
    : "";
  return `${axis}${size}${batches}`;
}

type ThresholdLineInput = Pick<TableData, "scale" | "line" | "ascendingScores" | "bubbles">;

/**
 * Returns the x position of the threshold line, in pixels; null if the rule has no threshold. A line that removes
 * nothing is shifted so that it does not touch the bubbles.
 */
export function thresholdX(data: ThresholdLineInput): number | null {
  const { scale, line, bubbles } = data;
  if (line.score === null) return null;
  const at = toX(scale, line.score);
  if (!thresholdRemovesNothing(data)) return at;
  const edges = Array.from(bubbles.x, (x, b) => x + (line.removesLeft ? -1 : 1) * bubbles.radius[b]!);
  if (line.removesLeft)
    return Math.max(scale.left - THRESHOLD_CLEARANCE, Math.min(at, ...edges.map((x) => x - THRESHOLD_CLEARANCE)));
  return Math.min(scale.right + THRESHOLD_CLEARANCE, Math.max(at, ...edges.map((x) => x + THRESHOLD_CLEARANCE)));
}

/** Whether the rule's threshold removes nothing: there is no threshold, or all filters are on the side that is kept. */
export function thresholdRemovesNothing({
  line,
  ascendingScores: sortedScores,
}: Pick<TableData, "line" | "ascendingScores">): boolean {
  if (line.score === null || !sortedScores.length) return true;
  return line.removesLeft ? line.score <= sortedScores[0]! : line.score >= sortedScores[sortedScores.length - 1]!;
}
