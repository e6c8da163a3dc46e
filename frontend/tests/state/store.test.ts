import { expect, test, vi } from "vitest";
import { fetchOnce, forgetRequests, type Context } from "../../src/state/actions/context";
import { withChoice } from "../../src/state/changes/patches";
import { initialState, type State } from "../../src/state/state";
import { createStore } from "../../src/state/store";
import { ApiError } from "../../src/api/client";

function makeContext(): Context {
  return {
    store: createStore(
      initialState,
      () => undefined,
      undefined,
      () => undefined,
    ),
    notify: () => undefined,
  };
}

const choose = (layer: string) => (state: State) => withChoice(state, { layer });

test("several changes are drawn once, with the latest State", () => {
  const frames: (() => void)[] = [];
  const draw = vi.fn<(state: State) => void>();
  const store = createStore(initialState, draw, undefined, (frame) => void frames.push(frame));
  store.dispatch(choose("a"));
  store.dispatch(choose("b"));
  expect(draw).not.toHaveBeenCalled();
  frames.forEach((frame) => frame());
  expect(draw).toHaveBeenCalledOnce();
  expect(draw.mock.lastCall?.[0].choice.layer).toBe("b");
});

test("a reducer that changes nothing draws nothing", () => {
  const schedule = vi.fn();
  createStore(initialState, () => undefined, undefined, schedule).dispatch((state) => state);
  expect(schedule).not.toHaveBeenCalled();
});

test("a request is made once until it is forgotten", async () => {
  const context = makeContext();
  const load = vi.fn(() => Promise.resolve("x"));
  const receive = (state: State, layer: string) => withChoice(state, { layer });
  fetchOnce(context, "k", load, receive);
  fetchOnce(context, "k", load, receive);
  await vi.waitFor(() => expect(context.store.state().choice.layer).toBe("x"));
  fetchOnce(context, "k", load, receive);
  expect(load).toHaveBeenCalledOnce();
  context.store.dispatch(forgetRequests((key) => key === "k"));
  fetchOnce(context, "k", load, receive);
  expect(load).toHaveBeenCalledTimes(2);
});

test("a late response to a forgotten request is discarded", async () => {
  const context = makeContext();
  const answers: ((layer: string) => void)[] = [];
  const load = () => new Promise<string>((resolve) => answers.push(resolve));
  const receive = (state: State, layer: string) => withChoice(state, { layer });
  fetchOnce(context, "k", load, receive);
  context.store.dispatch(forgetRequests(() => true));
  fetchOnce(context, "k", load, receive);
  answers[1]!("new");
  answers[0]!("old");
  await vi.waitFor(() => expect(context.store.state().choice.layer).toBe("new"));
  await Promise.resolve();
  expect(context.store.state().choice.layer).toBe("new");
});

test("the server's message is stored with the failed request", async () => {
  const context = makeContext();
  fetchOnce(
    context,
    "k",
    () => Promise.reject(new ApiError("conflict", "Node 3 is not ready.")),
    (state) => state,
  );
  await vi.waitFor(() =>
    expect(context.store.state().screen.requests.k).toEqual({ state: "failed", error: "Node 3 is not ready." }),
  );
});

test("drawIfScheduled draws a pending change at once, but not before the first draw", () => {
  const frames: (() => void)[] = [];
  const draw = vi.fn<(state: State) => void>();
  const store = createStore(initialState, draw, undefined, (frame) => void frames.push(frame));
  store.dispatch(choose("a"));
  store.drawIfScheduled();
  expect(draw).not.toHaveBeenCalled();
  frames.forEach((frame) => frame());
  store.dispatch(choose("b"));
  store.drawIfScheduled();
  expect(draw.mock.lastCall?.[0].choice.layer).toBe("b");
  frames.forEach((frame) => frame());
  expect(draw).toHaveBeenCalledTimes(2);
});
