/** Accuracy by the logarithm of its error, so that half a point at 99 % is seen. Numbers only. */
import { ticks as roundValues } from "d3-array";
import { scaleLog } from "d3-scale";

/** From a value to pixels, with the values that an axis names. */
export interface ValueScale {
  (value: number): number;
  ticks(most: number): readonly number[];
}

const NAMED = [0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 1];
/** Nodes that lie closer together than these name too few of them: then round values between do. */
const FEWEST = 3;
const BETWEEN = 5;
/** Least distance between two named values, pixels. */
const APART = 18;

/** No error at all stands half of the least other error from the top. */
export function accuracyScale(values: readonly number[], range: readonly [number, number]): ValueScale {
  const errors = values.map((value) => 1 - value);
  const floor = Math.min(0.02, ...errors.filter((error) => error > 1e-9)) / 2;
  const errorOf = (value: number): number => Math.max(1 - value, floor);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const log = scaleLog([Math.min(1, errorOf(low) * 1.15), errorOf(high) / 1.15], [...range]);
  const scale = (value: number): number => log(errorOf(value));
  const ticks = (): readonly number[] => {
    const inside = NAMED.filter(
      (value) => value >= low - 0.15 * errorOf(low) && errorOf(value) >= errorOf(high) / 1.15,
    );
    const isNarrow = inside.length < FEWEST;
    return thin(isNarrow ? roundValues(1 - errorOf(low) * 1.15, 1 - errorOf(high) / 1.15, BETWEEN) : inside, scale);
  };
  return Object.assign(scale, { ticks });
}

/** From the low end on, values that stand far enough from the one before. */
function thin(values: readonly number[], scale: (value: number) => number): readonly number[] {
  const kept: number[] = [];
  for (const value of values) {
    const last = kept.at(-1);
    if (last === undefined || Math.abs(scale(value) - scale(last)) >= APART) kept.push(value);
  }
  return kept;
}
