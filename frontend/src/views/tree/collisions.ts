/** Words of the tree that would lie on other words: they are left out or stand elsewhere. Numbers only. */
import type { EstimatePlace } from "./drafted";
import type { Place } from "./place";

export interface Rect {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

type Anchor = "start" | "middle" | "end";
type Line = readonly [x: number, y: number, text: string, anchor: Anchor];

const CHARACTER = 5.8;
const ASCENT = 9;
const DESCENT = 3;

export function toRect([x, y, text, anchor]: Line): Rect {
  const width = text.length * CHARACTER;
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return { left, right: left + width, top: y - ASCENT, bottom: y + DESCENT };
}

const overlap = (a: Rect, b: Rect): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** The circle and what always stands at it, as `circle.ts` draws it. */
function rectsOf({ x, y, radius, hasLabels, accuracy, times, word }: Place): readonly Rect[] {
  const circle = { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
  if (!hasLabels) return [circle];
  const lines: readonly Line[] = [[x, y - 27, accuracy, "middle"], [x, y - 15, times, "middle"], [x, y + 22, word, "middle"]];
  return [circle, ...lines.filter(([, , text]) => text !== "").map(toRect)];
}

const tagRect = ({ x, y, tag, isTagLeft }: Place): Rect => toRect(isTagLeft ? [x - 14, y - 4, tag, "end"] : [x, y + 33, tag, "middle"]);

/** Who made a node stands in its tooltip too, so it may give way. */
export function dropCoveredTags(places: readonly Place[]): readonly Place[] {
  const taken = places.flatMap((place) => rectsOf(place).map((rect) => ({ rect, place })));
  return places.map((place) => {
    const isCovered = place.tag !== "" && taken.some((one) => one.place !== place && overlap(one.rect, tagRect(place)));
    return isCovered ? { ...place, tag: "" } : place;
  });
}

/** Beside, left of, below or above the diamond, wherever it is free; nowhere, if it is not: its tooltip says the same. */
export function clearEstimate(estimate: EstimatePlace | null, places: readonly Place[]): EstimatePlace | null {
  if (!estimate?.label) return estimate;
  const taken = places.flatMap((place) => [...rectsOf(place), ...(place.tag ? [tagRect(place)] : [])]);
  const { anchor, labelX, labelY } = estimate;
  const sides = [
    { anchor, labelX, labelY },
    { anchor: "start", labelX: 9, labelY: 4 },
    { anchor: "end", labelX: -9, labelY: 4 },
    { anchor: "middle", labelX: 0, labelY: 18 },
    { anchor: "middle", labelX: 0, labelY: -10 },
  ] as const;
  const rectAt = (side: (typeof sides)[number]): Rect => toRect([estimate.x + side.labelX, estimate.y + side.labelY, estimate.label, side.anchor]);
  const free = sides.find((side) => !taken.some((rect) => overlap(rect, rectAt(side))));
  return free ? { ...estimate, ...free } : { ...estimate, label: "" };
}
