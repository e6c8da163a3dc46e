/** The Model panel: the architecture, the layer table with bubbles and score threshold, and the plan. */
import { formatCount, formatPlural } from "../../marks/format";
import { type Box, ensureElement, showOrClear } from "../../marks/elements";
import { currentRule, planModel, planResult, chosenRanking } from "../../state/selectors/plan";
import type { Actions } from "../../state/actions";
import { chosenNode } from "../../state/selectors/select";
import type { State } from "../../state/state";
import type { Panel, Size } from "../panel";
import { drawAgreement } from "../agreement/agreement";
import { agreementData } from "../agreement/data";
import { drawArchitecture } from "./architecture/architecture";
import { findChosenLayer, type ScoredPlan, tableData, toolbarData } from "./table/chartData";
import { modelCharts } from "./charts";
import { drawRenameDraftDialog } from "./dialogs/draft";
import { planData } from "./plan/planAreaData";
import { drawCriterionDialog } from "./dialogs/criterion";
import { drawMissingFiltersNotice } from "./missingFilters";
import { drawPlan } from "./plan/planArea";
import { drawRuleDialog } from "./dialogs/rule";
import { drawLayerStrip, STRIP_HEIGHT } from "./architecture/layerStrip";
import { drawTable } from "./table/table";
import { drawToolbar } from "./table/tools";
import { drawTrainingDialog } from "./dialogs/training";
import type { AgreementCallbacks } from "../agreement/agreement";
import type { ArchitectureCallbacks } from "./architecture/architecture";
import type { TableCommand } from "./table/keys";
import type { Override, PlanCallbacks } from "./plan/planData";
import type { TableCallbacks } from "./table/tableData";
import type { ToolbarCallbacks } from "./table/tools";
import { hoverForUnit } from "../../state/selectors/readout";
import { listTools, MODEL_SHORTCUTS } from "./tools";

const ARCHITECTURE_HEIGHT = 108;
const TOOLBAR_HEIGHT = 36;
const PLAN_HEIGHT = 262;
const PLAN_WIDTH = 329;

export const modelPanel: Panel = {
  id: "model",
  title: "Model",
  subtitle,
  tools: listTools,
  charts: modelCharts,
  keys: MODEL_SHORTCUTS,
  dialogs: {
    training: { label: "Fine-tuning", draw: drawTrainingDialog },
    rule: { label: "Rule and limits", draw: drawRuleDialog },
    criterion: { label: "Criterion", draw: drawCriterionDialog },
    draft: { label: "Rename draft", draw: drawRenameDraftDialog },
  },
  draw: (body, state, act, size) => {
    const start = performance.now();
    drawModel(body, state, { ...modelCallbacks(state, act), onScroll: act.scrollRows }, size);
    if (isDraggingThreshold(state)) performance.measure("drag", { start, end: performance.now() });
  },
};

interface ModelPanelCallbacks extends ModelCallbacks {
  /** Called when the user has scrolled the layer table, with the index of the first visible row. */
  onScroll(first: number): void;
}

