import { afterEach, expect, test, vi } from "vitest";
import { syncUrl, initialViewport } from "../src/history";
import { withChoice, withScreen } from "../src/state/changes/patches";
import { makeNode, stateWith } from "./fixtures/values";

afterEach(() => vi.useRealTimers());

test("zooming the map replaces the URL once it stops, and a new choice includes the zoom at once", () => {
  vi.useFakeTimers();
  const [push, replace] = [vi.spyOn(history, "pushState"), vi.spyOn(history, "replaceState")];
  const start = withChoice(stateWith([makeNode(0, null), makeNode(1, 0)]), { experiment: 1, node: 10 });
  syncUrl(start);
  replace.mockClear();
  const zoomed = [2, 3, 4].map((k) => withScreen(start, { zoom: { k, x: -0.5, y: 0 } }));
  zoomed.forEach((state) => syncUrl(state));
  expect(replace).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(replace).toHaveBeenCalledOnce();
  expect(initialViewport().zoom).toEqual({ k: 4, x: -0.5, y: 0 });
  expect(push).not.toHaveBeenCalled();
  syncUrl(withChoice(zoomed[2]!, { node: 11 }));
  expect(push).toHaveBeenCalledOnce();
  expect(location.search).toContain("node=11");
  expect(initialViewport().zoom.k).toBe(4);
});

test("dragging a brush replaces the URL once it stops", () => {
  vi.useFakeTimers();
  const start = withChoice(stateWith([makeNode(0, null)]), { experiment: 1, node: 10 });
  syncUrl(start);
  vi.runAllTimers();
  const [push, replace] = [vi.spyOn(history, "pushState"), vi.spyOn(history, "replaceState")];
  const brushed = [0.4, 0.6, 0.8].map((end) => withChoice(start, { brush: { x: [0.2, end], rows: [0, 2] } }));
  brushed.forEach((state) => syncUrl(state));
  expect(replace).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(replace).toHaveBeenCalledOnce();
  expect(location.search).toContain("brush=0.2_0.8_0_2");
  syncUrl(start);
  vi.runAllTimers();
  expect(location.search).not.toContain("brush");
  expect(push).not.toHaveBeenCalled();
});
