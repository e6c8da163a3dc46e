import { expect, test } from "vitest";
import { chooseNode } from "../../src/state/actions/choose";
import { makeCriterion } from "../fixtures/criteria";
import { repairChoice, repairChosenCriterion } from "../../src/state/actions/validChoice";
import { withChoice } from "../../src/state/changes/patches";
import { initialState } from "../../src/state/state";
import { activeJobs, lineage, treeNodes } from "../../src/state/selectors/select";
import { makeExperiment, makeJob, makeNode, stateWith } from "../fixtures/values";

const tree = [makeNode(0, null), makeNode(1, 0), makeNode(2, 1), makeNode(3, 1, { state: "running" })];

test("an unknown node in a link is replaced by the newest ready one", () => {
  const state = repairChoice(withChoice(stateWith(tree), { node: 999, plan: 4, sample: 2 }));
  expect(state.choice.node).toBe(12);
  expect(state.choice.plan).toBeNull();
});

test("an unknown experiment is replaced by the newest, and its choice is dropped", () => {
  const state = stateWith(tree, { experiments: { 1: makeExperiment(), 4: makeExperiment({ id: 4 }) } });
  const repaired = repairChoice(withChoice(state, { experiment: 77, panel: "stats" }));
  expect(repaired.choice).toMatchObject({ experiment: 4, node: null, panel: "stats" });
});

test("classes in a link that the data does not have are dropped", () => {
  const state = stateWith(tree);
  const repaired = repairChoice(withChoice(state, { label: 3, cell: { label: 0, predicted: 3 } }));
  expect(repaired.choice).toMatchObject({ label: null, cell: null });
  const valid = { label: 2, cell: { label: 0, predicted: 2 } };
  expect(repairChoice(withChoice(state, valid)).choice).toMatchObject(valid);
});

test("the node in a link is kept until the tree is loaded", () => {
  const state = withChoice(stateWith([]), { node: 12 });
  expect(repairChoice(state).choice.node).toBe(12);
});

test("choosing another node clears plan and pan, and keeps layer and cell", () => {
  const before = withChoice(stateWith(tree), { plan: 4, layer: "conv1", cell: { label: 0, predicted: 1 } });
  const after = chooseNode(12)({ ...before, screen: { ...before.screen, pan: 3 } });
  expect(after.choice).toMatchObject({ node: 12, plan: null, layer: "conv1", cell: { label: 0, predicted: 1 } });
  expect(after.screen.pan).toBeNull();
});

test("the lineage goes from the root to the node", () => {
  expect(lineage(stateWith(tree).server.nodes, 12).map(({ number }) => number)).toEqual([0, 1, 2]);
});

test("only nodes of the chosen experiment are in the tree, by number", () => {
  const otherNode = makeNode(9, null, { id: 99, experiment_id: 2 });
  expect(treeNodes(stateWith([...tree, otherNode].reverse())).map(({ number }) => number)).toEqual([0, 1, 2, 3]);
});

test("running jobs come before waiting ones, finished ones are omitted", () => {
  const jobs = [makeJob({ id: 1, state: "waiting" }), makeJob({ id: 2 }), makeJob({ id: 3, state: "done" })];
  const state = stateWith(tree, { jobs: Object.fromEntries(jobs.map((job) => [job.id, job])) });
  expect(activeJobs(state).map(({ id }) => id)).toEqual([2, 1]);
});

test("a criterion that the server does not have is replaced by the default once the criteria are loaded", () => {
  const state = withChoice(stateWith(tree), { criterion: "magic" });
  expect(repairChoice(state).choice.criterion).toBe("magic");
  const loaded = { ...state, server: { ...state.server, criteria: [makeCriterion("loss_change")] } };
  expect(repairChoice(loaded).choice.criterion).toBe("loss_change/macs^0.5");
});

test("criteria that arrive before experiments do not change a link's choice", () => {
  const state = withChoice(initialState, { experiment: 1, node: 12, criterion: "l1" });
  const loaded = { ...state, server: { ...state.server, criteria: [makeCriterion("l1")] } };
  expect(repairChosenCriterion(loaded).choice).toEqual(state.choice);
});
