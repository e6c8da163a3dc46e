import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import { describeHint, hasNoExperiments } from "../../src/views/tree/hint";
import { drawBreadcrumbs } from "../../src/views/top/crumbs";
import { describeJob, drawJob } from "../../src/views/top/job";
import { drawStatus, statusData } from "../../src/views/status/status";
import { makeJob, makeNode, stateWith } from "../fixtures/values";

let box: HTMLElement;
beforeEach(() => {
  box = document.createElement("div");
});

test("a job shows node, epoch and time left, and can be cancelled", () => {
  const onCancel = vi.fn();
  const nodes = { 11: makeNode(1, 0, { state: "running" }) };
  drawJob(select(box), { jobs: [makeJob(), makeJob({ id: 6, state: "waiting" })], nodes }, onCancel);
  expect(box.querySelector(".progress-text")!.textContent).toBe("Node 1 · epoch 7 of 20");
  expect(box.querySelector(".left")!.textContent).toBe("1:52 left");
  expect(box.querySelector(".more")!.textContent).toBe("+1");
  box.querySelector<HTMLButtonElement>("[data-testid=cancel-job]")!.click();
  expect(onCancel).toHaveBeenCalledWith(5);
});

test("a job without a node shows its kind", () => {
  expect(describeJob(makeJob({ kind: "experiment_check", node_id: null, message: "" }), undefined)).toBe(
    "Checking an experiment · checking an experiment",
  );
  const imported = makeNode(0, null, { origin: "imported", state: "running" });
  expect(describeJob(makeJob({ kind: "root", message: "" }), imported)).toBe("Node 0 · measuring the root");
  expect(describeJob(makeJob({ state: "waiting" }), makeNode(1, 0))).toBe("Node 1 · waiting");
});

test("crumbs show what each plan removed; a long lineage keeps its root and end", () => {
  const path = [
    makeNode(0, null, { free_filters: 576 }),
    makeNode(1, 0, { removed_filters: 288, free_filters: 288 }),
    makeNode(2, 1, { removed_filters: 72 }),
  ];
  drawBreadcrumbs(select(box), path, vi.fn());
  expect([...box.querySelectorAll("i")].map((step) => step.textContent)).toEqual(["", "−50%", "−25%"]);
  const long = [makeNode(0, null), ...Array.from({ length: 20 }, (_, index) => makeNode(index + 1, index))];
  drawBreadcrumbs(select(box), long, vi.fn());
  expect([...box.querySelectorAll("button")].map((button) => button.textContent)).toEqual([
    "0",
    "15",
    "16",
    "17",
    "18",
    "19",
    "20",
  ]);
  expect(box.querySelectorAll("i")[1]!.textContent).toBe("…");
});

test("a hint is shown while the root trains", () => {
  const root = makeNode(0, null, { state: "running" });
  const state = stateWith([root], { jobs: { 5: makeJob({ kind: "root", node_id: 10, eta_s: 8 }) } });
  expect(describeHint(state)).toBe("Training the root: epoch 7 of 20, 8 s left.");
});

test("a database counts as empty only once the experiments are loaded", () => {
  const state = { ...stateWith([]), server: { ...stateWith([]).server, experiments: {} } };
  expect(hasNoExperiments(state)).toBe(false);
  const loaded = {
    ...state,
    screen: { ...state.screen, requests: { experiments: { state: "answered", error: null } as const } },
  };
  expect(hasNoExperiments(loaded)).toBe(true);
});

test("the status bar shows the splits, and a lost connection", () => {
  const state = stateWith([makeNode(0, null)]);
  drawStatus(select(box), statusData({ ...state, screen: { ...state.screen, connection: "lost" } }));
  expect(box.textContent).toContain("train 1,078 · selection 360 · test 359 locked");
  expect(box.textContent).toContain("connection lost");
});

test("the status bar warns while the database is missing or copied, and no longer once it is back", () => {
  const state = stateWith([makeNode(0, null)]);
  const health = {
    status: "ok",
    version: "0.1.0",
    device: "cpu",
    runner: "local",
    database: "sqlite",
    notices: [],
    workers: {},
  } as const;
  const warning = () => box.querySelector("[data-testid=storage]")!.textContent;
  for (const [storage, text] of [
    ["missing", "nothing is saved"],
    ["copy", "this database is a copy"],
  ] as const) {
    const server = { ...state.server, health: { ...health, notices: [], storage } };
    drawStatus(select(box), statusData({ ...state, server }));
    expect(warning()).toContain(text);
  }
  const server = { ...state.server, health: { ...health, notices: [], storage: "ok" as const } };
  drawStatus(select(box), statusData({ ...state, server }));
  expect(warning()).toBe("");
});
