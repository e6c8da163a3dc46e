/** Overrides in a rule: the user's decisions about single filters and layers. Coupled filters share one decision. */
import { filtersOfUnits, type FilterNumbers, type Structure, unitsOfFilters } from "./structure";

/**
 * The fields of a rule that hold the user's decisions: filters by layer name, and layers that are protected from the
 * rule.
 */
interface Overrides {
  kept: FilterNumbers;
  removed: FilterNumbers;
  locked: string[];
}

export type Decision = "kept" | "removed" | "rule";

/** Returns the rule with these units kept or removed by hand, or with their override cleared. */
export function setOverrides<R extends Overrides>(
  structure: Structure,
  rule: R,
  units: Iterable<number>,
  decision: Decision,
): R {
  const chosenUnits = new Set(units);
  const kept = unitsOfFilters(structure, rule.kept);
  const removedUnits = unitsOfFilters(structure, rule.removed);
  for (const u of chosenUnits) {
    kept.delete(u);
    removedUnits.delete(u);
    if (decision === "kept") kept.add(u);
    if (decision === "removed") removedUnits.add(u);
  }
  return { ...rule, kept: filtersOfUnits(structure, kept), removed: filtersOfUnits(structure, removedUnits) };
}

/**
 * Overrides the rule for a unit: keeps the unit if the rule removes it, otherwise removes it. An existing override is
 * undone.
 */
export function toggleUnit<R extends Overrides>(structure: Structure, rule: R, u: number, isRemoved: boolean): R {
  const hasOverride = unitsOfFilters(structure, rule.kept).has(u) || unitsOfFilters(structure, rule.removed).has(u);
  return setOverrides(structure, rule, [u], hasOverride ? "rule" : isRemoved ? "kept" : "removed");
}

/** Locks the layer, or unlocks it if it is locked. */
export function toggleLock<R extends Overrides>(rule: R, layer: string): R {
  const locked = rule.locked.includes(layer)
    ? rule.locked.filter((name) => name !== layer)
    : [...rule.locked, layer].sort();
  return { ...rule, locked };
}

/** Returns who decides about each unit, by unit position: 0 for the rule, 1 if kept by hand, 2 if removed by hand. */
export function overrideStates(structure: Structure, rule: Pick<Overrides, "kept" | "removed">): Uint8Array {
  const states = new Uint8Array(structure.unitCount);
  for (const u of unitsOfFilters(structure, rule.kept)) states[u] = 1;
  for (const u of unitsOfFilters(structure, rule.removed)) states[u] = 2;
  return states;
}
