/** Lists those charts of the Filters panel that the user can save. */
import { chosenRanking } from "../../state/selectors/plan";
import {
  comparedNode,
  comparedSamples,
  mapPoints,
  sampleMark,
  createChosenSamplePredicate,
  shownChanges,
} from "../../state/selectors/map";
import { chosenExperiment } from "../../state/selectors/select";
import type { SampleChange } from "../../state/choice";
import type { State } from "../../state/state";
import type { Chart } from "../panel";
import { cardsData } from "./cards/data";
import { cardsToSvg } from "./cards/svg";
import { describeSharedSymbols } from "./map/footer";
import { mapToSvg } from "./map/svg";

type ChartRows = ReturnType<Chart["rows"]>;

export const filtersPanelCharts: readonly Chart[] = [
  {
    name: "map",
    title: "Map of samples",
    selector: "canvas.points",
    drawAsSvg: mapToSvg,
    fileCaption: mapCaption,
    rows: mapRows,
  },
  {
    name: "layer-filters",
    title: "Filters of the layer",
    selector: ".cards",
    drawAsSvg: cardsToSvg,
    fileCaption: cardsCaption,
    rows: filterRows,
  },
];

function mapCaption(state: State): string {
  const against = comparedNode(state);
  const marks = shownChanges(state).map((change) => MARK_TITLES[change]);
  const marked = `marked: ${marks.join(", ")}`;
  const markedText = against ? `${marked}, compared with node ${against.number}` : marked;
  const legend = marks.length ? markedText : "no samples marked";
  const sharedSymbolsText = describeSharedSymbols(chosenExperiment(state)?.classes.length ?? 0);
  return `t-SNE of the network’s features for the selection split; the axes have no units; ${[legend, sharedSymbolsText].filter(Boolean).join("; ")}`;
}

const MARK_TITLES: Record<SampleChange, string> = { degraded: "▼ degraded", improved: "▲ improved", wrong: "✕ wrong" };

function cardsCaption(state: State): string {
  const pictures =
    state.choice.sample === null
      ? "mean feature maps, and the images that activate each filter most"
      : "pictures by guided backpropagation with their histograms";
  const barsLegend =
    "bars (linear): score (a full bar is the layer’s 90th percentile) and instability (a full bar is 0.25); framed cards: removed by the plan";
  return `${pictures}; ${barsLegend}`;
}

function mapRows(state: State): ChartRows {
  const classes = chosenExperiment(state)?.classes ?? [];
  const name = (index: number | null): string | null => (index === null ? null : (classes[index] ?? String(index)));
  const points = mapPoints(state);
  const positions = new Map(Array.from(points?.sample ?? [], (sample, i) => [sample, i]));
  const isChosen = createChosenSamplePredicate(state.choice);
  const changes = shownChanges(state);
  const coordinateOfSample = (values: Float32Array | undefined, sample: number): number | null =>
    values?.[positions.get(sample) ?? -1] ?? null;
  return [
    ["sample", "x", "y", "true", "predicted", "probability", "predicted_before", "change", "mark_on_map", "chosen"],
    ...(comparedSamples(state) ?? []).map((item) => [
      item.sample,
      coordinateOfSample(points?.x, item.sample),
      coordinateOfSample(points?.y, item.sample),
      name(item.label),
      name(item.predicted),
      item.probability,
      name(item.before),
      item.change,
      sampleMark(item, changes),
      isChosen?.(item) ? 1 : 0,
    ]),
  ];
}

function filterRows(state: State): ChartRows {
  const names = ["layer", "filter", "score", "instability", "removed", "override"];
  const [data, scores] = [cardsData(state), chosenRanking(state)];
  if (!data) return [names];
  const unitValue = (values: Float64Array | null | undefined, unit: number): number | null => {
    const value = values?.[unit];
    return value === undefined || Number.isNaN(value) ? null : value;
  };
  const rows = data.filters.map((_, position) => {
    const { number, unit, isRemoved, isOverridden } = data.cardAt(position);
    return [
      data.layer,
      number,
      unitValue(scores?.score, unit),
      unitValue(scores?.instability, unit),
      isRemoved ? 1 : 0,
      isOverridden ? 1 : 0,
    ];
  });
  return [names, ...rows];
}
