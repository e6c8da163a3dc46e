/** Skips a drawing whose inputs are those of the last time: what a drag does not change is not touched. */
import type { BaseType, Selection } from "d3-selection";

type Any = Selection<BaseType & Element, unknown, null, undefined>;
const drawn = new WeakMap<Element, Map<string, readonly unknown[]>>();

/** Whether `inputs` differ from those at the last call for this element and name. */
export function isFresh<E extends BaseType & Element>(
  box: Selection<E, unknown, null, undefined>,
  name: string,
  inputs: readonly unknown[],
): boolean {
  const node = (box as unknown as Any).node();
  if (!node) return false;
  const known = drawn.get(node) ?? new Map<string, readonly unknown[]>();
  drawn.set(node, known);
  const before = known.get(name);
  known.set(name, inputs);
  return !before || before.length !== inputs.length || inputs.some((input, i) => !Object.is(input, before[i]));
}
