/** Which samples are chosen: a cell, a class or individual samples, only one of these at a time. */
import type { Choice } from "../choice";

/** Choice in which no samples are chosen. */
export const noSampleChoice: Pick<Choice, "cell" | "label" | "picked" | "sample"> = {
  cell: null,
  label: null,
  picked: null,
  sample: null,
};

/**
 * Adds the sample, or removes it if it is chosen. Returns the sample numbers in ascending order; null if the list is
 * empty.
 */
export function toggleSample(picked: readonly number[] | null, sample: number): readonly number[] | null {
  const others = (picked ?? []).filter((other) => other !== sample);
  const next = others.length === (picked?.length ?? 0) ? [...others, sample] : others;
  return next.length ? next.sort((a, b) => a - b) : null;
}
