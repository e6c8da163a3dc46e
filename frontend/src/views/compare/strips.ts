/** Computes the strip of boxes that shows which filters of the root network a layer has kept. Draws nothing. */

/** Returns each run of consecutive numbers as [first number, count]. `numbers` must be in ascending order. */
export function findNumberRuns(numbers: readonly number[]): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last && number === last[0] + last[1]) last[1]++;
    else runs.push([number, 1]);
  }
  return runs;
}

export interface StripGeometry {
  readonly originalFilterCount: number;
  readonly width: number;
  readonly top: number;
  readonly height: number;
}

/**
 * Returns an SVG path with one box for each run of consecutive kept filters. The width of the strip corresponds to all
 * original filters.
 */
export function stripPath(
  numbers: readonly number[],
  { originalFilterCount, width, top, height }: StripGeometry,
): string {
  const step = width / originalFilterCount;
  return findNumberRuns(numbers)
    .map(
      ([first, count]) =>
        `M${roundToHundredths(first * step)},${top}h${roundToHundredths(count * step)}v${height}h${roundToHundredths(-count * step)}z`,
    )
    .join("");
}

const roundToHundredths = (value: number): number => Math.round(value * 100) / 100;

/** Returns the filter numbers of a layer that are not in `common`. */
export function excludeNumbers(numbers: readonly number[], common: readonly number[]): readonly number[] {
  const numbersInBoth = new Set(common);
  return numbers.filter((number) => !numbersInBoth.has(number));
}
