/** The Model panel: architecture, layer table with bubbles and line, the plan; what a person does there → actions. */
import { formatCount, formatPlural } from "../../marks/format";
import { type Box, ensureElement } from "../../marks/elements";
import { currentRule, planModel, planResult, ranking } from "../../state/selectors/plan";
import type { Actions } from "../../state/actions";
import { chosenNode } from "../../state/selectors/select";
import type { State } from "../../state/state";
import type { Panel, Size } from "../panel";
import { drawAgreement } from "../agreement/agreement";
import { agreementData } from "../agreement/data";
import { drawArchitecture } from "./architecture/architecture";
import { chosenLayerOf, type Found, tableData, toolsData } from "./table/chartData";
import { modelCharts } from "./charts";
import { drawDraftDialog } from "./dialogs/draft";
import { planData } from "./plan/drafts";
import { drawCriterionDialog } from "./dialogs/criterion";
import { drawNothing } from "./nothing";
import { drawPlan } from "./plan/planArea";
import { drawRuleDialog } from "./dialogs/rule";
import { drawStrip, STRIP_HEIGHT } from "./architecture/strip";
import { drawTable } from "./table/table";
import { drawTools } from "./table/tools";
import { drawTrainingDialog } from "./dialogs/training";
import type { AgreementCallbacks } from "../agreement/agreement";
import type { ArchitectureCallbacks } from "./architecture/architecture";
import type { TableKey } from "./table/keys";
import type { Handmade, PlanCallbacks } from "./plan/planData";
import type { TableCallbacks } from "./table/tableData";
import type { ToolsCallbacks } from "./table/tools";
import { hoverAt } from "../../state/selectors/readout";
import { listTools, MODEL_KEYS } from "./tools";

const ARCHITECTURE_HEIGHT = 108;
const TOOLS_HEIGHT = 36;
const PLAN_HEIGHT = 262;
const PLAN_WIDTH = 329;

export const modelPanel: Panel = {
  id: "model",
  title: "Model",
  sub: subtitle,
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
    drawModel(body, state, { ...wire(state, act), onScroll: act.scrollRows }, size);
    if (isDragging(state)) performance.measure("drag", { start, end: performance.now() });
  },
};

interface Callbacks extends Wiring {
  /** The rows of the table were scrolled. */
  onScroll(first: number): void;
}

function drawModel(body: Box, state: State, callbacks: Callbacks, { width, height }: Size): void {
  const enlarged = state.choice.panel === "model";
  body.classed("model", true).classed("enlarged", enlarged);
  const [model, found, result] = [planModel(state), ranking(state), planResult(state)];
  const strip = ensureElement(body, "div", "c1").attr("hidden", enlarged ? "" : null);
  const chart = ensureElement(body, "div", "c2");
  const area = ensureElement(body, "div", "plan").attr("aria-label", "Plan").attr("role", "region");
  const shown: Found | null = model && found && result ? { model, ranking: found, result } : null;
  const tableWidth = enlarged ? width - PLAN_WIDTH : width;
  const above = TOOLS_HEIGHT + STRIP_HEIGHT;
  const tableHeight = enlarged ? height - above : height - above - ARCHITECTURE_HEIGHT - PLAN_HEIGHT;
  drawTools(chart, toolsData(state, shown, tableWidth), callbacks.tools);
  drawRows(chart, state, shown, callbacks, { width: tableWidth, height: tableHeight });
  const { agreement } = state.choice;
  area.attr("hidden", model && result && !agreement ? null : "");
  const agree = ensureElement(body, "div", "agree").attr("role", "region").attr("aria-label", "Agreement of criteria");
  agree.attr("hidden", model && result && agreement ? null : "");
  if (!model || !result) return;
  const after = model.structure.filters.map((filters, layer) => filters - result.removedPerLayer[layer]!);
  const chosenLayer = chosenLayerOf(state, model);
  const { structure } = model;
  if (!enlarged)
    drawArchitecture(
      strip,
      { structure, after, chosenLayer, width, height: ARCHITECTURE_HEIGHT },
      callbacks.architecture,
    );
  const [areaWidth, areaHeight] = enlarged ? [PLAN_WIDTH - 1, height] : [width, PLAN_HEIGHT];
  if (agreement) drawAgreement(agree, agreementData(state, areaWidth, areaHeight), callbacks.agreement);
  else
    drawPlan(area, planData(state, { model, ranking: found, result }, { enlarged, width: areaWidth }), callbacks.plan);
}

