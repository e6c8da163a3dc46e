/** What a person decides about single filters and layers, put into a rule. Coupled filters follow. */
import type { Rule } from "./rule";
import { numbersOf, type Structure, unitsOf } from "./structure";

export type Decision = "kept" | "removed" | "rule";

/** The rule with these units kept, removed, or left to the rule again. */
export function decide(structure: Structure, rule: Rule, units: Iterable<number>, decision: Decision): Rule {
  const chosen = new Set(units);
  const kept = unitsOf(structure, rule.kept);
  const removed = unitsOf(structure, rule.removed);
  for (const u of chosen) {
    kept.delete(u);
    removed.delete(u);
    if (decision === "kept") kept.add(u);
    if (decision === "removed") removed.add(u);
  }
  return { ...rule, kept: numbersOf(structure, kept), removed: numbersOf(structure, removed) };
}

/** A click: what goes is kept by hand, what stays is removed by hand; what was set by hand goes back to the rule. */
export function toggleUnit(structure: Structure, rule: Rule, u: number, isRemoved: boolean): Rule {
  const isByHand = unitsOf(structure, rule.kept).has(u) || unitsOf(structure, rule.removed).has(u);
  return decide(structure, rule, [u], isByHand ? "rule" : isRemoved ? "kept" : "removed");
}

export function toggleLock(rule: Rule, layer: string): Rule {
  const locked = rule.locked.includes(layer)
    ? rule.locked.filter((one) => one !== layer)
    : [...rule.locked, layer].sort();
  return { ...rule, locked };
}

/** 0 by rule, 1 kept by hand, 2 removed by hand, by unit position. */
export function handStates(structure: Structure, rule: Pick<Rule, "kept" | "removed">): Uint8Array {
  const hand = new Uint8Array(structure.units);
  for (const u of unitsOf(structure, rule.kept)) hand[u] = 1;
  for (const u of unitsOf(structure, rule.removed)) hand[u] = 2;
  return hand;
}
