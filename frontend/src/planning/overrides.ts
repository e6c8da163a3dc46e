/** What a person decides about single filters and layers, put into a rule. Coupled filters follow. */
import { filtersOfUnits, type Numbers, type Structure, unitsOfFilters } from "./structure";

/** The part of a rule that a person decides: filters by layer name, and layers from which nothing goes. */
interface Overrides {
  kept: Numbers;
  removed: Numbers;
  locked: string[];
}

export type Decision = "kept" | "removed" | "rule";

/** The rule with these units kept, removed, or left to the rule again. */
export function decide<R extends Overrides>(
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

/** A click: what goes is kept by hand, what stays is removed by hand; what was set by hand goes back to the rule. */
export function toggleUnit<R extends Overrides>(structure: Structure, rule: R, u: number, isRemoved: boolean): R {
  const isByHand = unitsOfFilters(structure, rule.kept).has(u) || unitsOfFilters(structure, rule.removed).has(u);
  return decide(structure, rule, [u], isByHand ? "rule" : isRemoved ? "kept" : "removed");
}

export function toggleLock<R extends Overrides>(rule: R, layer: string): R {
  const locked = rule.locked.includes(layer)
    ? rule.locked.filter((name) => name !== layer)
    : [...rule.locked, layer].sort();
  return { ...rule, locked };
}

/** 0 by rule, 1 kept by hand, 2 removed by hand, by unit position. */
export function overrideStates(structure: Structure, rule: Pick<Overrides, "kept" | "removed">): Uint8Array {
  const hand = new Uint8Array(structure.units);
  for (const u of unitsOfFilters(structure, rule.kept)) hand[u] = 1;
  for (const u of unitsOfFilters(structure, rule.removed)) hand[u] = 2;
  return hand;
}
