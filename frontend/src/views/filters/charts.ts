/** What of the Filters panel can be saved. */
import { ranking } from "../../state/selectors/plan";
import { comparedNode, comparedSamples, mapPoints, markOf, isChosenSample, shownChanges } from "../../state/selectors/map";
import { chosenExperiment } from "../../state/selectors/select";
import type { Change } from "../../state/choice";
import type { State } from "../../state/state";
import type { Chart } from "../panel";
import { cardsData } from "./cards/data";
import { writeCards } from "./cards/svg";
import { writeMap } from "./map/svg";

type Rows = ReturnType<Chart["rows"]>;

export const filtersCharts: readonly Chart[] = [
  { name: "map", title: "Map of samples", selector: "canvas.points", markup: writeMap, about: aboutMap, rows: mapRows },
  {
    name: "layer-filters",
    title: "Filters of the layer",
    selector: ".cards",
    markup: writeCards,
    about: aboutCards,
    rows: filterRows,
  },
];

function aboutMap(state: State): string {
  const against = comparedNode(state);
  const marks = shownChanges(state).map((change) => MARKS[change]);
  const key = marks.length
    ? `marked: ${marks.join(", ")}${against ? `, against node ${against.number}` : ""}`
    : "none marked";
  return `t-SNE of what the network sees in the images of the selection split, no units; ${key}`;
}

const MARKS: Record<Change, string> = { degraded: "▼ degraded", improved: "▲ improved", wrong: "✕ wrong" };

function aboutCards(state: State): string {
  const pictures =
    state.choice.sample === null
      ? "mean feature maps and strongest images"
      : "pictures by guided backpropagation with their histograms";
  const bars =
    "bars, both linear: the score, full at the layer’s 90th percentile, and instability, full at 0.25; framed: removed by the plan";
  return `${pictures}; ${bars}`;
}

function mapRows(state: State): Rows {
  const classes = chosenExperiment(state)?.classes ?? [];
  const name = (index: number | null): string | null => (index === null ? null : (classes[index] ?? String(index)));
  const points = mapPoints(state);
  const at = new Map(Array.from(points?.sample ?? [], (sample, i) => [sample, i]));
  const isPicked = isChosenSample(state.choice);
  const shown = shownChanges(state);
  const place = (values: Float32Array | undefined, sample: number): number | null =>
    values?.[at.get(sample) ?? -1] ?? null;
  return [
    ["sample", "x", "y", "true", "called", "probability", "called_before", "change", "mark", "chosen"],
    ...(comparedSamples(state) ?? []).map((one) => [
      one.sample,
      place(points?.x, one.sample),
      place(points?.y, one.sample),
      name(one.label),
      name(one.predicted),
      one.probability,
      name(one.before),
      one.change,
      markOf(one, shown),
      isPicked?.(one) ? 1 : 0,
    ]),
  ];
}

function filterRows(state: State): Rows {
  const names = ["layer", "filter", "score", "instability", "removed", "by hand"];
  const [data, found] = [cardsData(state), ranking(state)];
  if (!data) return [names];
  const valueOf = (values: Float64Array | null | undefined, unit: number): number | null => {
    const value = values?.[unit];
    return value === undefined || Number.isNaN(value) ? null : value;
  };
  const rows = data.filters.map((_, position) => {
    const { number, unit, isRemoved, isByHand } = data.cardAt(position);
    return [
      data.layer,
      number,
      valueOf(found?.score, unit),
      valueOf(found?.instability, unit),
      isRemoved ? 1 : 0,
      isByHand ? 1 : 0,
    ];
  });
  return [names, ...rows];
}
