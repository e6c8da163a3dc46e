import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { listen } from "../../src/api/events";

class Source extends EventTarget {
  static readonly CLOSED = 2;
  static made: Source[] = [];
  readyState = 1;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  close = vi.fn();
  constructor(readonly url: string) {
    super();
    Source.made.push(this);
  }
}

beforeEach(() => {
  Source.made = [];
  vi.stubGlobal("EventSource", Source);
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("named events arrive parsed", () => {
  const onEvent = vi.fn();
  listen(3, { onEvent, onConnection: () => undefined });
  expect(Source.made[0]?.url).toBe("/api/experiments/3/events");
  Source.made[0]?.dispatchEvent(new MessageEvent("epoch", { data: '{"kind":"epoch","node_id":1}' }));
  expect(onEvent).toHaveBeenCalledWith({ kind: "epoch", node_id: 1 });
});

test("what somebody else asked the estimator arrives", () => {
  const onEvent = vi.fn();
  listen(3, { onEvent, onConnection: () => undefined });
  Source.made[0]?.dispatchEvent(new MessageEvent("estimate", { data: '{"kind":"estimate"}' }));
  expect(onEvent).toHaveBeenCalledWith({ kind: "estimate" });
});

test("a line that the browser gave up is opened anew", () => {
  const onConnection = vi.fn();
  listen(3, { onEvent: () => undefined, onConnection });
  Source.made[0]!.onopen?.();
  Source.made[0]!.readyState = Source.CLOSED;
  Source.made[0]!.onerror?.();
  vi.advanceTimersByTime(2000);
  Source.made[1]!.onopen?.();
  expect(onConnection.mock.calls).toEqual([["live"], ["lost"], ["live"]]);
});

test("after the end nothing is opened again", () => {
  const stop = listen(3, { onEvent: () => undefined, onConnection: () => undefined });
  Source.made[0]!.readyState = Source.CLOSED;
  Source.made[0]!.onerror?.();
  stop();
  vi.advanceTimersByTime(10_000);
  expect(Source.made).toHaveLength(1);
});
