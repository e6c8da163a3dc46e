/** Linear scales for the charts in Statistics. */
import { scaleLinear } from "d3-scale";
import type { Scale, VerticalSpan, Tick } from "./chart";

/** Minimum distance between two ticks, in pixels. */
const MIN_TICK_GAP = 11;

/**
 * Returns a scale from 0 to a round value that is at least `maxValue`, with about `count` ticks. The labels show the
 * values divided by `factor`, for example in millions.
 */
export function linearScale(maxValue: number, { top, bottom }: VerticalSpan, count: number, factor = 1): Scale {
  const scale = scaleLinear()
    .domain([0, maxValue / factor])
    .nice(2 * count)
    .range([bottom, top]);
  const ticks = scale.ticks(count).map((value) => ({ value: value * factor, y: scale(value), text: String(value) }));
  return { toY: (value) => scale(value / factor), ticks: dropCrowdedTicks(ticks) };
}

/** Returns all ticks or, if their labels would overlap, every second, third … tick, starting with 0. */
function dropCrowdedTicks(ticks: readonly Tick[]): readonly Tick[] {
  const distance = Math.abs((ticks[0]?.y ?? 0) - (ticks[1]?.y ?? MIN_TICK_GAP));
  const stride = Math.max(1, Math.ceil(MIN_TICK_GAP / Math.max(distance, 1)));
  return ticks.filter((_, index) => index % stride === 0);
}
