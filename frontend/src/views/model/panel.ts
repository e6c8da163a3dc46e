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
import { findChosenLayer, type ScoredPlan, tableData, toolsData } from "./table/chartData";
import { modelCharts } from "./charts";
import { drawDraftDialog } from "./dialogs/draft";
import { planData } from "./plan/planAreaData";
import { drawCriterionDialog } from "./dialogs/criterion";
import { drawMissingFilters } from "./missingFilters";
import { drawPlan } from "./plan/planArea";
import { drawRuleDialog } from "./dialogs/rule";
import { drawLayerStrip, STRIP_HEIGHT } from "./architecture/layerStrip";
import { drawTable } from "./table/table";
import { drawTools } from "./table/tools";
import { drawTrainingDialog } from "./dialogs/training";
import type { AgreementCallbacks } from "../agreement/agreement";
import type { ArchitectureCallbacks } from "./architecture/architecture";
import type { TableCommand } from "./table/keys";
import type { Override, PlanCallbacks } from "./plan/planData";
import type { TableCallbacks } from "./table/tableData";
import type { ToolsCallbacks } from "./table/tools";
import { hoverAtUnit } from "../../state/selectors/readout";
import { listTools, MODEL_KEYS } from "./tools";

const ARCHITECTURE_HEIGHT = 108;
const TOOLS_HEIGHT = 36;
const PLAN_HEIGHT = 262;
const PLAN_WIDTH = 329;

export const modelPanel: Panel = {
  id: "model",
  title: "Model",
  subtitle,
  tools: listTools,
  charts: modelCharts,
  keys: MODEL_KEYS,
  dialogs: {
    training: { label: "Fine-tuning", draw: drawTrainingDialog },
    rule: { label: "Rule and limits", draw: drawRuleDialog },
    criterion: { label: "Criterion", draw: drawCriterionDialog },
    draft: { label: "Rename draft", draw: drawDraftDialog },
  },
  draw: (body, state, act, size) => {
    const start = performance.now();
    drawModel(body, state, { ...modelCallbacks(state, act), onScroll: act.scrollRows }, size);
    if (isDragging(state)) performance.measure("drag", { start, end: performance.now() });
  },
};

interface DrawCallbacks extends ModelCallbacks {
  /** Called when the user has scrolled the layer table, with the index of the first visible row. */
  onScroll(first: number): void;
}

function drawModel(body: Box, state: State, callbacks: DrawCallbacks, { width, height }: Size): void {
  const isEnlarged = state.choice.panel === "model";
  body.classed("model", true).classed("enlarged", isEnlarged);
  const [model, scores, result] = [planModel(state), chosenRanking(state), planResult(state)];
  const overview = ensureElement(body, "div", "overview");
  const chart = ensureElement(body, "div", "layers");
  const area = ensureElement(body, "div", "plan").attr("aria-label", "Plan").attr("role", "region");
  const scoredPlan: ScoredPlan | null = model && scores && result ? { model, ranking: scores, result } : null;
  const tableWidth = isEnlarged ? width - PLAN_WIDTH : width;
  const tableTop = TOOLS_HEIGHT + STRIP_HEIGHT;
  const tableHeight = isEnlarged ? height - tableTop : height - tableTop - ARCHITECTURE_HEIGHT - PLAN_HEIGHT;
  drawTools(chart, toolsData(state, scoredPlan, tableWidth), callbacks.tools);
  drawRows(chart, state, scoredPlan, callbacks, { width: tableWidth, height: tableHeight });
  const { agreement } = state.choice;
  const isPlanLoaded = model !== null && result !== null;
  showOrClear(overview, isPlanLoaded && !isEnlarged);
  showOrClear(area, isPlanLoaded && !agreement);
  const agreementBox = ensureElement(body, "div", "agree")
    .attr("role", "region")
    .attr("aria-label", "Agreement of criteria");
  showOrClear(agreementBox, isPlanLoaded && agreement);
  if (!model || !result) return;
  const after = model.structure.filterCounts.map((filters, layer) => filters - result.removedPerLayer[layer]!);
  const chosenLayer = findChosenLayer(state, model);
  const { structure } = model;
  if (!isEnlarged)
    drawArchitecture(
      overview,
      { structure, filtersAfter: after, chosenLayer, width, height: ARCHITECTURE_HEIGHT },
      callbacks.architecture,
    );
  const [areaWidth, areaHeight] = isEnlarged ? [PLAN_WIDTH - 1, height] : [width, PLAN_HEIGHT];
  if (agreement) drawAgreement(agreementBox, agreementData(state, areaWidth, areaHeight), callbacks.agreement);
  else
    drawPlan(
      area,
      planData(state, { model, ranking: scores, result }, { isEnlarged, width: areaWidth }),
      callbacks.plan,
    );
}

