/** The Model panel: architecture, layer table with bubbles and line, the plan. */
import { formatCount, formatPlural } from "../../marks/format";
import { type Box, part } from "../../marks/part";
import { currentPlan, isClosed } from "../../state/currentPlan";
import { planModel, planResult, ranking } from "../../state/plan";
import type { Actions } from "../../state/actions";
import { chosenExperiment, chosenNode, isReadOnly } from "../../state/select";
import type { State } from "../../state/state";
import type { Panel, Size } from "../panel";
import { drawAgreement } from "../agreement/agreement";
import { agreementData } from "../agreement/data";
import { drawArchitecture } from "./architecture";
import { chosenLayerOf, tableData, toolsData, type Found } from "./chartData";
import { modelCharts } from "./charts";
import { drawDraftDialog } from "./draftDialog";
import { planData } from "./drafts";
import { drawCriterionDialog } from "./criterionDialog";
import { drawNothing } from "./nothing";
import { stepLayer } from "./keys";
import { drawPlan } from "./planArea";
import { drawRuleForm } from "./ruleForm";
import { ruleFormData } from "./ruleText";
import { drawStrip, STRIP_HEIGHT } from "./strip";
import { drawTable } from "./table";
import { drawTools } from "./tools";
import { drawTraining } from "./training";
import { trainingOf } from "./trainingText";
import { wire, type Wiring } from "./wiring";

const ARCHITECTURE_HEIGHT = 108;
const TOOLS_HEIGHT = 36;
const PLAN_HEIGHT = 262;
const PLAN_WIDTH = 329;

export const modelPanel: Panel = {
  id: "model",
  title: "Model",
  sub: subtitle,
  tools: ({ choice }) => [
    {
      id: "agreement",
      icon: "grid",
      title: "Agreement of criteria (A)",
      pressed: choice.agreement,
      run: (act) => act.showAgreement(!choice.agreement),
    },
  ],
  charts: modelCharts,
  keys: [
    { keys: "ArrowUp", help: "layer above", run: (act, state) => act.chooseLayer(layerBy(state, -1)) },
    { keys: "ArrowDown", help: "layer below", run: (act, state) => act.chooseLayer(layerBy(state, 1)) },
    {
      keys: "l",
      help: "lock the layer",
      run: (act, { choice }) => choice.layer !== null && act.toggleLock(choice.layer),
    },
    { keys: "p", help: "preview the plan", run: (act, state) => canAct(state) && act.previewPlan() },
    { keys: "Ctrl+Enter", help: "apply the plan", run: (act, state) => canAct(state) && act.applyPlan() },
    {
      keys: "r",
      help: "rule and limits of the plan",
      run: (act, state) => canEdit(state) && act.openDialog({ kind: "rule" }),
    },
    {
      keys: "a",
      help: "agreement of criteria, or the plan",
      run: (act, { choice }) => act.showAgreement(!choice.agreement),
    },
    { keys: "o", help: "options of the criterion", run: (act) => act.openDialog({ kind: "criterion" }) },
    { keys: "F2", help: "rename the draft", run: (act, state) => canEdit(state) && act.openDialog({ kind: "draft" }) },
    { keys: "Shift+D", help: "new draft", run: (act) => act.newDraft() },
  ],
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
  const strip = part(body, "div", "c1").attr("hidden", enlarged ? "" : null);
  const chart = part(body, "div", "c2");
  const area = part(body, "div", "plan").attr("aria-label", "Plan").attr("role", "region");
  const shown: Found | null = model && found && result ? { model, ranking: found, result } : null;
  const tableWidth = enlarged ? width - PLAN_WIDTH : width;
  const above = TOOLS_HEIGHT + STRIP_HEIGHT;
  const tableHeight = enlarged ? height - above : height - above - ARCHITECTURE_HEIGHT - PLAN_HEIGHT;
  drawTools(chart, toolsData(state, shown, tableWidth), callbacks.tools);
  drawRows(chart, state, shown, callbacks, { width: tableWidth, height: tableHeight });
  const { agreement } = state.choice;
  area.attr("hidden", model && result && !agreement ? null : "");
  const agree = part(body, "div", "agree").attr("role", "region").attr("aria-label", "Agreement of criteria");
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
  const table = part(chart, "div", "table")
    .style("height", `${size.height}px`)
    .attr("hidden", shown ? null : "");
  const nothing = part(chart, "div", "nothing").attr("hidden", shown ? "" : null);
  const strip = part(chart, "div", "stripbox");
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

function layerBy(state: State, by: number): string | null {
  const model = planModel(state);
  if (!model) return null;
  const chosenLayer = chosenLayerOf(state, model);
  const layer = stepLayer({ structure: model.structure, chosenLayer }, by);
  return model.structure.source.layers[layer]?.name ?? null;
}

const canEdit = (state: State): boolean => chosenNode(state)?.state === "ready" && !isClosed(currentPlan(state));
const canAct = (state: State): boolean => canEdit(state) && (planResult(state)?.reached ?? 0) > 0;

function drawTrainingDialog(content: Box, state: State, act: Actions): void {
  const [now, experiment] = [trainingOf(state), chosenExperiment(state)];
  if (!now || !experiment) return;
  drawTraining(
    content,
    { now, defaults: experiment.training, isKept: !isReadOnly(state) },
    {
      onChoose: (training) => {
        act.chooseTraining(training);
        act.openDialog(null);
      },
      onClose: () => act.openDialog(null),
    },
  );
}

function drawRuleDialog(content: Box, state: State, act: Actions): void {
  const data = ruleFormData(state);
  if (!data) return;
  drawRuleForm(content, data, {
    onRule: (rule) => {
      act.setRule(rule);
      act.openDialog(null);
    },
    onClose: () => act.openDialog(null),
  });
}

const isDragging = ({ draft }: State): boolean => Object.values(draft.edits).some((edit) => edit.gesture !== null);
