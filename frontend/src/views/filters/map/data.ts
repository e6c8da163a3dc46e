/**
 * Builds, from the State, the data that the map of samples is drawn from. The results of expensive steps are cached
 * until their inputs change.
 */
import type { Sample } from "../../../api/values";
import { memo } from "../../../state/memo";
import { layerCards, findLayerFilter } from "../../../state/selectors/filterCards";
import {
  comparedSamples,
  mapPoints,
  sampleMark,
  createChosenSamplePredicate,
  shownChanges,
  type SamplePoints,
} from "../../../state/selectors/map";
import { chosenExperiment } from "../../../state/selectors/select";
import type { SampleChange, Choice } from "../../../state/choice";
import type { State, Zoom } from "../../../state/state";
import type { Size } from "../../panel";
import { currentMapColors } from "./hues";
import { layoutLabels, type ClassLabel } from "./labels";
import { buildPointGrid, placePoints, type PointGrid, type PlacedPoints } from "./layout";
import type { MapPicture } from "./paint";

export interface MapData extends MapPicture {
  readonly points: SamplePoints;
  /**
   * Returns the grid in which the point under the pointer is looked up. It is computed on demand, not in every frame of
   * a zoom.
   */
  readonly pointGrid: () => PointGrid;
  readonly zoom: Zoom;
  readonly chosenLabel: number | null;
  /** Index of the chosen sample's point; -1 if the map has no such point. */
  readonly chosen: number;
  /** Index of the hovered sample's point; -1 if the map has no such point. */
  readonly hoveredPoint: number;
  /** Indices of the points whose samples activate the chosen filter most. */
  readonly strongestPoints: readonly number[];
  /** Number of points that are marked as degraded, improved or wrong. */
  readonly markedCount: number;
  /** Number of points whose samples are chosen; null if no samples are chosen. */
  readonly pickedCount: number | null;
}

export interface MapCallbacks {
  /** Called with the index of the point under the pointer, or null if there is no point. */
  onHover(point: number | null): void;
  onChoose(point: number): void;
  /** Called to add a point's sample to the chosen samples, or to remove it if it is already chosen. */
  onTogglePoint(point: number): void;
  onChoosePoints(points: readonly number[]): void;
  onChooseClass(label: number): void;
  onClearChoice(): void;
  onZoom(zoom: Zoom): void;
}

const cachedPlacedPoints = memo(
  ({ x, y }: SamplePoints, extent: SamplePoints["extent"], width: number, height: number, zoom: Zoom): PlacedPoints =>
    placePoints({ x, y }, extent, { width, height }, zoom),
);
const cachedGrid = memo((placedPoints: PlacedPoints, width: number, height: number): PointGrid =>
  buildPointGrid(placedPoints, { width, height }),
);
const cachedLabels = memo(
  (
    placedPoints: PlacedPoints,
    label: Int16Array,
    classes: readonly string[],
    width: number,
    height: number,
  ): readonly ClassLabel[] => layoutLabels(placedPoints, label, classes, { width, height }),
);

interface PointsWithSamples {
  readonly label: Int16Array;
  readonly samples: readonly (Sample | null)[];
  readonly pointBySample: ReadonlyMap<number, number>;
}

const joinPointsWithSamples = memo((points: SamplePoints, samples: readonly Sample[] | null): PointsWithSamples => {
  const sampleByNumber = new Map((samples ?? []).map((sample) => [sample.sample, sample]));
  const samplesOfPoints = Array.from(points.sample, (number) => sampleByNumber.get(number) ?? null);
  return {
    label: Int16Array.from(samplesOfPoints, (sample) => sample?.label ?? -1),
    samples: samplesOfPoints,
    pointBySample: new Map(Array.from(points.sample, (sample, i) => [sample, i])),
  };
});

const cachedMarks = memo(({ samples }: PointsWithSamples, changes: string): readonly (SampleChange | null)[] => {
  const shownChanges = changes.split(",") as SampleChange[];
  return samples.map((sample) => sample && sampleMark(sample, shownChanges));
});

const cachedPickedFlags = memo(
  (
    { samples }: PointsWithSamples,
    cell: Choice["cell"],
    label: number | null,
    pickedSamples: Choice["pickedSamples"],
  ) => {
    const isSampleChosen = createChosenSamplePredicate({ cell, label, pickedSamples: pickedSamples } as Choice);
    return isSampleChosen && Uint8Array.from(samples, (sample) => (sample && isSampleChosen(sample) ? 1 : 0));
  },
);

const NO_CLASSES: readonly string[] = [];

/** Returns the data of the map; null if there is no t-SNE layout yet, or if the area is too small for a map. */
export function mapData(state: State, { width, height }: Size): MapData | null {
  const points = mapPoints(state);
  if (!points || width < 40 || height < 40) return null;
  const { choice, hover, screen } = state;
  const pointsWithSamples = joinPointsWithSamples(points, comparedSamples(state));
  const placedPoints = cachedPlacedPoints(points, points.extent, width, height, screen.zoom);
  const mark = cachedMarks(pointsWithSamples, shownChanges(state).join());
  const pickedFlags = cachedPickedFlags(pointsWithSamples, choice.cell, choice.label, choice.pickedSamples);
  const pointOfSample = (sample: number | null): number =>
    sample === null ? -1 : (pointsWithSamples.pointBySample.get(sample) ?? -1);
  return {
    width,
    height,
    points,
    placedPoints,
    mark,
    pickedFlags,
    label: pointsWithSamples.label,
    labels: cachedLabels(
      placedPoints,
      pointsWithSamples.label,
      chosenExperiment(state)?.classes ?? NO_CLASSES,
      width,
      height,
    ),
    colors: currentMapColors(),
    pointGrid: () => cachedGrid(placedPoints, width, height),
    zoom: screen.zoom,
    chosenLabel: choice.label,
    chosen: pointOfSample(choice.sample),
    hoveredPoint: pointOfSample(hover.sample),
    strongestPoints: strongestSamples(state)
      .map(pointOfSample)
      .filter((i) => i >= 0),
    markedCount: mark.reduce((count, change) => count + (change ? 1 : 0), 0),
    pickedCount: pickedFlags && pickedFlags.reduce((count, isPicked) => count + isPicked, 0),
  };
}

function strongestSamples(state: State): readonly number[] {
  const { filter } = state.choice;
  const cards = filter === null ? null : layerCards(state);
  return (cards && findLayerFilter(state, cards.layer, filter!)?.top.map(({ sample }) => sample)) ?? [];
}
