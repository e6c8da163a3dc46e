import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createFirstDrawSchedule } from "../src/firstFrame";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "performance", "requestAnimationFrame"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("nothing is drawn before the first responses, then at once", () => {
  let isReady = false;
  const [draw, onFirst] = [vi.fn(), vi.fn()];
  const schedule = createFirstDrawSchedule(() => isReady, onFirst);
  schedule(draw);
  vi.advanceTimersByTime(200);
  expect(draw).not.toHaveBeenCalled();
  isReady = true;
  vi.advanceTimersByTime(40);
  expect(draw).toHaveBeenCalledOnce();
  expect(onFirst).toHaveBeenCalledOnce();
});

test("with a slow server the page is drawn empty rather than late", () => {
  const draw = vi.fn();
  createFirstDrawSchedule(
    () => false,
    () => undefined,
  )(draw);
  vi.advanceTimersByTime(450);
  expect(draw).toHaveBeenCalledOnce();
});

test("later changes do not wait for responses", () => {
  let isReady = true;
  const schedule = createFirstDrawSchedule(
    () => isReady,
    () => undefined,
  );
  schedule(() => undefined);
  vi.advanceTimersByTime(40);
  isReady = false;
  const draw = vi.fn();
  schedule(draw);
  vi.advanceTimersByTime(20);
  expect(draw).toHaveBeenCalledOnce();
});
