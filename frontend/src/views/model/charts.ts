/** What of the Model panel can be saved: drawings as SVG and PNG, numbers as CSV. */
import { planModel, planResult, ranking } from "../../state/selectors/plan";
import type { State } from "../../state/state";
import { SvgContext } from "../../marks/canvas";
import { agreementChart } from "../agreement/data";
import type { Chart, Size } from "../panel";
import { tableData } from "./table/chartData";
import { previewOf } from "./plan/drafts";
import { previewRows } from "./plan/previewLayout";
import { paintCircles, paintCode } from "./table/paint";
import { AXES } from "./plan/radar";

const PREVIEW_KEY =
  "accuracy on the selection split, % (log error); ○ as cut, ● batch norm estimated anew (95 % intervals), ◇ forecast after training (80 %); line: now, dashes: recovered";

type Rows = ReturnType<Chart["rows"]>;

export const modelCharts: readonly Chart[] = [
  {
    name: "architecture",
    title: "Architecture",
    selector: "svg.architecture",
    about: () => "bar height: filters; hatched: removed by the plan",
    show: (act) => act.enlarge(null),
    rows: layerRows,
  },
  { name: "filters", title: "Filters and scores", selector: ".table", canvas: writeBubbles, rows: filterRows },
  agreementChart,
  {
    name: "radar",
    title: "Share removed",
    selector: "svg.radar",
    about: () => "% of each that the plan removes",
    show: (act) => act.showAgreement(false),
    rows: shareRows,
  },
  {
    name: "preview",
    title: "Preview accuracy",
    selector: "svg.previewchart",
    about: () => PREVIEW_KEY,
    needs: "put filters into the plan and press Preview.",
    show: (act) => act.showAgreement(false),
    rows: previewRowsOf,
  },
];

function layerRows(state: State): Rows {
  const [model, result] = [planModel(state), planResult(state)];
  const names = ["layer", "kind", "height", "width", "filters", "removed", "parameters", "macs"];
  const layers = model?.structure.source.layers ?? [];
  return [
    names,
    ...layers.map((one) => [
      one.name,
      one.kind,
      one.height,
      one.width,
      one.filters,
      result?.removedPerLayer[one.index] ?? 0,
      one.parameters,
      one.macs,
    ]),
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

function previewRowsOf(state: State): Rows {
  const [model, result] = [planModel(state), planResult(state)];
  const names = ["accuracy of", "value", "low", "high", "interval"];
  if (!model || !result) return [names];
  const { preview, expected } = previewOf(state, { model, ranking: ranking(state), result });
  return [
    names,
    ...previewRows(preview, expected).map((row) => [
      row.label,
      row.accuracy,
      row.low,
      row.high,
      row.key === "forecast" ? 0.8 : 0.95,
    ]),
  ];
}

/** The canvas of the table, drawn anew with a pen that writes SVG. */
function writeBubbles(state: State, { width, height }: Size): string {
  const [model, found, result] = [planModel(state), ranking(state), planResult(state)];
  if (!model || !found || !result) return "";
  const data = tableData(
    state,
    { model, ranking: found, result },
    { width, height, enlarged: state.choice.panel === "model" },
  );
  const pen = new SvgContext();
  data.layout.rows.forEach((_, layer) => {
    const { start } = data.bubbles;
    const seen = Array.from({ length: start[layer + 1]! - start[layer]! }, (_, i) => start[layer]! + i);
    paintCircles(pen, data, seen, layer);
    paintCode(pen, data, layer);
  });
  return pen.markup;
}

const orNull = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;
