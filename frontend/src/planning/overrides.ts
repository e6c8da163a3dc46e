/** Overrides in a rule: what a person decides about single filters and layers. Coupled filters follow. */
import { filtersOfUnits, type Numbers, type Structure, unitsOfFilters } from "./structure";

/** The fields of a rule that a person decides: filters by layer name, and layers from which the rule removes nothing. */
interface Overrides {
  kept: Numbers;
  removed: Numbers;
  locked: string[];
}

export type Decision = "kept" | "removed" | "rule";

/** Returns the rule with these units kept or removed by hand, or without an override. */
export function setOverrides<R extends Overrides>(
  structure: Structure,
  rule: R,
  units: Iterable<number>,
  decision: Decision,
): R {
  const chosen = new Set(units);
  const kept = unitsOfFilters(structure, rule.kept);
  const removed = unitsOfFilters(structure, rule.removed);
  for (const u of chosen) {
    kept.delete(u);
    removed.delete(u);
    if (decision === "kept") kept.add(u);
    if (decision === "removed") removed.add(u);
  }
  return { ...rule, kept: filtersOfUnits(structure, kept), removed: filtersOfUnits(structure, removed) };
}

/** A click on a unit: a removed one is kept by hand, a kept one removed by hand; an existing override is undone. */
export function toggleUnit<R extends Overrides>(structure: Structure, rule: R, u: number, isRemoved: boolean): R {
  const isByHand = unitsOfFilters(structure, rule.kept).has(u) || unitsOfFilters(structure, rule.removed).has(u);
  return setOverrides(structure, rule, [u], isByHand ? "rule" : isRemoved ? "kept" : "removed");
}

/** Locks the layer, or unlocks it if it is locked. */
export function toggleLock<R extends Overrides>(rule: R, layer: string): R {
  const locked = rule.locked.includes(layer)
    ? rule.locked.filter((name) => name !== layer)
    : [...rule.locked, layer].sort();
  return { ...rule, locked };
}

/** 0 by rule, 1 kept by hand, 2 removed by hand, by unit position. */
export function overrideStates(structure: Structure, rule: Pick<Overrides, "kept" | "removed">): Uint8Array {
  const states = new Uint8Array(structure.units);
  for (const u of unitsOfFilters(structure, rule.kept)) states[u] = 1;
  for (const u of unitsOfFilters(structure, rule.removed)) states[u] = 2;
  return states;
}
