/** Skips drawings whose data have not changed, such as those that a drag does not affect. */
import type { BaseType, Selection } from "d3-selection";

type Any = Selection<BaseType & Element, unknown, null, undefined>;
const drawn = new WeakMap<Element, Map<string, object>>();

/**
 * Runs `draw` if a value of `data` differs from the last call for this element and name; `draw` must read nothing else.
 */
export function drawIfChanged<E extends BaseType & Element, D extends object>(
  box: Selection<E, unknown, null, undefined>,
  name: string,
  data: D,
  draw: (data: D) => void,
): void {
  const node = (box as unknown as Any).node();
  if (!node) return;
  const known = drawn.get(node) ?? new Map<string, object>();
  drawn.set(node, known);
  const before = known.get(name);
  known.set(name, data);
  if (!before || !hasSameValues(before, data)) draw(data);
}

function hasSameValues(a: object, b: object): boolean {
  const [was, is] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))];
  return was.length === is.size && was.every(([key, value]) => is.has(key) && Object.is(value, is.get(key)));
}
