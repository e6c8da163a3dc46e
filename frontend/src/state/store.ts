/** Holds the State and draws it at most once per frame, however often it was replaced in between. */
import type { Reducer } from "./changes/patches";
import type { State } from "./state";

export interface Store {
  state(): State;
  dispatch(reducer: Reducer): void;
  /**
   * Draws immediately if a draw is scheduled for the next frame, so that an event sees the current page. Does nothing
   * before the first draw.
   */
  flush(): void;
}

export type Schedule = (draw: () => void) => void;

/** `onChange` runs immediately after every replacement, `draw` on the next frame. */
export function createStore(
  initial: State,
  draw: (state: State) => void,
  onChange: (state: State) => void = () => undefined,
  schedule: Schedule = (callback) => void requestAnimationFrame(callback),
): Store {
  let state = initial;
  let isDrawScheduled = false;
  let wasDrawn = false;
  const drawIfScheduled = (): void => {
    if (!isDrawScheduled) return;
    isDrawScheduled = false;
    wasDrawn = true;
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
  return { state: () => state, dispatch, flush: () => wasDrawn && drawIfScheduled() };
}