function drawModel(body: Box, state: State, callbacks: ModelPanelCallbacks, { width, height }: Size): void {
  const isEnlarged = state.choice.panel === "model";
  body.classed("model", true).classed("enlarged", isEnlarged);
  const [model, scores, result] = [planModel(state), chosenRanking(state), planResult(state)];
  const overview = ensureElement(body, "div", "overview");
  const chart = ensureElement(body, "div", "layers");
  const area = ensureElement(body, "div", "plan").attr("aria-label", "Plan").attr("role", "region");
  const scoredPlan: ScoredPlan | null = model && scores && result ? { model, ranking: scores, result } : null;
  const tableWidth = isEnlarged ? width - PLAN_WIDTH : width;
  const tableTop = TOOLBAR_HEIGHT + STRIP_HEIGHT;
  const tableHeight = isEnlarged ? height - tableTop : height - tableTop - ARCHITECTURE_HEIGHT - PLAN_HEIGHT;
  drawToolbar(chart, toolbarData(state, scoredPlan, tableWidth), callbacks.tools);
  drawLayerTableAndStrip(chart, state, scoredPlan, callbacks, { width: tableWidth, height: tableHeight });
  const { agreement } = state.choice;
  const isPlanLoaded = model !== null && result !== null;
  showOrClear(overview, isPlanLoaded && !isEnlarged);
  showOrClear(area, isPlanLoaded && !agreement);
  const agreementBox = ensureElement(body, "div", "agree")
    .attr("role", "region")
    .attr("aria-label", "Agreement of criteria");
  showOrClear(agreementBox, isPlanLoaded && agreement);
  if (!model || !result) return;
  const after = model.structure.filterCounts.map((filters, layer) => filters - result.removedFiltersPerLayer[layer]!);
  const chosenLayer = findChosenLayer(state, model);
  const { structure } = model;
  if (!isEnlarged)
    drawArchitecture(
      overview,
      { structure, filtersAfter: after, chosenLayer, width, height: ARCHITECTURE_HEIGHT },
      callbacks.architecture,
    );
  const [planWidth, planHeight] = isEnlarged ? [PLAN_WIDTH - 1, height] : [width, PLAN_HEIGHT];
  if (agreement) drawAgreement(agreementBox, agreementData(state, planWidth, planHeight), callbacks.agreement);
  else
    drawPlan(
      area,
      planData(state, { model, ranking: scores, result }, { isEnlarged, width: planWidth }),
      callbacks.plan,
    );
}

/** Draws the layer table and the strip with the chosen layer's filters, or explains why they cannot be shown. */
function drawLayerTableAndStrip(
  chart: Box,
  state: State,
  scoredPlan: ScoredPlan | null,
  callbacks: ModelPanelCallbacks,
  size: Size,
): void {
  const table = ensureElement(chart, "div", "table").style("height", `${size.height}px`);
  const missing = ensureElement(chart, "div", "missing");
  const strip = ensureElement(chart, "div", "stripbox");
  for (const box of [table, strip]) showOrClear(box, scoredPlan !== null);
  showOrClear(missing, scoredPlan === null);
  if (!scoredPlan) {
    drawMissingFiltersNotice(missing, state);
    return;
  }
  const data = tableData(state, scoredPlan, { ...size, isEnlarged: state.choice.panel === "model" });
  drawTable(table, data, callbacks.table, {
    requestedFirstRow: () => state.screen.firstRow,
    onScroll: callbacks.onScroll,
  });
  const { structure, states, chosenLayer, cursorUnit } = data;
  const removed = data.removedFiltersPerLayer[chosenLayer] ?? 0;
  drawLayerStrip(
    strip,
    { structure, states, chosenLayer, cursorUnit, removedFilters: removed, width: size.width },
    callbacks.table,
  );
}

function subtitle(state: State): string {
  const [node, model] = [chosenNode(state), planModel(state)];
  if (!node || !model) return node ? `node ${node.number}` : "";
  const layers = model.structure.source.layers.filter((layer) => !layer.output).length;
  return `node ${node.number} · ${formatCount(model.currentCost.filters)} filters in ${formatPlural(layers, "layer")} · bar height = number of filters`;
}

const isDraggingThreshold = ({ draft }: State): boolean =>
  Object.values(draft.edits).some((edit) => edit.dragStartRule !== null);

interface ModelCallbacks {
  readonly table: TableCallbacks;
  readonly tools: ToolbarCallbacks;
  readonly plan: PlanCallbacks;
  readonly architecture: ArchitectureCallbacks;
  readonly agreement: AgreementCallbacks;
}

