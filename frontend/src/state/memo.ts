/** Caches the last few results of a pure function by the identity of its arguments. */

export function memo<A extends readonly unknown[], R>(compute: (...args: A) => R, size = 2): (...args: A) => R {
  const entries: { args: A; result: R }[] = [];
  return (...args) => {
    const index = entries.findIndex((entry) => entry.args.every((arg, i) => Object.is(arg, args[i])));
    const [entry] = index < 0 ? [{ args, result: compute(...args) }] : entries.splice(index, 1);
    entries.unshift(entry!);
    entries.length = Math.min(entries.length, size);
    return entry!.result;
  };
}
