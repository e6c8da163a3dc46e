/**
 * Overrides in a rule: the user's own decisions about single filters and layers. Coupled filters, which can only be
 * removed together, share one decision.
 */
import { filtersOfUnits, type FilterNumbers, type Structure, unitsOfFilters } from "./structure";

/**
 * The user's decisions in a rule: the filters that are kept or removed by hand, by layer name, and the locked layers,
 * from which the rule must not remove anything.
 */
interface Overrides {
  kept: FilterNumbers;
  removed: FilterNumbers;
  locked: string[];
}

export type Decision = "kept" | "removed" | "rule";

/**
 * Returns the rule with the given units kept or removed by hand or, if `decision` is `rule`, without overrides for
 * them.
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
 * Returns the rule with the override of one unit toggled: clears it if there is one; otherwise keeps the unit if the
 * rule removes it, and removes the unit if the rule keeps it.
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

/** Returns the override of each unit: 0 for none, 1 for kept by hand, 2 for removed by hand. */
export function overrideCodes(structure: Structure, rule: Pick<Overrides, "kept" | "removed">): Uint8Array {
  const codes = new Uint8Array(structure.unitCount);
  for (const u of unitsOfFilters(structure, rule.kept)) codes[u] = 1;
  for (const u of unitsOfFilters(structure, rule.removed)) codes[u] = 2;
  return codes;
}
