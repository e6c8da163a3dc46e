/** The live stream of one experiment: parsed events in, and whether the line stands. */
import { buildUrl } from "./url";
import type { ServerEvent } from "./values";

export type Connection = "connecting" | "live" | "lost";

export interface Listener {
  onEvent(event: ServerEvent): void;
  /** After every "live", what was missed must be asked for. */
  onConnection(connection: Connection): void;
}

/** A kind that is missing here does not compile: the browser drops what nobody listens to. */
const KINDS: Readonly<Record<ServerEvent["kind"], true>> = {
  job: true,
  node: true,
  epoch: true,
  scores: true,
  plan: true,
  experiment: true,
  embedding: true,
  autopilot: true,
  estimate: true,
  removed: true,
};
const RETRY_MS = 2000;

/** Listens until the returned function is called; opens anew after a loss. */
export function listen(experimentId: number, listener: Listener): () => void {
  const url = buildUrl("/api/experiments/{experiment_id}/events", { experiment_id: experimentId });
  let source: EventSource;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const open = (): void => {
    source = new EventSource(url);
    source.onopen = () => listener.onConnection("live");
    source.onerror = () => {
      listener.onConnection("lost");
      // The browser itself tries again after a cut line, but gives up after an answer like 502.
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY_MS);
    };
    for (const kind of Object.keys(KINDS))
      source.addEventListener(kind, (message: MessageEvent<string>) => receive(message, listener));
  };
  open();
  return () => {
    clearTimeout(retry);
    source.close();
  };
}

function receive(message: MessageEvent<string>, listener: Listener): void {
  listener.onEvent(JSON.parse(message.data) as ServerEvent);
}
