/** The context that every action receives, and functions with which actions send requests. */
import { ApiError } from "../../api/client";
import { withScreen, type Reducer } from "../changes/patches";
import type { ServerRequest, State } from "../state";
import type { Store } from "../store";

export interface Context {
  readonly store: Store;
  /** Shows a message that disappears by itself. */
  readonly notify: (message: string, severity: "neutral" | "danger") => void;
}

export const errorMessage = (error: unknown): string =>
  error instanceof ApiError ? error.message : "Something went wrong on this page. Reload it.";

const ANSWERED_REQUEST: ServerRequest = { state: "answered", error: null };

/**
 * Sends a request unless one with the same key has already been sent, whether it succeeded, failed or is pending. After
 * `forgetRequests`, the request can be sent again, and a late response to the forgotten one is discarded.
 */
export function fetchOnce<T>(
  { store }: Context,
  key: string,
  load: () => Promise<T>,
  receive: (state: State, response: T) => State,
): void {
  if (store.state().screen.requests[key] !== undefined) return;
  const request: ServerRequest = { state: "pending", error: null };
  const response = load(); // before the State changes, since that triggers further requests: this keeps their order
  store.dispatch((state) => withRequest(state, key, request));
  const isRequestReplaced = (): boolean => store.state().screen.requests[key] !== request;
  response.then(
    (value) => {
      if (!isRequestReplaced()) store.dispatch((state) => withRequest(receive(state, value), key, ANSWERED_REQUEST));
    },
    (error: unknown) => {
      if (!isRequestReplaced())
        store.dispatch((state) => withRequest(state, key, { state: "failed", error: errorMessage(error) }));
      if (!(error instanceof ApiError)) throw error;
    },
  );
}

/** Forgets the requests whose keys match, so that they can be sent again. */
export const forgetRequests =
  (matchesKey: (key: string) => boolean): Reducer =>
  (state) => {
    const remainingRequests = Object.entries(state.screen.requests).filter(([key]) => !matchesKey(key));
    return withScreen(state, { requests: Object.fromEntries(remainingRequests) });
  };

const withRequest = (state: State, key: string, request: ServerRequest): State =>
  withScreen(state, { requests: { ...state.screen.requests, [key]: request } });

/** Runs a request. If it fails, shows the error as a notification and returns null. */
export async function tryOrNotify<T>(context: Context, request: () => Promise<T>): Promise<T | null> {
  try {
    return await request();
  } catch (error) {
    context.notify(errorMessage(error), "danger");
    if (!(error instanceof ApiError)) throw error;
    return null;
  }
}
