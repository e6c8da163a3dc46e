/** What of the Filters panel can be saved. */
import { ranking } from "../../state/plan";
import { comparedSamples, mapPoints, markOf, pickOf, shownChanges } from "../../state/map";
import { chosenExperiment } from "../../state/select";
import type { State } from "../../state/state";
import type { Chart } from "../panel";
import { cardsData } from "./cardData";
import { writeCards } from "./cardsSvg";
import { writeMap } from "./mapSvg";

type Rows = ReturnType<Chart["rows"]>;

export const filtersCharts: readonly Chart[] = [
  { name: "map", title: "Map of samples", selector: "canvas.points", markup: writeMap, rows: mapRows },
  { name: "layer-filters", title: "Filters of the layer", selector: ".cards", markup: writeCards, rows: filterRows },
];

function mapRows(state: State): Rows {
  const classes = chosenExperiment(state)?.classes ?? [];
  const name = (index: number | null): string | null => (index === null ? null : (classes[index] ?? String(index)));
  const points = mapPoints(state);
  const at = new Map(Array.from(points?.sample ?? [], (sample, i) => [sample, i]));
  const isPicked = pickOf(state.choice);
  const shown = shownChanges(state);
  const place = (values: Float32Array | undefined, sample: number): number | null => values?.[at.get(sample) ?? -1] ?? null;
  return [
    ["sample", "x", "y", "true", "called", "probability", "called_before", "change", "mark", "chosen"],
    ...(comparedSamples(state) ?? []).map((one) => [
      one.sample, place(points?.x, one.sample), place(points?.y, one.sample), name(one.label), name(one.predicted),
      one.probability, name(one.before), one.change, markOf(one, shown), isPicked?.(one) ? 1 : 0,
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
    return [data.layer, number, valueOf(found?.score, unit), valueOf(found?.instability, unit), isRemoved ? 1 : 0, isByHand ? 1 : 0];
  });
  return [names, ...rows];
}
