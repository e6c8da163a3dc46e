import { afterEach, expect, test, vi } from "vitest";
import { keepUrl, startSight } from "../src/history";
import { withChoice, withScreen } from "../src/state/changes/patches";
import { makeNode, stateWith } from "./fixtures/values";

afterEach(() => vi.useRealTimers());

test("a zoom of the map replaces the address once it rests, and a pick takes it along at once", () => {
  vi.useFakeTimers();
  const [push, replace] = [vi.spyOn(history, "pushState"), vi.spyOn(history, "replaceState")];
  const start = withChoice(stateWith([makeNode(0, null), makeNode(1, 0)]), { experiment: 1, node: 10 });
  keepUrl(start);
  replace.mockClear();
  const zoomed = [2, 3, 4].map((k) => withScreen(start, { zoom: { k, x: -0.5, y: 0 } }));
  zoomed.forEach((state) => keepUrl(state));
  expect(replace).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(replace).toHaveBeenCalledOnce();
  expect(startSight().zoom).toEqual({ k: 4, x: -0.5, y: 0 });
  expect(push).not.toHaveBeenCalled();
  keepUrl(withChoice(zoomed[2]!, { node: 11 }));
  expect(push).toHaveBeenCalledOnce();
  expect(location.search).toContain("node=11");
  expect(startSight().zoom.k).toBe(4);
});
