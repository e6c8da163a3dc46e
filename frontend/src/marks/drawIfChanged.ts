/** Skips drawings whose data have not changed, such as those unaffected by the current drag. */
import type { BaseType, Selection } from "d3-selection";

type AnySelection = Selection<BaseType & Element, unknown, null, undefined>;
const drawnData = new WeakMap<Element, Map<string, object>>();

/**
 * Calls `draw` if a value of `data` has changed since the last call for this element and name. `draw` must read nothing
 * except `data`.
 */
export function drawIfChanged<E extends BaseType & Element, D extends object>(
  box: Selection<E, unknown, null, undefined>,
  name: string,
  data: D,
  draw: (data: D) => void,
): void {
  const node = (box as unknown as AnySelection).node();
  if (!node) return;
  const dataByName = drawnData.get(node) ?? new Map<string, object>();
  drawnData.set(node, dataByName);
  const before = dataByName.get(name);
  dataByName.set(name, data);
  if (!before || !haveSameValues(before, data)) draw(data);
}

function haveSameValues(a: object, b: object): boolean {
  const [entries, other] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))];
  return (
    entries.length === other.size && entries.every(([key, value]) => other.has(key) && Object.is(value, other.get(key)))
  );
}
