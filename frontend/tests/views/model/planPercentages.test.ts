/** Every view of a draft shows the same letter, and the same percentage: that of the free filters. */
import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import type { Plan } from "../../../src/api/values";
import { type Rule } from "../../../src/planning/rules";
import type { Actions } from "../../../src/state/actions";
import { changeRule, startDraft } from "../../../src/state/changes/edits";
import { withChoice, withServer } from "../../../src/state/changes/patches";
import { draftGhost } from "../../../src/state/selectors/ghost";
import { planModel, planResult } from "../../../src/state/selectors/plan";
import type { State } from "../../../src/state/state";
import { modelCharts } from "../../../src/views/model/charts";
import { modelPanel } from "../../../src/views/model/panel";
import { freeFilters } from "../../../src/views/model/table/chartData";
import { describeDraftGhost, buildNodeReadout } from "../../../src/views/nodes/descriptions";
import { drawBreadcrumbs } from "../../../src/views/top/crumbs";
import { treePanel } from "../../../src/views/tree/panel";
import { networkState } from "../../fixtures/network";
import { makeNode } from "../../fixtures/values";
import { paperRule } from "../../fixtures/rules";

const SIZE = { width: 640, height: 800 };
/** Actions without effect. */
const act = new Proxy({}, { get: () => () => undefined }) as Actions;
let body: HTMLElement;

beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  body = document.createElement("div");
  document.body.replaceChildren(body);
});

const percent = (value: number): Rule => ({ ...paperRule, percent: value }) as Rule;

function makePlan(id: number, name: string, changes: Partial<Plan> = {}): Plan {
  const cost = { filters: 30, parameters: 100, macs: 100, size_bytes: 100 };
  const shares = { filters: 0.1, sensitivity: 0.1, instability: 0.1, parameters: 0.1, macs: 0.1, size_bytes: 0.1 };
  const plan = { id, name, node_id: 10, state: "draft", revision: 1, rule: percent(10), cost, shares, units: [] };
  return { ...plan, reached: 4, notes: [], note: "", child_id: null, preview: null, ...changes } as unknown as Plan;
}

function drawModel(state: State): (selector: string) => string[] {
  modelPanel.draw(select(body), state, act, SIZE);
  return (selector) => [...body.querySelectorAll(selector)].map((element) => element.textContent);
}

function drawTree(state: State): string {
  const box = document.body.appendChild(document.createElement("div"));
  treePanel.draw(select<HTMLElement, unknown>(box), state, act, SIZE);
  return box.querySelector(".ghost .label")?.textContent ?? "";
}

/** Of the filters of this network, a third is frozen. Rule, tab and line counted free filters, all others all. */
const half = changeRule(percent(50))(networkState("resnet_a"));
const model = planModel(half)!;
const removed = planResult(half)!.removedFilterCount;
const [free, all] = [freeFilters(model), model.currentCost.filters];
const share = `${((100 * removed) / free).toFixed(1)}%`;
const wrongShare = `${((100 * removed) / all).toFixed(1)}%`; // 0.1.0: tree, radar, table of cost, drafts and rule dialog

test("tree, tab, radar and tables show the share of the free filters and say so", () => {
  expect(wrongShare).not.toBe(share);
  const texts = drawModel(half);
  expect(texts("[role=tab]")).toEqual([`A · ${share}`]);
  expect(body.querySelector<HTMLElement>("[role=tab]")!.title).toContain(`${share} of ${free} free filters`);
  expect(texts("svg.radar .labels text").slice(0, 2)).toEqual(["free filters", share]);
  expect(texts(".summary tbody tr:first-child td.change")).toEqual([`−${share} of free`]);
  expect(texts(".summary tbody tr:first-child td.after")).toEqual([`${all - removed}`]);
  expect(drawTree(half)).toBe(`draft A, −${share} free filters`);
  expect(describeDraftGhost(draftGhost(half))).toBe(
    `Draft A would create node 1: it removes ${removed} of ${free} free filters (${share})`,
  );
  const radarRows = modelCharts.find(({ name }) => name === "radar")!.rows(half);
  expect(radarRows[1]).toEqual(["free filters", removed / free]);
  expect(body.textContent).not.toContain(wrongShare);
});

test("the table of drafts shows the share of the free filters", () => {
  const saved = networkState("resnet_a", [
    makePlan(1, "A", { reached: 4 }),
    makePlan(2, "B", { rule: percent(50), reached: removed }),
  ]);
  const texts = drawModel(withChoice(saved, { panel: "model", plan: 2 }));
  expect(texts(".drafts th")[1]).toBe("free filters");
  expect(texts(".drafts tbody tr td:nth-child(2)")).toEqual([`−${((100 * 4) / free).toFixed(1)}%`, `−${share}`]);
});

test("an edge, the lineage and the description of a node count the parent's free filters", () => {
  const parent = makeNode(0, null, { filters: 48, free_filters: 40 });
  const child = makeNode(1, 0, { removed_filters: 10 });
  const path = "plan −25.0% of node 0’s free filters"; // 0.1.0: −20.8% of node 0’s filters
  expect(buildNodeReadout(child, { 10: parent, 11: child }).text).toContain(path);
  drawBreadcrumbs(select(body), [parent, child], vi.fn());
  const step = body.querySelectorAll<HTMLElement>("i")[1]!;
  expect([step.textContent, step.title]).toEqual(["−25%", "−25.0% of node 0’s free filters"]);
  const unknown = makeNode(0, null, { free_filters: null });
  drawBreadcrumbs(select(body), [unknown, child], vi.fn());
  expect(step.textContent).toBe("·");
});

const applied = makePlan(1, "A", { state: "applied", child_id: 11 });
const withChild = (state: State): State => withServer(state, { nodes: { ...state.server.nodes, 11: makeNode(1, 0) } });
const letters = (state: State): (string | undefined)[] => {
  const tabs = drawModel(state)("[role=tab]");
  return [tabs.at(-1), drawTree(state)].map((text) => /(?:draft )?(\S+?)(?: ·|,)/.exec(text ?? "")?.[1]);
};

/** The comments say what tab and tree of 0.1.0 showed. */
test.each([
  ["after an applied plan", [applied], "B"], // B and A
  ["after two applied plans", [applied, makePlan(2, "B", { state: "applied", child_id: 11 })], "C"], // C and A
  ["after the first draft was deleted", [makePlan(2, "B")], "A"], // B and A
])("a new draft has one letter in tab and tree %s", (_, plans, letter) => {
  const state = startDraft(10, percent(50))(withChild(networkState("resnet_a", plans)));
  expect(letters(state)).toEqual([letter, letter]);
});

test("the radar compares with the applied plan under its own name", () => {
  const state = startDraft(10, percent(50))(withChild(networkState("resnet_a", [applied])));
  expect(drawModel(state)("svg.radar .caption text").at(-1)).toBe("╌ plan A"); // 0.1.0: draft A
  expect(body.querySelectorAll("svg.radar polygon.other")).toHaveLength(1);
});
