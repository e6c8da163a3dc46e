/** Which samples are chosen: those of a cell, those of a class, or individual samples; only one of these at a time. */
import type { Choice } from "../choice";

/** The fields of the choice if no samples are chosen. */
export const noSampleChoice: Pick<Choice, "cell" | "label" | "pickedSamples" | "sample"> = {
  cell: null,
  label: null,
  pickedSamples: null,
  sample: null,
};

/**
 * Adds a sample to the chosen ones, or removes it if it is already chosen. Returns the sample numbers in ascending
 * order, or null if no sample is left.
 */
export function toggleSample(pickedSamples: readonly number[] | null, sample: number): readonly number[] | null {
  const others = (pickedSamples ?? []).filter((other) => other !== sample);
  const next = others.length === (pickedSamples?.length ?? 0) ? [...others, sample] : others;
  return next.length ? next.sort((a, b) => a - b) : null;
}
