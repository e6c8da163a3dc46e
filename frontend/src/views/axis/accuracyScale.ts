/** A log-error scale for accuracies, on which a difference of half a percentage point is still visible near 99%. */
import { ticks as roundValues } from "d3-array";
import { scaleLog } from "d3-scale";

/** Maps a value to a position in pixels. `ticks` returns the values to label. */
export interface ValueScale {
  (value: number): number;
  ticks(maxTicks: number): readonly number[];
}

const TICK_CANDIDATES = [0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 1];
/**
 * If fewer candidate ticks than this are in the range of the scale, evenly spaced round values are used as ticks
 * instead.
 */
const MIN_TICK_COUNT = 3;
const FALLBACK_TICK_COUNT = 5;
/** Minimum distance between two ticks, in pixels. */
const MIN_TICK_DISTANCE = 18;

/**
 * Returns a log-error scale that includes the given accuracies. An error of 0, which has no logarithm, is drawn at half
 * the smallest of the other errors.
 */
export function accuracyScale(values: readonly number[], range: readonly [number, number]): ValueScale {
  const errors = values.map((value) => 1 - value);
  const minError = Math.min(0.02, ...errors.filter((error) => error > 1e-9)) / 2;
  const accuracyToError = (value: number): number => Math.max(1 - value, minError);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const log = scaleLog([Math.min(1, accuracyToError(low) * 1.15), accuracyToError(high) / 1.15], [...range]);
  const scale = (value: number): number => log(accuracyToError(value));
  const ticks = (): readonly number[] => {
    const ticksInRange = TICK_CANDIDATES.filter(
      (value) => value >= low - 0.15 * accuracyToError(low) && accuracyToError(value) >= accuracyToError(high) / 1.15,
    );
    const hasTooFewTicks = ticksInRange.length < MIN_TICK_COUNT;
    return removeCloseTicks(
      hasTooFewTicks
        ? roundValues(1 - accuracyToError(low) * 1.15, 1 - accuracyToError(high) / 1.15, FALLBACK_TICK_COUNT)
        : ticksInRange,
      scale,
    );
  };
  return Object.assign(scale, { ticks });
}

/** Omits each tick that is too close to the previous shown tick. `values` must be in ascending order. */
function removeCloseTicks(values: readonly number[], scale: (value: number) => number): readonly number[] {
  const spacedTicks: number[] = [];
  for (const value of values) {
    const last = spacedTicks.at(-1);
    if (last === undefined || Math.abs(scale(value) - scale(last)) >= MIN_TICK_DISTANCE) spacedTicks.push(value);
  }
  return spacedTicks;
}
