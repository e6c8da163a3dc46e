/** Converts between query parameters and the chosen and marked samples. */
import { CHANGES, type Change } from "../choice";

const NO_CHANGES = "none";

export function writeChanges(changes: readonly Change[] | null): string | null {
  return changes && (changes.join("-") || NO_CHANGES);
}

/**
 * Reads which kinds of samples the map marks, from text such as "degraded-wrong". Drops unknown words; returns null,
 * the default, if no known word is left.
 */
export function readChanges(text: string | null): readonly Change[] | null {
  if (text === NO_CHANGES) return [];
  const words = text?.split("-") ?? [];
  const changes = CHANGES.filter((change) => words.includes(change));
  return changes.length ? changes : null;
}

/**
 * Writes sample numbers, which must be ascending, as differences in base 36. This takes about two characters per
 * sample.
 */
export function writePicked(pickedSamples: readonly number[] | null): string | null {
  return (
    pickedSamples && pickedSamples.map((sample, i) => (sample - (pickedSamples[i - 1] ?? 0)).toString(36)).join(".")
  );
}

export function readPicked(text: string | null): readonly number[] | null {
  if (text === null || !/^[0-9a-z]{1,4}(\.[0-9a-z]{1,4})*$/.test(text)) return null;
  let sample = 0;
  const pickedSamples = text.split(".").map((step) => (sample += Number.parseInt(step, 36)));
  return [...new Set(pickedSamples)];
}
