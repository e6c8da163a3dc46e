/** Which samples are chosen: a cell, a class or single ones; one of these at a time. */
import type { Choice } from "../choice";

/** Lets go of every chosen sample. */
export const noSampleChoice: Pick<Choice, "cell" | "label" | "picked" | "sample"> = {
  cell: null,
  label: null,
  picked: null,
  sample: null,
};

/** The sample put in, or taken out where it was in; ascending. null where none is left. */
export function toggleSample(picked: readonly number[] | null, sample: number): readonly number[] | null {
  const others = (picked ?? []).filter((one) => one !== sample);
  const next = others.length === (picked?.length ?? 0) ? [...others, sample] : others;
  return next.length ? next.sort((a, b) => a - b) : null;
}
