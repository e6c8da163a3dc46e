/** Converts between query parameters and the chosen and marked samples. */
import { SAMPLE_CHANGES, type SampleChange } from "../choice";

const NO_SAMPLE_CHANGES = "none";

export function writeSampleChanges(changes: readonly SampleChange[] | null): string | null {
  return changes && (changes.join("-") || NO_SAMPLE_CHANGES);
}

/**
 * Reads which kinds of samples the map marks, from text such as "degraded-wrong". Drops unknown words; returns null,
 * the default, if no known word is left.
 */
export function readSampleChanges(text: string | null): readonly SampleChange[] | null {
  if (text === NO_SAMPLE_CHANGES) return [];
  const words = text?.split("-") ?? [];
  const changes = SAMPLE_CHANGES.filter((change) => words.includes(change));
  return changes.length ? changes : null;
}

/**
 * Writes sample numbers, which must be ascending, as differences in base 36. This takes about two characters per
 * sample.
 */
export function writePickedSamples(pickedSamples: readonly number[] | null): string | null {
  return (
    pickedSamples && pickedSamples.map((sample, i) => (sample - (pickedSamples[i - 1] ?? 0)).toString(36)).join(".")
  );
}

export function readPickedSamples(text: string | null): readonly number[] | null {
  if (text === null || !/^[0-9a-z]{1,4}(\.[0-9a-z]{1,4})*$/.test(text)) return null;
  let sample = 0;
  const pickedSamples = text.split(".").map((step) => (sample += Number.parseInt(step, 36)));
  return [...new Set(pickedSamples)];
}
