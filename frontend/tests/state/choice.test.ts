import { expect, test } from "vitest";
import { chooseNode } from "../../src/state/actions/choose";
import { makeCriterion } from "../fixtures/criteria";
import { repairChoice, repairCriterion } from "../../src/state/actions/validChoice";
import { withChoice } from "../../src/state/changes/patches";
import { initialState } from "../../src/state/state";
import { activeJobs, lineage, treeNodes } from "../../src/state/selectors/select";
import { makeExperiment, makeJob, makeNode, stateWith } from "../fixtures/values";

const tree = [makeNode(0, null), makeNode(1, 0), makeNode(2, 1), makeNode(3, 1, { state: "running" })];

test("an unknown node of a link gives way to the newest ready one", () => {
  const state = repairChoice(withChoice(stateWith(tree), { node: 999, plan: 4, sample: 2 }));
  expect(state.choice.node).toBe(12);
  expect(state.choice.plan).toBeNull();
});

test("an unknown experiment gives way to the newest, and its choice is dropped", () => {
  const state = stateWith(tree, { experiments: { 1: makeExperiment(), 4: makeExperiment({ id: 4 }) } });
  const kept = repairChoice(withChoice(state, { experiment: 77, panel: "stats" }));
  expect(kept.choice).toMatchObject({ experiment: 4, node: null, panel: "stats" });
});

test("classes of a link that the data does not have are dropped", () => {
  const state = stateWith(tree);
  const kept = repairChoice(withChoice(state, { label: 3, cell: { label: 0, predicted: 3 } }));
  expect(kept.choice).toMatchObject({ label: null, cell: null });
  const known = { label: 2, cell: { label: 0, predicted: 2 } };
  expect(repairChoice(withChoice(state, known)).choice).toMatchObject(known);
});

test("while the tree is not here yet the node of a link is kept", () => {
  const state = withChoice(stateWith([]), { node: 12 });
  expect(repairChoice(state).choice.node).toBe(12);
});

test("another node drops the plan and the panning, and keeps layer and cell", () => {
  const before = withChoice(stateWith(tree), { plan: 4, layer: "conv1", cell: { label: 0, predicted: 1 } });
  const after = chooseNode(12)({ ...before, screen: { ...before.screen, pan: 3 } });
  expect(after.choice).toMatchObject({ node: 12, plan: null, layer: "conv1", cell: { label: 0, predicted: 1 } });
  expect(after.screen.pan).toBeNull();
});

test("the lineage goes from the root to the node", () => {
  expect(lineage(stateWith(tree).server.nodes, 12).map(({ number }) => number)).toEqual([0, 1, 2]);
});

test("only nodes of the chosen experiment are in the tree, by number", () => {
  const foreign = makeNode(9, null, { id: 99, experiment_id: 2 });
  expect(treeNodes(stateWith([...tree, foreign].reverse())).map(({ number }) => number)).toEqual([0, 1, 2, 3]);
});

test("running jobs come before waiting ones, ended ones are left out", () => {
  const jobs = [makeJob({ id: 1, state: "waiting" }), makeJob({ id: 2 }), makeJob({ id: 3, state: "done" })];
  const state = stateWith(tree, { jobs: Object.fromEntries(jobs.map((job) => [job.id, job])) });
  expect(activeJobs(state).map(({ id }) => id)).toEqual([2, 1]);
});

test("a criterion that the server does not have gives way to sensitivity, once the server has said so", () => {
  const state = withChoice(stateWith(tree), { criterion: "magic" });
  expect(repairChoice(state).choice.criterion).toBe("magic");
  const told = { ...state, server: { ...state.server, criteria: [makeCriterion("taylor")] } };
  expect(repairChoice(told).choice.criterion).toBe("taylor");
});

test("criteria that are known before experiments leave what a link chooses alone", () => {
  const state = withChoice(initialState, { experiment: 1, node: 12, criterion: "l1" });
  const told = { ...state, server: { ...state.server, criteria: [makeCriterion("l1")] } };
  expect(repairCriterion(told).choice).toEqual(state.choice);
});
