/** Callbacks of the Model panel's charts → actions. */
import type { PlanModel } from "../../plan/evaluate";
import type { Ranking } from "../../plan/ranking";
import { currentRule } from "../../state/currentPlan";
import { planModel, planResult, ranking } from "../../state/plan";
import { readFilter, readLayer } from "../../state/readout";
import type { Actions } from "../../state/actions";
import type { Readout, State } from "../../state/state";
import type { AgreementCallbacks } from "../agreement/agreement";
import type { ArchitectureCallbacks } from "./architecture";
import type { TableKey } from "./keys";
import type { Handmade, PlanCallbacks } from "./planData";
import type { TableCallbacks } from "./tableData";
import type { ToolsCallbacks } from "./tools";

export interface Wiring {
  readonly table: TableCallbacks;
  readonly tools: ToolsCallbacks;
  readonly plan: PlanCallbacks;
  readonly architecture: ArchitectureCallbacks;
  readonly agreement: AgreementCallbacks;
}

export function wire(state: State, act: Actions): Wiring {
  const nameOf = (layer: number): string | null => planModel(state)?.structure.source.layers[layer]?.name ?? null;
  const onLayer = (layer: number): void => act.chooseLayer(nameOf(layer));
  const onHover = (layer: number, unit: number): void => hover(state, act, layer, unit);
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
function hover(state: State, act: Actions, layer: number, unit: number): void {
  const [model, found, result] = [planModel(state), ranking(state), planResult(state)];
  const name = model?.structure.source.layers[layer]?.name;
  if (!model || !result || name === undefined) {
    if (state.hover.layer !== null || state.hover.readout !== null) act.unhover();
    return;
  }
  const filter = unit < 0 ? null : numberIn(model, layer, unit);
  if (state.hover.layer === name && state.hover.filter === filter) return;
  act.hover({ layer: name, filter, readout: read(found, { model, result }, layer, filter === null ? -1 : unit) });
}

type Known = Parameters<typeof readLayer>[0];

function read(found: Ranking | null, known: Known, layer: number, unit: number): Readout {
  return found && unit >= 0 ? readFilter({ ...known, ranking: found }, layer, unit) : readLayer(known, layer);
}

function numberIn({ structure }: PlanModel, layer: number, unit: number): number | null {
  const numbers = structure.source.units[unit]!.members.filter(([at]) => at === layer).map(([, number]) => number);
  return numbers.length ? Math.min(...numbers) : null;
}
