import { BUILT_IN } from "../../fixtures/criteria";
import { select } from "d3-selection";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Actions } from "../../../src/state/actions";
import { changeRule } from "../../../src/state/changes/edits";
import { type Rule } from "../../../src/planning/rules";
import type { Plan } from "../../../src/api/values";
import type { State } from "../../../src/state/state";
import { modelPanel } from "../../../src/views/model/panel";
import { planModel, planResult, chosenRanking } from "../../../src/state/selectors/plan";
import { buildPreview } from "../../../src/views/model/plan/planAreaData";
import { drawPreview } from "../../../src/views/model/plan/preview";
import { tableData } from "../../../src/views/model/table/chartData";
import { findPrunableRowRanges, knobShift, filterStepForKey } from "../../../src/views/model/table/line";
import type { TableData } from "../../../src/views/model/table/tableData";
import { networkScores, networkState } from "../../fixtures/network";
import { makeNode, training } from "../../fixtures/values";
import { paperRule } from "../../fixtures/rules";

const POINT = { accuracy: 0.9, interval: { low: 0.8, high: 0.95 }, correct: 9, images: 10 };
const SIZE = { width: 640, height: 800 };
let body: HTMLElement;

beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  body = document.createElement("div");
  document.body.append(body);
});
afterEach(() => body.remove());

const names = [
  "chooseLayer",
  "toggleLock",
  "removePercent",
  "removeBelow",
  "stepLine",
  "applyPlan",
  "hover",
  "clearHover",
  "chooseCriterion",
] as const;
const makeActions = () =>
  Object.fromEntries(names.map((name) => [name, vi.fn()])) as Record<(typeof names)[number], ReturnType<typeof vi.fn>>;

function draw(state: State, act = makeActions()) {
  modelPanel.draw(select(body), state, act as unknown as Actions, SIZE);
  return act;
}

const makePlan = (changes: object): Plan =>
  ({
    id: 1,
    name: "A",
    node_id: 10,
    state: "draft",
    revision: 2,
    rule: paperRule,
    cost: {},
    units: [],
    reached: 0,
    shares: {},
    notes: [],
    note: "",
    training: null,
    child_id: null,
    preview: null,
    ...changes,
  }) as unknown as Plan;
const half = (state: State): State => changeRule({ ...paperRule, percent: 50 } as Rule)(state);
const text = (selector: string): string => body.querySelector(selector)?.textContent ?? "";

test("redrawing updates the numbers and duplicates nothing", () => {
  draw(networkState("vgg"));
  const before = body.querySelectorAll("*").length;
  expect(text("td.after")).toBe("40");
  draw(half(networkState("vgg")));
  expect(text("td.after")).toBe("20");
  draw(networkState("vgg"));
  expect(body.querySelectorAll("*").length).toBeLessThanOrEqual(before + 2);
});

test("one click locks a layer, chooses a layer or sets a percentage", () => {
  const act = draw(networkState("vgg"));
  body.querySelector("g.lock")!.dispatchEvent(new MouseEvent("click"));
  body.querySelectorAll("g.block")[1]!.dispatchEvent(new MouseEvent("click"));
  [...body.querySelectorAll<HTMLButtonElement>(".seg button")].find((button) => button.textContent === "25")!.click();
  expect(act.toggleLock).toHaveBeenCalledWith("features.0.0");
  expect(act.chooseLayer).toHaveBeenCalledOnce();
  expect(act.removePercent).toHaveBeenCalledWith(25);
});

test("the threshold is a slider that says what it removes and moves by key", () => {
  const act = draw(half(networkState("vgg")));
  const line = body.querySelector("[role=slider]")!;
  expect(line.getAttribute("aria-valuetext")).toMatch(/removes 20 of \d+ free filters/);
  line.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", shiftKey: true }));
  expect(act.stepLine).toHaveBeenCalledWith(10);
  expect(filterStepForKey({ key: "Home", shiftKey: false })).toBe(-Infinity);
});

test("an unchanged field sends nothing", () => {
  const act = draw(half(networkState("vgg")));
  const field = body.querySelector<HTMLInputElement>("#line-percent")!;
  field.dispatchEvent(new Event("change"));
  expect(act.removePercent).not.toHaveBeenCalled();
  field.value = "12,5";
  field.dispatchEvent(new Event("change"));
  expect(act.removePercent).toHaveBeenCalledWith(12.5);
});

