/** Chosen samples and marks ↔ query parameters. */
import { CHANGES, type Change } from "../choice";

const NONE = "none";

export function writeChanges(changes: readonly Change[] | null): string | null {
  return changes && (changes.join("-") || NONE);
}

/** Drops unknown words; null (the default) if none is known. */
export function readChanges(text: string | null): readonly Change[] | null {
  if (text === NONE) return [];
  const words = text?.split("-") ?? [];
  const changes = CHANGES.filter((change) => words.includes(change));
  return changes.length ? changes : null;
}

/** Differences between successive samples in base 36: about two characters each for many samples. */
export function writePicked(picked: readonly number[] | null): string | null {
  return picked && picked.map((sample, i) => (sample - (picked[i - 1] ?? 0)).toString(36)).join(".");
}

export function readPicked(text: string | null): readonly number[] | null {
  if (text === null || !/^[0-9a-z]{1,4}(\.[0-9a-z]{1,4})*$/.test(text)) return null;
  let sample = 0;
  const picked = text.split(".").map((step) => (sample += Number.parseInt(step, 36)));
  return [...new Set(picked)];
}
