/** Lists those charts of the Model panel that the user can save as SVG, PNG or CSV. */
import { planModel, planResult, chosenRanking } from "../../state/selectors/plan";
import type { State } from "../../state/state";
import { SvgContext } from "../../marks/svgContext";
import { agreementChart } from "../agreement/data";
import type { Chart, Size } from "../panel";
import { tableData } from "./table/chartData";
import { buildPreview, radarShares } from "./plan/planAreaData";
import { previewRows } from "./plan/previewLayout";
import { paintCircles, paintBarcode } from "./table/paint";
import { RADAR_AXES } from "./plan/radar";

const PREVIEW_CAPTION =
  "accuracy on the selection split, % (log error); ○ as cut, ● batch norm re-estimated, ■ reconstructed (95% intervals), ◇ forecast after training (80% interval); solid line: this node; dashed line: needed to recover";

type ChartRows = ReturnType<Chart["rows"]>;

export const modelCharts: readonly Chart[] = [
  {
    name: "architecture",
    title: "Architecture",
    selector: "svg.architecture",
    fileCaption: () => "bar height: number of filters; hatched: removed by the plan",
    show: (act) => act.enlarge(null),
    rows: layerRows,
  },
  { name: "filters", title: "Filters and scores", selector: ".table", canvasToSvg: bubblesToSvg, rows: filterRows },
  agreementChart,
  {
    name: "radar",
    title: "Share removed",
    selector: "svg.radar",
    fileCaption: () => "how much of each quantity the plan removes, %",
    show: (act) => act.showAgreement(false),
    rows: removedShareRows,
  },
  {
    name: "preview",
    title: "Preview accuracy",
    selector: "svg.previewchart",
    fileCaption: () => PREVIEW_CAPTION,
    emptyHint: "choose filters to remove, then press Preview.",
    show: (act) => act.showAgreement(false),
    rows: previewTableRows,
  },
];

function layerRows(state: State): ChartRows {
  const [model, result] = [planModel(state), planResult(state)];
  const names = ["layer", "kind", "map_height", "map_width", "filters", "removed", "parameters", "macs"];
  const layers = model?.structure.source.layers ?? [];
  return [
    names,
    ...layers.map((layer) => [
      layer.name,
      layer.kind,
      layer.height,
      layer.width,
      layer.filters,
      result?.removedFiltersPerLayer[layer.index] ?? 0,
      layer.parameters,
      layer.macs,
    ]),
  ];
}

function filterRows(state: State): ChartRows {
  const [model, scores, result] = [planModel(state), chosenRanking(state), planResult(state)];
  const names = ["layer", "filter", "unit", "free", "score", "instability", "removed", "override"];
  if (!model || !scores || !result) return [names];
  const rows = model.structure.source.units.flatMap((unit, u) =>
    unit.members.map(([layer, number]) => [
      model.structure.source.layers[layer]!.name,
      number,
      unit.id,
      unit.free ? 1 : 0,
      nanToNull(scores.score[u]),
      nanToNull(scores.instability?.[u]),
      result.removed[u]!,
      ["", "kept", "removed"][result.overrides[u]!]!,
    ]),
  );
  return [names, ...rows];
}

function removedShareRows(state: State): ChartRows {
  const [model, result] = [planModel(state), planResult(state)];
  const shares = model && result ? radarShares(model, result.shares, result.removedFilterCount) : null;
  return [["share removed", "value"], ...RADAR_AXES.map(({ key, label }) => [label, shares?.[key] ?? null])];
}

function previewTableRows(state: State): ChartRows {
  const [model, result] = [planModel(state), planResult(state)];
  const names = ["accuracy of", "value", "low", "high", "interval"];
  if (!model || !result) return [names];
  const { preview, forecast, outcome } = buildPreview(state, { model, ranking: chosenRanking(state), result });
  return [
    names,
    ...previewRows(preview, forecast, outcome).map((row) => [
      row.label,
      row.accuracy,
      row.low,
      row.high,
      row.key === "forecast" ? 0.8 : 0.95,
    ]),
  ];
}

/** Returns the bubbles and barcodes of the layer table as SVG for saving; the page itself paints them on a canvas. */
function bubblesToSvg(state: State, { width, height }: Size): string {
  const [model, scores, result] = [planModel(state), chosenRanking(state), planResult(state)];
  if (!model || !scores || !result) return "";
  const data = tableData(
    state,
    { model, ranking: scores, result },
    { width, height, isEnlarged: state.choice.panel === "model" },
  );
  const context = new SvgContext();
  data.layout.rows.forEach((_, layer) => {
    const { start } = data.bubbles;
    const bubbles = Array.from({ length: start[layer + 1]! - start[layer]! }, (_, i) => start[layer]! + i);
    paintCircles(context, data, bubbles, layer);
    paintBarcode(context, data, layer);
  });
  return context.markup;
}

const nanToNull = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;