test("Apply is disabled and says why until the plan removes something", () => {
  draw(networkState("vgg"));
  const apply = (): HTMLButtonElement => body.querySelector<HTMLButtonElement>("[data-testid=apply-plan]")!;
  expect([apply().disabled, apply().title]).toEqual([true, "The plan does not remove any filters yet."]);
  const act = draw(half(networkState("vgg")));
  expect(apply().textContent).toContain("creates node 1");
  apply().click();
  expect(act.applyPlan).toHaveBeenCalledOnce();
});

test("without scores the toolbar stays and a sentence says why nothing is shown", () => {
  const state = networkState("vgg");
  draw({ ...state, server: { ...state.server, scores: {} } });
  expect(text(".missing .title")).toBe("Loading filters");
  expect(body.querySelector<HTMLInputElement>("#line-score")!.disabled).toBe(true);
});

const CRITERIA = BUILT_IN.filter(({ name }) => name === "taylor" || name === "apoz");

test("the x axis offers all criteria and says unit, scale and which scores are kept", () => {
  const start = networkState("vgg");
  const taylor = start.server.scores["10:taylor"]!;
  const score = taylor.score.map((_, i) => i % 101);
  const apoz = { ...taylor, criterion: "apoz", keep: "low", score, sensitivity: null, instability: null } as const;
  const server = { ...start.server, criteria: CRITERIA, scores: { ...start.server.scores, "10:apoz": apoz } };
  const act = draw({ ...start, server });
  const pick = body.querySelector<HTMLSelectElement>("select.x-axis")!;
  expect([...pick.options].map((option) => option.text)).toEqual(["x: sensitivity", "x: zeros (APoZ)"]);
  expect(body.textContent).toContain("sensitivity, log");
  pick.value = "apoz";
  pick.dispatchEvent(new Event("change"));
  expect(act.chooseCriterion).toHaveBeenCalledWith("apoz");
  draw({ ...start, server, choice: { ...start.choice, criterion: "apoz" } });
  expect(body.textContent).toContain(
    "zeros (APoZ) in %, linear, low scores are kept · area = instability of sensitivity",
  );
  expect(body.textContent).toContain("Remove above");
});

test("the enlarged panel compares all drafts of the node, and one click chooses another", () => {
  const cost = { filters: 30, parameters: 100, macs: 100, size_bytes: 100 };
  const draft = (id: number, name: string, percent: number) =>
    ({
      id,
      name,
      node_id: 10,
      state: "draft",
      rule: { ...paperRule, percent },
      cost,
      units: [],
      reached: 10,
      shares: {},
      notes: [],
      note: "",
      preview: null,
    }) as unknown as Plan;
  const state = networkState("vgg", [draft(1, "A", 25), draft(2, "B", 50)]);
  const act = { ...makeActions(), choosePlan: vi.fn() };
  draw({ ...state, choice: { ...state.choice, panel: "model", plan: 2 } }, act);
  const rows = [...body.querySelectorAll<HTMLTableRowElement>(".drafts tbody tr")];
  expect(rows.map((row) => [row.cells[0]!.textContent, row.cells[1]!.textContent, row.cells[5]!.textContent])).toEqual([
    ["A", "−25.0%", "–"],
    ["B", "−50.0%", "–"],
  ]);
  expect(rows[1]!.getAttribute("aria-current")).toBe("true");
  rows[0]!.querySelector("button")!.click();
  expect(act.choosePlan).toHaveBeenCalledWith(1);
});

test("the knob of the threshold covers no heading beside the plot", () => {
  expect(knobShift(300, [100, 500])).toBe(0);
  expect(knobShift(100, [100, 500])).toBe(29);
  expect(knobShift(495, [100, 500])).toBe(-24);
});

test("a double click on a tab renames a draft but not an applied plan", () => {
  const act = { ...makeActions(), openDialog: vi.fn() };
  draw(networkState("vgg", [makePlan({})]), act);
  const tab = (): Element => body.querySelector("[role=tab]")!;
  tab().dispatchEvent(new MouseEvent("dblclick"));
  expect(act.openDialog).toHaveBeenCalledWith({ kind: "draft" });
  act.openDialog.mockClear();
  const state = networkState("vgg", [makePlan({ state: "applied" })]);
  draw({ ...state, choice: { ...state.choice, plan: 1 } }, act);
  tab().dispatchEvent(new MouseEvent("dblclick"));
  expect(act.openDialog).not.toHaveBeenCalled();
});

