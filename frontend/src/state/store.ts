/** Holds the State of the page and draws it at most once per frame, however often it is replaced within the frame. */
import type { Reducer } from "./changes/patches";
import type { State } from "./state";

export interface Store {
  state(): State;
  dispatch(reducer: Reducer): void;
  /**
   * If a draw is scheduled for the next frame, draws immediately, so that the page is up to date before an event is
   * handled. Does nothing before the first draw.
   */
  drawIfScheduled(): void;
}

export type Schedule = (draw: () => void) => void;

/** Creates a store. `onChange` runs immediately after every replacement of the State, and `draw` in the next frame. */
export function createStore(
  initial: State,
  draw: (state: State) => void,
  onChange: (state: State) => void = () => undefined,
  schedule: Schedule = (callback) => void requestAnimationFrame(callback),
): Store {
  let state = initial;
  let isDrawScheduled = false;
  let hasFirstDrawHappened = false;
  const drawIfScheduled = (): void => {
    if (!isDrawScheduled) return;
    isDrawScheduled = false;
    hasFirstDrawHappened = true;
    draw(state);
  };
  const dispatch = (reducer: Reducer): void => {
    const next = reducer(state);
    if (next === state) return;
    state = next;
    if (!isDrawScheduled) {
      isDrawScheduled = true;
      schedule(drawIfScheduled);
    }
    onChange(state);
  };
  return { state: () => state, dispatch, drawIfScheduled: () => hasFirstDrawHappened && drawIfScheduled() };
}
