/** Chosen samples and marks ↔ parts of the query string. */
import { CHANGES, type Change } from "../choice";

const NONE = "none";

export function writeChanges(changes: readonly Change[] | null): string | null {
  return changes && (changes.join("-") || NONE);
}

/** Words that mean nothing are dropped; without one that means something, as usual. */
export function readChanges(text: string | null): readonly Change[] | null {
  if (text === NONE) return [];
  const words = text?.split("-") ?? [];
  const known = CHANGES.filter((change) => words.includes(change));
  return known.length ? known : null;
}

/** Steps from one to the next in base 36: two signs for each of many samples. */
export function writePicked(picked: readonly number[] | null): string | null {
  return picked && picked.map((sample, i) => (sample - (picked[i - 1] ?? 0)).toString(36)).join(".");
}

export function readPicked(text: string | null): readonly number[] | null {
  if (text === null || !/^[0-9a-z]{1,4}(\.[0-9a-z]{1,4})*$/.test(text)) return null;
  let sample = 0;
  const picked = text.split(".").map((step) => (sample += Number.parseInt(step, 36)));
  return [...new Set(picked)];
}
