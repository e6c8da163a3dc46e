import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { listen } from "../../src/api/events";

class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2;
  static instances: FakeEventSource[] = [];
  readyState = 1;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  close = vi.fn();
  constructor(readonly url: string) {
    super();
    FakeEventSource.instances.push(this);
  }
}

beforeEach(() => {
  FakeEventSource.instances = [];
  vi.stubGlobal("EventSource", FakeEventSource);
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("named events arrive parsed", () => {
  const onEvent = vi.fn();
  listen(3, { onEvent, onConnectionChange: () => undefined });
  expect(FakeEventSource.instances[0]?.url).toBe("/api/experiments/3/events");
  FakeEventSource.instances[0]?.dispatchEvent(new MessageEvent("epoch", { data: '{"kind":"epoch","node_id":1}' }));
  expect(onEvent).toHaveBeenCalledWith({ kind: "epoch", node_id: 1 });
});

test("an estimate requested by somebody else arrives", () => {
  const onEvent = vi.fn();
  listen(3, { onEvent, onConnectionChange: () => undefined });
  FakeEventSource.instances[0]?.dispatchEvent(new MessageEvent("estimate", { data: '{"kind":"estimate"}' }));
  expect(onEvent).toHaveBeenCalledWith({ kind: "estimate" });
});

test("a connection that the browser gave up is reopened", () => {
  const onConnection = vi.fn();
  listen(3, { onEvent: () => undefined, onConnectionChange: onConnection });
  FakeEventSource.instances[0]!.onopen?.();
  FakeEventSource.instances[0]!.readyState = FakeEventSource.CLOSED;
  FakeEventSource.instances[0]!.onerror?.();
  vi.advanceTimersByTime(2000);
  FakeEventSource.instances[1]!.onopen?.();
  expect(onConnection.mock.calls).toEqual([["live"], ["lost"], ["live"]]);
});

test("nothing is reopened after the listener stops", () => {
  const stop = listen(3, { onEvent: () => undefined, onConnectionChange: () => undefined });
  FakeEventSource.instances[0]!.readyState = FakeEventSource.CLOSED;
  FakeEventSource.instances[0]!.onerror?.();
  stop();
  vi.advanceTimersByTime(10_000);
  expect(FakeEventSource.instances).toHaveLength(1);
});
