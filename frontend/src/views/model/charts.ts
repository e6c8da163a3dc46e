/** What of the Model panel can be saved: drawings as SVG and PNG, numbers as CSV. */
import { planModel, planResult, ranking } from "../../state/plan";
import type { State } from "../../state/state";
import { agreementChart } from "../agreement/data";
import type { Chart } from "../panel";
import { AXES } from "./radarLayout";

type Rows = ReturnType<Chart["rows"]>;

export const modelCharts: readonly Chart[] = [
  { name: "architecture", title: "Architecture", selector: "svg.architecture", rows: layerRows },
  { name: "filters", title: "Filters and scores", selector: null, rows: filterRows },
  agreementChart,
  { name: "radar", title: "Share removed", selector: "svg.radar", rows: shareRows },
];

function layerRows(state: State): Rows {
  const [model, result] = [planModel(state), planResult(state)];
  const names = ["layer", "kind", "height", "width", "filters", "removed", "parameters", "macs"];
  const layers = model?.structure.source.layers ?? [];
  return [
    names,
    ...layers.map((one) => [one.name, one.kind, one.height, one.width, one.filters, result?.removedPerLayer[one.index] ?? 0, one.parameters, one.macs]),
  ];
}

function filterRows(state: State): Rows {
  const [model, found, result] = [planModel(state), ranking(state), planResult(state)];
  const names = ["layer", "filter", "unit", "free", "score", "instability", "removed", "by hand"];
  if (!model || !found || !result) return [names];
  const rows = model.structure.source.units.flatMap((unit, u) =>
    unit.members.map(([layer, number]) => [
      model.structure.source.layers[layer]!.name,
      number,
      unit.id,
      unit.free ? 1 : 0,
      orNull(found.score[u]),
      orNull(found.instability?.[u]),
      result.removed[u]!,
      ["", "kept", "removed"][result.hand[u]!]!,
    ]),
  );
  return [names, ...rows];
}

function shareRows(state: State): Rows {
  const shares = planResult(state)?.shares;
  return [["share removed", "value"], ...AXES.map(({ key, label }) => [label, shares?.[key] ?? null])];
}

const orNull = (value: number | undefined): number | null => (value === undefined || Number.isNaN(value) ? null : value);