/** Draws the layer table and the strip with the chosen layer's filters, or explains why they cannot be shown. */
function drawRows(chart: Box, state: State, scoredPlan: ScoredPlan | null, callbacks: DrawCallbacks, size: Size): void {
  const table = ensureElement(chart, "div", "table").style("height", `${size.height}px`);
  const missing = ensureElement(chart, "div", "missing");
  const strip = ensureElement(chart, "div", "stripbox");
  for (const box of [table, strip]) showOrClear(box, scoredPlan !== null);
  showOrClear(missing, scoredPlan === null);
  if (!scoredPlan) {
    drawMissingFilters(missing, state);
    return;
  }
  const data = tableData(state, scoredPlan, { ...size, isEnlarged: state.choice.panel === "model" });
  drawTable(table, data, callbacks.table, { firstRow: () => state.screen.firstRow, onScroll: callbacks.onScroll });
  const { structure, states, chosenLayer, cursorUnit } = data;
  const removed = data.removedPerLayer[chosenLayer] ?? 0;
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
  return `node ${node.number} · ${formatCount(model.currentCost.filters)} filters in ${formatPlural(layers, "layer")} · bar height = filters`;
}

const isDragging = ({ draft }: State): boolean =>
  Object.values(draft.edits).some((edit) => edit.dragStartRule !== null);

interface ModelCallbacks {
  readonly table: TableCallbacks;
  readonly tools: ToolsCallbacks;
  readonly plan: PlanCallbacks;
  readonly architecture: ArchitectureCallbacks;
  readonly agreement: AgreementCallbacks;
}

/** Builds the callbacks that turn input in the Model panel into actions. */
function modelCallbacks(state: State, act: Actions): ModelCallbacks {
  const layerName = (layer: number): string | null => planModel(state)?.structure.source.layers[layer]?.name ?? null;
  const onLayer = (layer: number): void => act.chooseLayer(layerName(layer));
  const onHover = (layer: number, unit: number): void => hover(state, act, hoverAtUnit(state, layer, unit));
  const onLock = (layer: number): void => {
    const name = layerName(layer);
    if (name !== null) act.toggleLock(name);
  };
  return {
    architecture: { onLayer, onHoverLayer: (layer) => onHover(layer ?? -1, -1) },
    table: {
      onLayer,
      onLock,
      onHover,
      onToggle: (unit) => act.toggleFilter(unit),
      onBrush: act.setBrush,
      onDecide: (decision, units) => {
        act.decide(units, decision);
        act.setBrush(null);
      },
      onMoveLine: (score) => act.dragLine(score),
      onReleaseLine: () => act.endLine(),
      onStepLine: (filters) => act.stepLine(filters),
      onCommand: (key) => handleKey(key, { onLayer, onLock, onHover }, act),
    },
    tools: {
      onThreshold: (score) => act.removeBelow(score),
      onPercent: (percent) => act.removePercent(percent),
      onRoundTo: (width) => act.roundWidths(width),
      onChooseSize: (size) => act.chooseSize(size),
      onOpenCriterion: () => act.openDialog({ kind: "criterion" }),
      onCriterion: (criterion) => act.chooseCriterion(criterion),
    },
    agreement: {
      onCriterion: (spec) => act.chooseCriterion(spec),
      onRetry: () => act.retry(),
      onClose: () => act.showAgreement(false),
    },
    plan: planCallbacks(state, act),
  };
}

function planCallbacks(state: State, act: Actions): PlanCallbacks {
  return {
    onChooseDraft: (key) => act.choosePlan(key),
    onNewDraft: () => act.newDraft(),
    onRename: () => act.openDialog({ kind: "draft" }),
    onDelete: () => act.deletePlan(),
    onOpenTraining: () => act.openDialog({ kind: "training" }),
    onOpenProvenance: (node) => act.openNodeDialog("provenance", node),
    onOpenRule: () => act.openDialog({ kind: "rule" }),
    onChooseFlipped: (samples) => act.pickSamples(samples),
    onWriteReason: act.writeReason,
    onRestoreReason: act.dropReason,
    onPreview: () => act.previewPlan(),
    onApply: () => act.applyPlan(),
    onChooseChild: (node) => act.chooseNode(node),
    onRevert: (override) => revertOverride(state, act, override),
  };
}

function revertOverride(state: State, act: Actions, { kind, layer, number }: Override): void {
  if (kind === "locked") {
    if (currentRule(state).locked.includes(layer)) act.toggleLock(layer);
    return;
  }
  const model = planModel(state);
  const u = model?.structure.unitByNumber[model.structure.layerIndexByName.get(layer) ?? -1]?.get(number ?? -1);
  if (u !== undefined) act.decide([u], "rule");
}

type KeyCallbacks = Pick<TableCallbacks, "onLayer" | "onLock" | "onHover">;

function handleKey(key: TableCommand, callbacks: KeyCallbacks, act: Actions): void {
  if (key.kind === "layer") callbacks.onLayer(key.layer);
  else if (key.kind === "filter") callbacks.onHover(key.layer, key.unit);
  else if (key.kind === "toggle") act.toggleFilter(key.unit);
  else if (key.kind === "lock") callbacks.onLock(key.layer);
  else act.setBrush(null);
}

/** Stores in the State what is hovered, if it has changed. */
function hover({ hover: current }: State, act: Actions, next: ReturnType<typeof hoverAtUnit>): void {
  if (!next && (current.layer !== null || current.readout !== null)) act.clearHover();
  if (next && (current.layer !== next.layer || current.filter !== next.filter)) act.hover(next);
}