/** Builds the callbacks that turn input in the Model panel into actions. */
function modelCallbacks(state: State, act: Actions): ModelCallbacks {
  const layerName = (layer: number): string | null => planModel(state)?.structure.source.layers[layer]?.name ?? null;
  const onChooseLayer = (layer: number): void => act.chooseLayer(layerName(layer));
  const onHover = (layer: number, unit: number): void => hover(state, act, hoverForUnit(state, layer, unit));
  const onToggleLock = (layer: number): void => {
    const name = layerName(layer);
    if (name !== null) act.toggleLock(name);
  };
  return {
    architecture: { onChooseLayer, onHoverLayer: (layer) => onHover(layer ?? -1, -1) },
    table: {
      onChooseLayer,
      onToggleLock,
      onHover,
      onToggleUnit: (unit) => act.toggleFilter(unit),
      onBrush: act.setBrush,
      onOverrideUnits: (decision, units) => {
        act.decide(units, decision);
        act.setBrush(null);
      },
      onMoveThreshold: (score) => act.dragLine(score),
      onReleaseThreshold: () => act.endLine(),
      onStepThreshold: (filters) => act.stepLine(filters),
      onKeyCommand: (key) => handleKey(key, { onChooseLayer, onToggleLock, onHover }, act),
    },
    tools: {
      onSetThreshold: (score) => act.removeBelow(score),
      onSetPercent: (percent) => act.removePercent(percent),
      onChooseRounding: (width) => act.roundWidths(width),
      onChooseBubbleSize: (size) => act.chooseSize(size),
      onOpenCriterion: () => act.openDialog({ kind: "criterion" }),
      onChooseCriterion: (criterion) => act.chooseCriterion(criterion),
    },
    agreement: {
      onChooseCriterion: (spec) => act.chooseCriterion(spec),
      onRetry: () => act.retry(),
      onClose: () => act.showAgreement(false),
    },
    plan: planCallbacks(state, act),
  };
}

function planCallbacks(state: State, act: Actions): PlanCallbacks {
  return {
    onChooseDraft: (key) => act.choosePlan(key),
    onCreateDraft: () => act.newDraft(),
    onRenameDraft: () => act.openDialog({ kind: "draft" }),
    onDelete: () => act.deletePlan(),
    onOpenTraining: () => act.openDialog({ kind: "training" }),
    onOpenProvenance: (node) => act.openNodeDialog("provenance", node),
    onOpenRule: () => act.openDialog({ kind: "rule" }),
    onChooseNewlyMisclassified: (samples) => act.pickSamples(samples),
    onEditReason: act.writeReason,
    onDiscardReasonEdits: act.dropReason,
    onPreviewPlan: () => act.previewPlan(),
    onApplyPlan: () => act.applyPlan(),
    onChooseChild: (node) => act.chooseNode(node),
    onRevertOverride: (override) => revertOverride(state, act, override),
  };
}

function revertOverride(state: State, act: Actions, { kind, layer, number }: Override): void {
  if (kind === "locked") {
    if (currentRule(state).locked.includes(layer)) act.toggleLock(layer);
    return;
  }
  const model = planModel(state);
  const u = model?.structure.unitByFilterNumber[model.structure.layerIndexByName.get(layer) ?? -1]?.get(number ?? -1);
  if (u !== undefined) act.decide([u], "rule");
}

type KeyCallbacks = Pick<TableCallbacks, "onChooseLayer" | "onToggleLock" | "onHover">;

function handleKey(key: TableCommand, callbacks: KeyCallbacks, act: Actions): void {
  if (key.kind === "layer") callbacks.onChooseLayer(key.layer);
  else if (key.kind === "filter") callbacks.onHover(key.layer, key.unit);
  else if (key.kind === "toggle") act.toggleFilter(key.unit);
  else if (key.kind === "lock") callbacks.onToggleLock(key.layer);
  else act.setBrush(null);
}

/** Stores in the State what the pointer is over, if that has changed. */
function hover({ hover: current }: State, act: Actions, next: ReturnType<typeof hoverForUnit>): void {
  if (!next && (current.layer !== null || current.readout !== null)) act.clearHover();
  if (next && (current.layer !== next.layer || current.filter !== next.filter)) act.hover(next);
}
