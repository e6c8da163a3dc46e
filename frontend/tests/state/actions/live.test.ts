import { expect, test, vi } from "vitest";
import { chooseNode } from "../../../src/state/actions/choose";
import { leaveDeletedExperiment, applyEvent, describeFailedJob } from "../../../src/state/actions/live";
import {
  withChoice,
  withScreen,
  withServer,
  withServerValue,
  withServerValues,
} from "../../../src/state/changes/patches";
import { createStore } from "../../../src/state/store";
import { makeEpoch, makeExperiment, makeJob, makeNode, stateWith } from "../../fixtures/values";

const start = stateWith([makeNode(0, null, { state: "running" })]);

test("epochs stay in order and unique when a resumed job repeats one", () => {
  const epochs = [makeEpoch(0, 0.1), makeEpoch(2, 0.5), makeEpoch(1, 0.3), makeEpoch(2, 0.6)];
  const state = epochs.reduce((current, epoch) => applyEvent({ kind: "epoch", node_id: 10, epoch })(current), start);
  expect(state.server.epochs[10]?.map(({ epoch, accuracy }) => [epoch, accuracy])).toEqual([
    [0, 0.1],
    [1, 0.3],
    [2, 0.6],
  ]);
});

test("a node that becomes ready replaces the running one", () => {
  const state = applyEvent({ kind: "node", node: makeNode(0, null) })(start);
  expect(state.server.nodes[10]?.state).toBe("ready");
  expect(start.server.nodes[10]?.state).toBe("running");
});

test("a job event updates the job's progress", () => {
  const state = applyEvent({ kind: "job", job: makeJob({ progress: 0.9 }) })(start);
  expect(state.server.jobs[5]?.progress).toBe(0.9);
});

test("a response older than a received event changes nothing", () => {
  const done = applyEvent({ kind: "job", job: makeJob({ version: 3, state: "done" }) })(start);
  expect(withServerValue(done, "jobs", 5, makeJob({ version: 2 }))).toBe(done);
  expect(withServerValues(done, "jobs", [makeJob({ version: 2 })]).server.jobs[5]?.state).toBe("done");
  expect(withServerValue(done, "jobs", 5, makeJob({ version: 3, message: "same" })).server.jobs[5]?.message).toBe(
    "same",
  );
});

test("the tree follows a new node until a person chooses one", () => {
  const withNewNode = applyEvent({ kind: "node", node: makeNode(1, 0, { state: "running" }) })(start);
  expect(withNewNode.screen.followedNode).toBe(11);
  expect(
    applyEvent({ kind: "node", node: makeNode(1, 0) })({ ...withNewNode, screen: start.screen }).screen.followedNode,
  ).toBeNull();
  expect(chooseNode(11)(withNewNode).screen.followedNode).toBeNull();
  expect(chooseNode(10)(withNewNode).screen.followedNode).toBeNull();
});

test("a list that was pending when something was deleted is requested again", () => {
  const pending = { state: "pending", error: null } as const;
  const requests = {
    "tree:1": pending,
    "plans:10": pending,
    "plans:11": { ...pending, state: "answered" as const },
    "scores:10": pending,
  };
  const state = applyEvent({ kind: "removed", node_ids: [], plan_ids: [4] })(withScreen(start, { requests }));
  expect(Object.keys(state.screen.requests)).toEqual(["plans:11", "scores:10"]);
});

test("leaves a tree that somebody deleted and says so, but not when the connection is lost", async () => {
  const messages: string[] = [];
  const state = withChoice(
    withServer(start, { experiments: { 1: makeExperiment({ name: "Mine" }), 2: makeExperiment({ id: 2 }) } }),
    { experiment: 1, node: 10 },
  );
  const store = createStore(
    state,
    () => undefined,
    () => undefined,
    () => undefined,
  );
  const leave = () => leaveDeletedExperiment({ store, notify: (message) => messages.push(message) }, 1);
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no connection")));
  await leave();
  expect([store.state().choice.experiment, messages]).toEqual([1, []]);
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json([makeExperiment({ id: 2 })])));
  await leave();
  expect([store.state().choice.experiment, messages]).toEqual([2, ["Somebody deleted “Mine”."]]);
  vi.unstubAllGlobals();
});

test("only the job that makes a node fails the node", () => {
  const error = { code: "unusable_network", message: "Layer a cannot be shown.", details: {} };
  const [node, job] = [makeNode(3, 0, { job_id: 8 }), makeJob({ id: 9, state: "failed", error })];
  expect(describeFailedJob(job, node)).toBe("Node 3: Layer a cannot be shown.");
  expect(describeFailedJob({ ...job, id: 8 }, node)).toBe("Node 3 failed: Layer a cannot be shown.");
  expect(describeFailedJob(job, undefined)).toBe("Job failed: Layer a cannot be shown.");
});
