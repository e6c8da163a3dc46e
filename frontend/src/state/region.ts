/** Redraws a region of the page when a value that its last draw read from the State has changed. */
import type { State } from "./state";

export interface ReactiveRegion {
  /**
   * Runs `draw` if one of `inputs`, or a value of the State that the last draw read, has changed since; returns whether
   * `draw` ran. `draw` receives a read-only State that always contains the latest values, so callbacks may store it.
   */
  redraw(state: State, inputs: readonly unknown[], draw: (state: State) => void): boolean;
  /** Names of the values that the last draw read, such as "choice.brush". */
  watchedValueNames(): readonly string[];
}

type StatePart = Readonly<Record<PropertyKey, unknown>>;

/**
 * Creates a region of the page. The region is redrawn when a value that it has read in a part of the State, such as
 * `choice.brush`, is replaced. Values nested more deeply are not watched, because they are never changed in place.
 */
export function createReactiveRegion(): ReactiveRegion {
  let current: State | null = null;
  let lastDrawInputs: readonly unknown[] = [];
  let isDrawing = false;
  const parts = new Map<PropertyKey, WatchedStatePart>();
  const statePart = (state: State | null, name: PropertyKey): StatePart =>
    state![name as keyof State] as unknown as StatePart;

  const watchStatePart = (name: PropertyKey): WatchedStatePart => {
    const keys = new Set<PropertyKey>();
    const read = (key: PropertyKey): unknown => {
      if (isDrawing) keys.add(key);
      return statePart(current, name)[key];
    };
    return { keys, view: readOnlyView(() => statePart(current, name), read) };
  };
  const watchedState = readOnlyView<State>(
    () => current!,
    (name) => {
      if (!(name in current!)) return undefined;
      const part = parts.get(name) ?? watchStatePart(name);
      parts.set(name, part);
      return part.view;
    },
  );
  const hasChanged = (before: State, after: State): boolean =>
    [...parts].some(([name, { keys }]) => {
      const [oldPart, newPart] = [statePart(before, name), statePart(after, name)];
      return oldPart !== newPart && [...keys].some((key) => !Object.is(oldPart[key], newPart[key]));
    });

  return {
    redraw: (state, inputs, draw) => {
      const isUnchanged = current !== null && isEqual(lastDrawInputs, inputs) && !hasChanged(current, state);
      [current, lastDrawInputs] = [state, inputs];
      if (isUnchanged) return false;
      for (const { keys } of parts.values()) keys.clear();
      isDrawing = true;
      try {
        draw(watchedState);
      } finally {
        isDrawing = false;
      }
      return true;
    },
    watchedValueNames: () =>
      [...parts].flatMap(([name, { keys }]) => [...keys].map((key) => `${String(name)}.${String(key)}`)),
  };
}

interface WatchedStatePart {
  readonly keys: Set<PropertyKey>;
  readonly view: StatePart;
}

const isEqual = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((value, index) => Object.is(value, b[index]));

/**
 * Returns a read-only view of the object that `current` returns. Calls `read` whenever a value is accessed, including
 * by `in`, by spreading, or by listing the keys.
 */
function readOnlyView<T extends object>(current: () => T, read: (key: PropertyKey) => unknown): T {
  return new Proxy({} as T, {
    get: (_, key) => read(key),
    has: (_, key) => {
      read(key);
      return key in current();
    },
    ownKeys: () => {
      const keys = Reflect.ownKeys(current());
      keys.forEach(read);
      return keys;
    },
    getOwnPropertyDescriptor: (_, key) =>
      Object.hasOwn(current(), key) ? { value: read(key), enumerable: true, configurable: true } : undefined,
    set: refuseChange,
    defineProperty: refuseChange,
    deleteProperty: refuseChange,
  });
}

function refuseChange(): never {
  throw new TypeError("Only actions may change the State; drawing code must not.");
}
