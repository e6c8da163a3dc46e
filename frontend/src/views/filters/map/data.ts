/**
 * Builds, from the State, the data that the map of samples is drawn from. The results of expensive steps are cached
 * until their inputs change.
 */
import type { Sample } from "../../../api/values";
import { memo } from "../../../state/memo";
import { layerCards, layerFilterOf } from "../../../state/selectors/filterCards";
import {
  comparedSamples,
  mapPoints,
  markOf,
  chosenSampleTest,
  shownChanges,
  type Points,
} from "../../../state/selectors/map";
import { chosenExperiment } from "../../../state/selectors/select";
import type { Change, Choice } from "../../../state/choice";
import type { State, Zoom } from "../../../state/state";
import type { Size } from "../../panel";
import { currentHues } from "./hues";
import { layoutLabels, type ClassLabel } from "./labels";
import { indexPoints, placePoints, type PointGrid, type PlacedPoints } from "./layout";
import type { MapPicture } from "./paint";

export interface MapData extends MapPicture {
  readonly points: Points;
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
  readonly hovered: number;
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
  /** Called to add a point's sample to the chosen samples or, if it is already chosen, to remove it. */
  onTogglePoint(point: number): void;
  onLasso(points: readonly number[]): void;
  onChooseClass(label: number): void;
  onClearChoice(): void;
  onZoom(zoom: Zoom): void;
}

const cachedPlacedPoints = memo(
  ({ x, y }: Points, extent: Points["extent"], width: number, height: number, zoom: Zoom): PlacedPoints =>
    placePoints({ x, y }, extent, { width, height }, zoom),
);
const cachedGrid = memo((placedPoints: PlacedPoints, width: number, height: number): PointGrid =>
  indexPoints(placedPoints, { width, height }),
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

interface JoinedPoints {
  readonly label: Int16Array;
  readonly samples: readonly (Sample | null)[];
  readonly pointBySample: ReadonlyMap<number, number>;
}

const joinSamples = memo((points: Points, samples: readonly Sample[] | null): JoinedPoints => {
  const sampleByNumber = new Map((samples ?? []).map((sample) => [sample.sample, sample]));
  const matchedSamples = Array.from(points.sample, (number) => sampleByNumber.get(number) ?? null);
  return {
    label: Int16Array.from(matchedSamples, (sample) => sample?.label ?? -1),
    samples: matchedSamples,
    pointBySample: new Map(Array.from(points.sample, (sample, i) => [sample, i])),
  };
});

const cachedMarks = memo(({ samples }: JoinedPoints, changes: string): readonly (Change | null)[] => {
  const shownChanges = changes.split(",") as Change[];
  return samples.map((sample) => sample && markOf(sample, shownChanges));
});

const cachedPickedFlags = memo(
  ({ samples }: JoinedPoints, cell: Choice["cell"], label: number | null, picked: Choice["picked"]) => {
    const isSampleChosen = chosenSampleTest({ cell, label, picked } as Choice);
    return isSampleChosen && Uint8Array.from(samples, (sample) => (sample && isSampleChosen(sample) ? 1 : 0));
  },
);

const NO_CLASSES: readonly string[] = [];

/** Returns the data of the map; null if there is no t-SNE layout yet, or if the area is too small for a map. */
export function mapData(state: State, { width, height }: Size): MapData | null {
  const points = mapPoints(state);
  if (!points || width < 40 || height < 40) return null;
  const { choice, hover, screen } = state;
  const joinedPoints = joinSamples(points, comparedSamples(state));
  const placedPoints = cachedPlacedPoints(points, points.extent, width, height, screen.zoom);
  const mark = cachedMarks(joinedPoints, shownChanges(state).join());
  const picked = cachedPickedFlags(joinedPoints, choice.cell, choice.label, choice.picked);
  const pointOf = (sample: number | null): number =>
    sample === null ? -1 : (joinedPoints.pointBySample.get(sample) ?? -1);
  return {
    width,
    height,
    points,
    placedPoints,
    mark,
    picked,
    label: joinedPoints.label,
    labels: cachedLabels(
      placedPoints,
      joinedPoints.label,
      chosenExperiment(state)?.classes ?? NO_CLASSES,
      width,
      height,
    ),
    hues: currentHues(),
    pointGrid: () => cachedGrid(placedPoints, width, height),
    zoom: screen.zoom,
    chosenLabel: choice.label,
    chosen: pointOf(choice.sample),
    hovered: pointOf(hover.sample),
    strongestPoints: strongestSamples(state)
      .map(pointOf)
      .filter((i) => i >= 0),
    markedCount: mark.reduce((count, change) => count + (change ? 1 : 0), 0),
    pickedCount: picked && picked.reduce((count, flag) => count + flag, 0),
  };
}

function strongestSamples(state: State): readonly number[] {
  const { filter } = state.choice;
  const cards = filter === null ? null : layerCards(state);
  return (cards && layerFilterOf(state, cards.layer, filter!)?.top.map(({ sample }) => sample)) ?? [];
}
