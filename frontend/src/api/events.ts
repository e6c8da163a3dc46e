/** Listens to the event stream of one experiment: parses the events and reports the state of the connection. */
import { buildUrl } from "./url";
import type { ServerEvent } from "./values";

export type ConnectionState = "connecting" | "live" | "lost";

export interface ServerEventListener {
  onEvent(event: ServerEvent): void;
  /**
   * Called with the new state of the connection. Whenever it is `live`, the listener must fetch the changes that it has
   * missed.
   */
  onConnectionChange(connection: ConnectionState): void;
}

/**
 * All kinds of events. If one were missing, the browser would silently ignore its events, so the type check then fails.
 */
const EVENT_KINDS: Readonly<Record<ServerEvent["kind"], true>> = {
  job: true,
  node: true,
  epoch: true,
  scores: true,
  plan: true,
  experiment: true,
  embedding: true,
  autopilot: true,
  estimate: true,
  suggestion: true,
  removed: true,
};
const RETRY_DELAY_MS = 2000;

/**
 * Listens to the events of an experiment until the returned function is called. Reconnects if the connection is lost.
 */
export function listen(experimentId: number, listener: ServerEventListener): () => void {
  const url = buildUrl("/api/experiments/{experiment_id}/events", { experiment_id: experimentId });
  let source: EventSource;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  const connect = (): void => {
    source = new EventSource(url);
    source.onopen = () => listener.onConnectionChange("live");
    source.onerror = () => {
      listener.onConnectionChange("lost");
      // The browser reconnects after a lost connection, but gives up after a response like 502.
      if (source.readyState === EventSource.CLOSED) retryTimer = setTimeout(connect, RETRY_DELAY_MS);
    };
    for (const kind of Object.keys(EVENT_KINDS))
      source.addEventListener(kind, (message: MessageEvent<string>) => receive(message, listener));
  };
  connect();
  return () => {
    clearTimeout(retryTimer);
    source.close();
  };
}

function receive(message: MessageEvent<string>, listener: ServerEventListener): void {
  listener.onEvent(JSON.parse(message.data) as ServerEvent);
}
