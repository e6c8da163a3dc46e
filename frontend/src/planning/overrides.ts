/** Overrides in a rule: the user's decisions about single filters and layers. Coupled filters share one decision. */
import { filtersOfUnits, type FilterNumbers, type Structure, unitsOfFilters } from "./structure";

/**
 * The fields of a rule that hold the user's decisions: the filters kept and removed by hand, by layer name, and the
 * locked layers, from which the rule must not remove anything.
 */
interface Overrides {
  kept: FilterNumbers;
  removed: FilterNumbers;
  locked: string[];
}

export type Decision = "kept" | "removed" | "rule";

/**
 * Returns the rule with the given units kept or removed by hand. If `decision` is `rule`, their overrides are cleared
 * instead.
 */
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
 * Returns the rule with an override for one unit: the unit is kept if the rule removes it, and removed otherwise. If
 * the unit already has an override, clears the override instead.
 */
export function toggleUnitOverride<R extends Overrides>(
  structure: Structure,
  rule: R,
  u: number,
  isRemoved: boolean,
): R {
  const hasOverride = unitsOfFilters(structure, rule.kept).has(u) || unitsOfFilters(structure, rule.removed).has(u);
  return setOverrides(structure, rule, [u], hasOverride ? "rule" : isRemoved ? "kept" : "removed");
}

/** Returns the rule with the layer locked, or unlocked if it was locked. */
export function toggleLock<R extends Overrides>(rule: R, layer: string): R {
  const locked = rule.locked.includes(layer)
    ? rule.locked.filter((name) => name !== layer)
    : [...rule.locked, layer].sort();
  return { ...rule, locked };
}

/**
 * Returns the override of each unit, by unit position: 0 if there is none, 1 if the unit is kept by hand, 2 if it is
 * removed by hand.
 */
export function overrideCodes(structure: Structure, rule: Pick<Overrides, "kept" | "removed">): Uint8Array {
  const codes = new Uint8Array(structure.unitCount);
  for (const u of unitsOfFilters(structure, rule.kept)) codes[u] = 1;
  for (const u of unitsOfFilters(structure, rule.removed)) codes[u] = 2;
  return codes;
}
