import { withScreen } from "../../../src/state/changes/patches";
import { select } from "d3-selection";
import { expect, test, vi } from "vitest";
import type { Actions } from "../../../src/state/actions";
import { statsPanel } from "../../../src/views/stats/panel";
import { CHARTS } from "../../../src/views/stats/registry";
import { makeNode, stateWith } from "../../fixtures/values";

const SIZE = { width: 380, height: 360 };

test("the panel opens at the scroll position of the State, and reports scrolling", async () => {
  const body: HTMLElement = document.createElement("div");
  const act = { scrollStats: vi.fn() };
  const state = withScreen(stateWith([makeNode(0, null)]), { statsScroll: 130 });
  statsPanel.draw(select(body), state, act as unknown as Actions, SIZE);
  await Promise.resolve();
  expect(body.scrollTop).toBe(130);
  body.scrollTop = 40;
  body.dispatchEvent(new Event("scroll"));
  expect(act.scrollStats).toHaveBeenLastCalledWith(40);
});

test("hovering a column shows the node's values in that chart", () => {
  const body: HTMLElement = document.createElement("div");
  const act = { hover: vi.fn(), clearHover: vi.fn() };
  statsPanel.draw(select(body), stateWith([makeNode(0, null)]), act as unknown as Actions, SIZE);
  const column = body.querySelector("[data-testid=cost-0]")!;
  column.dispatchEvent(new MouseEvent("pointerenter"));
  expect(act.hover).toHaveBeenCalledWith({
    node: 10,
    readout: { title: "Node 0", text: "2,100,000 MACs, 305,000 parameters" },
  });
  column.dispatchEvent(new MouseEvent("pointerleave"));
  expect(act.clearHover).toHaveBeenCalled();
});

test("the CSV has the columns of all charts and a row per node", () => {
  const [names, ...rows] = statsPanel.charts[0]!.rows(
    stateWith([makeNode(0, null), makeNode(1, 0, { macs: null, parameters: null, loss_first: null })]),
  );
  expect(names).toEqual(["node", ...CHARTS.flatMap(({ columns }) => columns.map(({ name }) => name))]);
  const [root, child] = rows.map((row): Record<string, unknown> =>
    Object.fromEntries(row.map((value, column) => [names![column]!, value] as const)),
  );
  expect(root).toMatchObject({
    node: 0,
    accuracy_low: 0.4,
    accuracy_high: 0.98,
    accuracy: 0.975,
    accuracy_needed: null,
  });
  expect(root).toMatchObject({ loss_first: 1.9, loss_last: 0.11, epochs: 15, macs: 2_100_000, parameters: 305_000 });
  expect(child).toMatchObject({ node: 1, accuracy_needed: 350 / 360, loss_first: null, macs: null, parameters: null });
});
