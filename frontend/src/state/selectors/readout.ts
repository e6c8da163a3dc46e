/** Text in the status bar (the readout) about the filter or layer under the mouse pointer or the keyboard cursor. */
import { formatCount, formatPlural, formatValue } from "../../marks/format";
import type { PlanModel, PlanResult } from "../../planning/rules";
import type { Ranking } from "../../planning/greedy";
import { withHover, type Reducer } from "../changes/patches";
import { planModel, planResult, chosenRanking } from "./plan";
import { criterionTitle } from "./select";
import type { HoverState, Readout, State } from "../state";

export interface ReadoutInput {
  readonly criteria: State["server"]["criteria"];
  readonly model: PlanModel;
  readonly ranking: Ranking;
  readonly result: PlanResult;
}

/**
 * Readout of a filter, for instance "conv4_2 · filter 10 — sensitivity 0.0333, rank 429 of 1,584 · instability 0.109 ·
 * kept".
 */
export function readoutOfFilter(
  { criteria, model, ranking, result }: ReadoutInput,
  layer: number,
  unit: number,
): Readout {
  const { source } = model.structure;
  const { members, free, reason } = source.units[unit]!;
  const name = source.layers[layer]!.name;
  const numbers = members.filter(([memberLayer]) => memberLayer === layer).map(([, number]) => number);
  const coupledFilterCount = members.length - numbers.length;
  const position = ranking.rank[unit]!;
  const rank = position < 0 ? "" : `, rank ${formatCount(position + 1)} of ${formatCount(ranking.rankedUnits.length)}`;
  const instabilityByUnit = ranking.criterion === "instability" ? null : ranking.instability;
  const instability = instabilityByUnit ? ` · instability ${formatValue(instabilityByUnit[unit])}` : "";
  const isPassedOver = result.passedOverUnits.has(unit);
  const coupledText =
    coupledFilterCount && !isPassedOver ? ` · coupled with ${formatPlural(coupledFilterCount, "other filter")}` : "";
  const title = criterionTitle(criteria, ranking.criterion);
  return {
    title: `${name} · filter ${numbers.join(", ")}`,
    text: `${title} ${formatValue(ranking.score[unit])}${rank}${instability} · ${isPassedOver ? explainWhyUnitIsKept(result, members.length) : describeDecision(result, unit, free ? null : reason)}${coupledText}`,
  };
}

function readoutOfLayer({ model, result }: Pick<ReadoutInput, "model" | "result">, layer: number): Readout {
  const { name, filters, height, width, parameters, macs } = model.structure.source.layers[layer]!;
  const removed = result.removedFiltersPerLayer[layer]!;
  return {
    title: name,
    text: `${formatCount(filters)} filters, ${formatCount(removed)} removed · output ${height}×${width} · ${formatCount(parameters)} parameters · ${formatCount(macs)} MACs`,
  };
}

function describeDecision({ removed, overrides }: PlanResult, unit: number, frozenReason: string | null): string {
  if (frozenReason !== null) return `cannot be removed: ${frozenReason}`;
  if (overrides[unit] === 1) return "kept by hand";
  if (overrides[unit] === 2) return "removed by hand";
  return removed[unit] ? "removed" : "kept";
}

/**
 * Explains why a unit is kept although units that rank higher are removed. This happens only with a percentage rule,
 * which has a budget, and with a target-cost rule, which has none.
 */
const explainWhyUnitIsKept = ({ budget }: PlanResult, members: number): string =>
  budget === null
    ? "kept: the plan reaches its target cost without removing it"
    : `kept: removing it with its ${formatPlural(members - 1, "coupled filter")} would exceed the plan’s budget of ${formatCount(budget)} filters`;

/**
 * Returns the hover values for a unit in the layer with this index, or for the layer itself if `unit` is -1; null if
 * there is no such layer.
 */
export function hoverForUnit(
  state: State,
  layer: number,
  unit: number,
): Pick<HoverState, "layer" | "filter" | "readout"> | null {
  const [model, ranking, result] = [planModel(state), chosenRanking(state), planResult(state)];
  const name = model?.structure.source.layers[layer]?.name;
  if (!model || !result || name === undefined) return null;
  const filter = unit < 0 ? null : lowestFilterNumber(model, layer, unit);
  const isRankedFilter = ranking && filter !== null;
  const readout = isRankedFilter
    ? readoutOfFilter({ criteria: state.server.criteria, model, result, ranking }, layer, unit)
    : readoutOfLayer({ model, result }, layer);
  return { layer: name, filter, readout };
}

/** Returns the lowest original number among the filters that a unit has in a layer; null if it has none there. */
function lowestFilterNumber({ structure }: PlanModel, layer: number, unit: number): number | null {
  const numbers = structure.source.units[unit]!.members.filter(([memberLayer]) => memberLayer === layer).map(
    ([, number]) => number,
  );
  return numbers.length ? Math.min(...numbers) : null;
}

/**
 * Updates the readout of the filter or layer under the mouse pointer or the keyboard cursor when the plan has changed.
 */
export const refreshReadout: Reducer = (state) => {
  const [model, result] = [planModel(state), planResult(state)];
  const { layer: name, filter } = state.hover;
  const layer = model?.structure.layerIndexByName.get(name ?? "");
  if (!model || !result || layer === undefined) return state;
  const readout =
    filter === null
      ? readoutOfLayer({ model, result }, layer)
      : readoutOfFilterNumber(state, { model, result }, layer, filter);
  return readout ? withHover(state, { readout }) : state;
};

function readoutOfFilterNumber(
  state: State,
  input: Pick<ReadoutInput, "model" | "result">,
  layer: number,
  filter: number,
): Readout | null {
  const ranking = chosenRanking(state);
  const unit = input.model.structure.unitByFilterNumber[layer]?.get(filter);
  return ranking && unit !== undefined
    ? readoutOfFilter({ ...input, criteria: state.server.criteria, ranking }, layer, unit)
    : null;
}
