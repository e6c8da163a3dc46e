/** Small updates of the State, which actions combine. */
import type { Choice } from "../choice";
import type { HoverState, ScreenState, ServerData, State } from "../state";

export type Reducer = (state: State) => State;

export const withServer = (state: State, changes: Partial<ServerData>): State => ({
  ...state,
  server: { ...state.server, ...changes },
});

export const withChoice = (state: State, changes: Partial<Choice>): State => ({
  ...state,
  choice: { ...state.choice, ...changes },
});

export const withScreen = (state: State, changes: Partial<ScreenState>): State => ({
  ...state,
  screen: { ...state.screen, ...changes },
});

export const withHover = (state: State, changes: Partial<HoverState>): State => ({
  ...state,
  hover: { ...state.hover, ...changes },
});

type ServerMapName =
  | "experiments"
  | "nodes"
  | "layers"
  | "epochs"
  | "confusion"
  | "plans"
  | "jobs"
  | "estimates"
  | "suggestions"
  | "forecasts"
  | "autopilots"
  | "branches"
  | "exports"
  | "links";

/**
 * Stores a value from the server in `server[map]`, by its id. Changes nothing if a newer version is already stored
 * there.
 */
export function withServerValue<K extends ServerMapName>(
  state: State,
  map: K,
  id: number,
  value: ServerData[K][number],
): State {
  return isOlderValue(value, state.server[map][id])
    ? state
    : withServer(state, { [map]: { ...state.server[map], [id]: value } });
}

function isOlderValue(value: unknown, storedValue: unknown): boolean {
  return hasVersion(value) && hasVersion(storedValue) && value.version < storedValue.version;
}

const hasVersion = (value: unknown): value is { readonly version: number } =>
  typeof value === "object" && value !== null && "version" in value;

/**
 * Stores values from the server in `server[map]`, by their ids. Skips each value of which a newer version is already
 * stored there.
 */
export function withServerValues<
  K extends "experiments" | "nodes" | "plans" | "jobs" | "estimates" | "suggestions" | "autopilots" | "links",
>(state: State, map: K, values: readonly ServerData[K][number][]): State {
  const storedValues: Readonly<Record<number, unknown>> = state.server[map];
  const newerValues = Object.fromEntries(
    values.filter((value) => !isOlderValue(value, storedValues[value.id])).map((value) => [value.id, value]),
  );
  return withServer(state, { [map]: { ...state.server[map], ...newerValues } });
}

export const withTreeDisplay = (state: State, changes: Partial<Choice["tree"]>): State =>
  withChoice(state, { tree: { ...state.choice.tree, ...changes } });

export function withoutId<T>(map: Readonly<Record<number, T>>, id: number): Readonly<Record<number, T>> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => Number(key) !== id));
}