test("with nothing removed the line keeps clear of the bubbles, has no tint, and ends above rows that cannot be pruned", () => {
  const shift = (): number =>
    Number(/translate\(([\d.]+)/.exec(body.querySelector(".handle")!.getAttribute("transform")!)![1]);
  draw(networkState("vgg"));
  const data = tableOf(networkState("vgg"));
  expect(shift()).toBeLessThan(Math.min(...Array.from(data.bubbles.x, (x, b) => x - data.bubbles.radius[b]!)));
  expect(body.querySelectorAll(".tint rect")).toHaveLength(0);
  const frozen = data.layout.rows.find((row) => !row.isPrunable)!;
  expect(body.querySelector(".threshold path")!.getAttribute("d")).toMatch(new RegExp(`,0V${frozen.y}$`));
  draw(half(networkState("vgg")));
  expect(body.querySelectorAll(".tint rect").length).toBeGreaterThan(0);
});

test("the line does not cross the text of rows that cannot be pruned, even in the middle", () => {
  const { layout } = tableOf(networkState("vgg"));
  const rows = [true, true, false, true, false].map((isPrunable, i) => ({ ...layout.rows[0]!, isPrunable, y: 20 * i }));
  expect(findPrunableRowRanges({ rows, rowHeight: 20 })).toEqual([
    [0, 40],
    [60, 80],
  ]);
  expect(findPrunableRowRanges({ rows: [], rowHeight: 20 })).toEqual([]);
});

function tableOf(state: State): TableData {
  const plan = { model: planModel(state)!, ranking: chosenRanking(state)!, result: planResult(state)! };
  return tableData(state, plan, { width: 640, height: 358, isEnlarged: false });
}

test("an applied plan links to the node that it created", () => {
  const plan = makePlan({ state: "applied", child_id: 11 });
  const state = networkState("vgg", [plan]);
  const nodes = { ...state.server.nodes, 11: makeNode(1, 0) };
  const act = { ...makeActions(), chooseNode: vi.fn() };
  draw({ ...state, server: { ...state.server, nodes }, choice: { ...state.choice, plan: 1 } }, act);
  const link = body.querySelector<HTMLButtonElement>("button.child")!;
  expect([link.hidden, link.textContent]).toEqual([false, "Go to node 1"]);
  link.click();
  expect(act.chooseNode).toHaveBeenCalledWith(11);
  draw(networkState("vgg"), act);
  expect(link.hidden).toBe(true);
});

test("an applied plan shows the settings, forecast and tolerance of then, and what came out", () => {
  const applied = { ...training, epochs: 3, learning_rate: 0.004 };
  const forecast = { nodes: 4, filters: 20, accuracy: 0.9, low: 0.85, high: 0.95 };
  const child = makeNode(1, 0, { forecast, needed_correct: 324, accuracy: 0.875 });
  const plan = makePlan({ state: "applied", child_id: 11, training: applied, units: [] });
  const state = networkState("vgg", [plan]);
  const curve = [0, 1000].map((filters) => ({ filters, accuracy: 0.5, low: 0.4, high: 0.6 }));
  const server = {
    ...state.server,
    nodes: { ...state.server.nodes, 11: child },
    forecasts: { 1: { nodes: 5, curve, reason: null } },
  };
  const act = { ...makeActions(), openNodeDialog: vi.fn() };
  const shown = { ...state, server, choice: { ...state.choice, plan: 1 } };
  draw(shown, act);
  expect(text(".planhead .training")).toBe("Applied with SGD 0.004 cosine · 3 epochs");
  body.querySelector<HTMLButtonElement>(".planhead .training")!.click();
  expect(act.openNodeDialog).toHaveBeenCalledWith("provenance", 11);
  const input = { model: planModel(shown)!, ranking: chosenRanking(shown), result: planResult(shown)! };
  const preview = buildPreview(shown, input);
  expect(preview.forecast).toEqual(forecast);
  expect(preview.outcome).toMatchObject({ number: 1, accuracy: 0.875 });
  expect(preview.neededAccuracy).toBeCloseTo(324 / 360);
  draw({ ...shown, server: { ...server, plans: { 1: { ...plan, training: null } } } }, act);
  expect(text(".planhead .training")).toBe("Training settings not recorded");
});

test("a node that learned nothing has no line at which a child would be recovered", () => {
  const state = networkState("vgg", [makePlan({})]);
  const needed = (learned: boolean): number | null => {
    const nodes = { ...state.server.nodes, 10: { ...state.server.nodes[10]!, learned } };
    const shown = { ...state, server: { ...state.server, nodes } };
    const input = { model: planModel(shown)!, ranking: chosenRanking(shown), result: planResult(shown)! };
    return buildPreview(shown, input).neededAccuracy;
  };
  expect(needed(true)).toBeCloseTo(350 / 360);
  expect(needed(false)).toBeNull();
});

test("a preview measured for equally many other filters says so", () => {
  const preview = {
    removed_filters: 20,
    revision: 1,
    worst: { label: 0, accuracy_before: 1, accuracy_after: 0.5, flipped: [] },
    raw: POINT,
    recalibrated: POINT,
    broken_limits: [],
  };
  const plan = makePlan({ rule: { ...paperRule, percent: 50 }, reached: 20, preview });
  draw(networkState("vgg", [plan]));
  expect(text(".cap .for")).toMatch(/^for a different \d+\.\d%$/);
  draw(networkState("vgg", [{ ...plan, preview: { ...plan.preview!, removed_filters: 5 } }]));
  expect(text(".cap .for")).toMatch(/^for \d+\.\d%$/);
});

test("the caption of the preview shortens its title before the class name, and the name before numbers", () => {
  const worst = { label: 7, accuracy_before: 1, accuracy_after: 0.056, flipped: [1, 2, 3] };
  const preview = { removed_filters: 20, revision: 2, worst, raw: POINT, recalibrated: POINT, broken_limits: [] };
  const state = networkState("vgg", [makePlan({ rule: { ...paperRule, percent: 50 }, reached: 20, preview })]);
  const draft = { now: 0.932, recovered: 0.927 };
  const caption = (width: number): string[] => {
    const data = buildPreview(state, {
      model: planModel(state)!,
      ranking: chosenRanking(state),
      result: planResult(state)!,
    });
    drawPreview(select(body), { ...data, ...draft, previewedShare: null, width }, vi.fn());
    return [text(".cap .title"), text(".worst .name"), text(".worst .change")];
  };
  expect(caption(900)[0]).toBe("Preview accuracy, %");
  expect(caption(374)[0]).toBe("Preview, %");
  expect(caption(374).slice(1)).toEqual(["worst: 7", " −94.4 pt (3)"]);
  expect(body.querySelector<HTMLElement>(".worst")!.title).toMatch(/^worst: 7 −94\.4 pt \(3\): the class/);
});

test("instability is offered for the x axis, and only once for the size", () => {
  const start = networkState("vgg");
  const criteria = BUILT_IN.filter(({ name }) => name === "taylor" || name === "instability");
  const scores = networkScores("vgg");
  const instability = {
    ...scores,
    criterion: "instability",
    keep: "low",
    score: scores.instability!,
    sensitivity: null,
  } as const;
  const server = { ...start.server, criteria, scores: { ...start.server.scores, "10:instability": instability } };
  draw({ ...start, server, choice: { ...start.choice, criterion: "instability" } });
  const values = (name: string): string[] =>
    [...body.querySelector<HTMLSelectElement>(`select.${name}`)!.options].map(({ value }) => value);
  expect(values("x-axis")).toEqual(["taylor", "instability"]);
  expect(values("size").filter((value) => value === "instability")).toHaveLength(1);
  expect(body.textContent).toContain("instability, linear, low scores are kept");
});

test("MACs that leave an operation out are called incomplete, and the operation is named", () => {
  const state = networkState("vgg");
  draw(state);
  expect([...body.querySelectorAll("table.summary th")].map((cell) => cell.textContent)).toContain("MACs");
  const layers = { ...state.server.layers[10]!, uncounted: ["_fft_r2c in fft_rfft2 at net.py:9"] };
  draw({ ...state, server: { ...state.server, layers: { 10: layers } } });
  const macs = [...body.querySelectorAll<HTMLElement>("table.summary th")].find(
    (cell) => cell.textContent === "MACs, incomplete",
  );
  expect(macs?.title).toContain("not counting _fft_r2c in fft_rfft2 at net.py:9");
});
