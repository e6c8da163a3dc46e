/** State → what the map shows; each part is worked out once per change. */
import type { Sample } from "../../../api/values";
import { memo } from "../../../state/memo";
import { layerCards, meanMapOf } from "../../../state/selectors/filterCards";
import { comparedSamples, mapPoints, markOf, isChosenSample, shownChanges, type Points } from "../../../state/selectors/map";
import { chosenExperiment } from "../../../state/selectors/select";
import type { Change, Choice } from "../../../state/choice";
import type { State, Zoom } from "../../../state/state";
import type { Size } from "../../panel";
import { currentHues } from "./hues";
import { layoutLabels, type ClassLabel } from "./labels";
import { indexPoints, placePoints, type Near, type Placed } from "./layout";
import type { MapPicture } from "./paint";

export interface MapData extends MapPicture {
  readonly points: Points;
  /** Only the pointer asks for it, not every frame of a zoom. */
  readonly near: () => Near;
  readonly zoom: Zoom;
  readonly chosenLabel: number | null;
  /** Positions among the points; -1: none. */
  readonly chosen: number;
  readonly hovered: number;
  /** Strongest samples of the filter that is looked at. */
  readonly ringed: readonly number[];
  /** Numbers of the marked and of the chosen samples among the points. */
  readonly marked: number;
  readonly pickedCount: number | null;
}

export interface MapCallbacks {
  /** Position among the points; null: none. */
  onHover(point: number | null): void;
  onChoose(point: number): void;
  /** Puts one into the chosen samples, or takes it out. */
  onToggle(point: number): void;
  onLasso(points: readonly number[]): void;
  onLabel(label: number): void;
  onDrop(): void;
  onZoom(zoom: Zoom): void;
}

const placedOf = memo(({ x, y }: Points, extent: Points["extent"], width: number, height: number, zoom: Zoom): Placed =>
  placePoints({ x, y }, extent, { width, height }, zoom),
);
const nearOf = memo((placed: Placed, width: number, height: number): Near => indexPoints(placed, { width, height }));
const labelsOf = memo(
  (
    placed: Placed,
    label: Int16Array,
    classes: readonly string[],
    width: number,
    height: number,
  ): readonly ClassLabel[] => layoutLabels(placed, label, classes, { width, height }),
);

interface Joined {
  readonly label: Int16Array;
  readonly samples: readonly (Sample | null)[];
  readonly at: ReadonlyMap<number, number>;
}

const joined = memo((points: Points, samples: readonly Sample[] | null): Joined => {
  const bySample = new Map((samples ?? []).map((one) => [one.sample, one]));
  const found = Array.from(points.sample, (sample) => bySample.get(sample) ?? null);
  return {
    label: Int16Array.from(found, (one) => one?.label ?? -1),
    samples: found,
    at: new Map(Array.from(points.sample, (sample, i) => [sample, i])),
  };
});

const marksOf = memo(({ samples }: Joined, changes: string): readonly (Change | null)[] => {
  const shown = changes.split(",") as Change[];
  return samples.map((one) => one && markOf(one, shown));
});

const pickedOf = memo(({ samples }: Joined, cell: Choice["cell"], label: number | null, picked: Choice["picked"]) => {
  const isPicked = isChosenSample({ cell, label, picked } as Choice);
  return isPicked && Uint8Array.from(samples, (one) => (one && isPicked(one) ? 1 : 0));
});

const noClasses: readonly string[] = [];

/** null where there is no layout yet. */
export function mapData(state: State, { width, height }: Size): MapData | null {
  const points = mapPoints(state);
  if (!points || width < 40 || height < 40) return null;
  const { choice, hover, screen } = state;
  const known = joined(points, comparedSamples(state));
  const placed = placedOf(points, points.extent, width, height, screen.zoom);
  const mark = marksOf(known, shownChanges(state).join());
  const picked = pickedOf(known, choice.cell, choice.label, choice.picked);
  const positionOf = (sample: number | null): number => (sample === null ? -1 : (known.at.get(sample) ?? -1));
  return {
    width,
    height,
    points,
    placed,
    mark,
    picked,
    label: known.label,
    labels: labelsOf(placed, known.label, chosenExperiment(state)?.classes ?? noClasses, width, height),
    hues: currentHues(),
    near: () => nearOf(placed, width, height),
    zoom: screen.zoom,
    chosenLabel: choice.label,
    chosen: positionOf(choice.sample),
    hovered: positionOf(hover.sample),
    ringed: strongest(state)
      .map(positionOf)
      .filter((i) => i >= 0),
    marked: mark.reduce((count, one) => count + (one ? 1 : 0), 0),
    pickedCount: picked && picked.reduce((count, one) => count + one, 0),
  };
}

function strongest(state: State): readonly number[] {
  const { filter } = state.choice;
  const cards = filter === null ? null : layerCards(state);
  return (cards && meanMapOf(state, cards.layer, filter!)?.top.map(({ sample }) => sample)) ?? [];
}