/** The table and the strip of the chosen layer, or why there is none. */
function drawRows(chart: Box, state: State, shown: Found | null, callbacks: Callbacks, size: Size): void {
  const table = ensureElement(chart, "div", "table")
    .style("height", `${size.height}px`)
    .attr("hidden", shown ? null : "");
  const nothing = ensureElement(chart, "div", "nothing").attr("hidden", shown ? "" : null);
  const strip = ensureElement(chart, "div", "stripbox");
  if (!shown) {
    drawNothing(nothing, state);
    return;
  }
  const data = tableData(state, shown, { ...size, enlarged: state.choice.panel === "model" });
  drawTable(table, data, callbacks.table, { start: () => state.screen.rows, onScroll: callbacks.onScroll });
  const { structure, states, chosenLayer, chosenUnit } = data;
  const removed = data.removedPerLayer[chosenLayer] ?? 0;
  drawStrip(strip, { structure, states, chosenLayer, chosenUnit, removed, width: size.width }, callbacks.table);
}

function subtitle(state: State): string {
  const [node, model] = [chosenNode(state), planModel(state)];
  if (!node || !model) return node ? `node ${node.number}` : "";
  const layers = model.structure.source.layers.filter((layer) => !layer.output).length;
  return `node ${node.number} · ${formatCount(model.now.filters)} filters in ${formatPlural(layers, "layer")} · bar height = filters`;
}

const isDragging = ({ draft }: State): boolean => Object.values(draft.edits).some((edit) => edit.gesture !== null);

interface Wiring {
  readonly table: TableCallbacks;
  readonly tools: ToolsCallbacks;
  readonly plan: PlanCallbacks;
  readonly architecture: ArchitectureCallbacks;
  readonly agreement: AgreementCallbacks;
}

/** What a person does → actions. */
function wire(state: State, act: Actions): Wiring {
  const nameOf = (layer: number): string | null => planModel(state)?.structure.source.layers[layer]?.name ?? null;
  const onLayer = (layer: number): void => act.chooseLayer(nameOf(layer));
  const onHover = (layer: number, unit: number): void => hover(state, act, hoverAt(state, layer, unit));
  const onLock = (layer: number): void => {
    const name = nameOf(layer);
    if (name !== null) act.toggleLock(name);
  };
  return {
    architecture: { onLayer, onHoverLayer: (layer) => onHover(layer ?? -1, -1) },
    table: {
      onLayer,
      onLock,
      onHover,
      onToggle: (unit) => act.toggleFilter(unit),
      onBrush: act.brush,
      onBrushed: (decision, units) => {
        act.decide(units, decision);
        act.brush(null);
      },
      onLine: (score) => act.dragLine(score),
      onLineEnd: () => act.endLine(),
      onLineStep: (filters) => act.stepLine(filters),
      onKey: (key) => runKey(key, { onLayer, onLock, onHover }, act),
    },
    tools: {
      onScore: (score) => act.removeBelow(score),
      onPercent: (percent) => act.removePercent(percent),
      onRoundTo: (width) => act.roundWidths(width),
      onSize: (size) => act.chooseSize(size),
      onAbout: () => act.openDialog({ kind: "criterion" }),
      onCriterion: (criterion) => act.chooseCriterion(criterion),
    },
    agreement: {
      onCriterion: (spec) => act.chooseCriterion(spec),
      onRetry: () => act.retry(),
      onClose: () => act.showAgreement(false),
    },
    plan: wirePlan(state, act),
  };
}

function wirePlan(state: State, act: Actions): PlanCallbacks {
  return {
    onTab: (key) => act.choosePlan(key),
    onNewDraft: () => act.newDraft(),
    onRename: () => act.openDialog({ kind: "draft" }),
    onDelete: () => act.deletePlan(),
    onTraining: () => act.openDialog({ kind: "training" }),
    onRule: () => act.openDialog({ kind: "rule" }),
    onFlipped: (samples) => act.pick(samples),
    onNote: act.writeReason,
    onDropNote: act.dropReason,
    onPreview: () => act.previewPlan(),
    onApply: () => act.applyPlan(),
    onChild: (node) => act.chooseNode(node),
    onTakeBack: (one) => takeBack(state, act, one),
  };
}

function takeBack(state: State, act: Actions, one: Handmade): void {
  if (one.kind === "locked") {
    if (currentRule(state).locked.includes(one.layer)) act.toggleLock(one.layer);
    return;
  }
  const model = planModel(state);
  const u = model?.structure.unitAt[model.structure.layerOf.get(one.layer) ?? -1]?.get(one.number ?? -1);
  if (u !== undefined) act.decide([u], "rule");
}

type Basic = Pick<TableCallbacks, "onLayer" | "onLock" | "onHover">;

function runKey(key: TableKey, basic: Basic, act: Actions): void {
  if (key.kind === "layer") basic.onLayer(key.layer);
  else if (key.kind === "filter") basic.onHover(key.layer, key.unit);
  else if (key.kind === "toggle") act.toggleFilter(key.unit);
  else if (key.kind === "lock") basic.onLock(key.layer);
  else act.brush(null);
}

/** Changes the State only where the pointer came to something else. */
function hover({ hover: now }: State, act: Actions, next: ReturnType<typeof hoverAt>): void {
  if (!next && (now.layer !== null || now.readout !== null)) act.unhover();
  if (next && (now.layer !== next.layer || now.filter !== next.filter)) act.hover(next);
}
