import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createChoiceActions } from "../../src/state/actions/choose";
import { createMapActions, loadMap } from "../../src/state/actions/samples/map";
import { loadFilterPictures } from "../../src/state/actions/samples/pictures";
import { applyEvent } from "../../src/state/actions/live";
import { comparedNodeParameter, mapPoints, shownChanges } from "../../src/state/selectors/map";
import { withChoice, withScreen, withServerValue, type Reducer } from "../../src/state/changes/patches";
import type { State } from "../../src/state/state";
import { createStore, type Store } from "../../src/state/store";
import { networkState } from "../fixtures/network";
import { embedding, pictures } from "../fixtures/samples";
import { makeJob, makeNode, stateWith } from "../fixtures/values";

let store: Store;
let requests: string[];
let answers: Record<string, (body: unknown) => void>;

const start = (state: State): void =>
  void (store = createStore(
    state,
    () => undefined,
    () => undefined,
    () => undefined,
  ));
const context = () => ({ store, notify: () => undefined });
const flushPromises = (): Promise<void> => new Promise((done) => setTimeout(done));

beforeEach(() => {
  [requests, answers] = [[], {}];
  vi.stubGlobal("fetch", (url: string) => {
    requests.push(url);
    return new Promise((resolve) => (answers[url] = (body) => resolve(Response.json(body))));
  });
});
afterEach(() => vi.unstubAllGlobals());

const LAYER = "features.0.0";
const withSample =
  (sample: number): Reducer =>
  (state) =>
    withScreen(withChoice(state, { sample, layer: LAYER, filterSort: "number" }), {
      visibleCards: { first: 0, count: 8 },
    });

test("only visible blocks are requested, and a late response for another sample is dropped", async () => {
  start(withSample(7)(networkState("vgg")));
  loadFilterPictures(context(), makeNode(0, null));
  expect(requests).toEqual([`/api/nodes/10/samples/7/filters?layer=${LAYER}&offset=0&limit=32`]);
  loadFilterPictures(context(), makeNode(0, null));
  expect(requests).toHaveLength(1);
  store.dispatch(withSample(8));
  loadFilterPictures(context(), makeNode(0, null));
  expect(requests).toHaveLength(2);
  answers[requests[0]!]!(pictures([0, 1]));
  await flushPromises();
  expect(store.state().server.pictures).toEqual({});
  answers[requests[1]!]!({ ...pictures([0, 1]), sample: 8 });
  await flushPromises();
  expect(Object.keys(store.state().server.pictures)).toEqual([`10:8:${LAYER}:0`]);
});

test("without a sample the layer’s mean maps are requested once", () => {
  start(withChoice(networkState("vgg"), { layer: LAYER }));
  loadFilterPictures(context(), makeNode(0, null));
  loadFilterPictures(context(), makeNode(0, null));
  expect(requests).toEqual([`/api/nodes/10/layers/${LAYER}/filters`]);
});

const tree = [makeNode(0, null), makeNode(1, 0), makeNode(2, 0, { state: "running" })];
const frame = (iteration: number, x: number[]) => ({
  kind: "embedding" as const,
  node_id: 11,
  iteration,
  iterations: 300,
  sample: [0, 1],
  x,
  y: [0, 1],
});

test("frames are kept in order, the extent only grows, and the finished layout replaces them", () => {
  const job = makeJob({ kind: "embedding", node_id: 11 });
  let state = withChoice(stateWith(tree, { jobs: { 5: job } }), { node: 11 });
  state = applyEvent(frame(20, [-4, 4]))(state);
  state = applyEvent(frame(40, [-1, 1]))(state);
  expect(mapPoints(state)).toMatchObject({ iterations: [40, 300], extent: { halfWidth: 4 } });
  expect(applyEvent(frame(20, [-9, 9]))(state)).toBe(state);
  const done = withServerValue(state, "jobs", 5, { ...job, state: "done" });
  expect(mapPoints(done)).toBeNull(); // cancelled, or failed
  expect(mapPoints(withServerValue(done, "nodes", 11, { ...makeNode(1, 0), laid_out: true }))).toMatchObject({
    iterations: [40, 300],
  });
  const finished = { ...done, server: { ...done.server, embeddings: { 11: embedding(11, [0, 1], [-1, 1], [0, 1]) } } };
  expect(mapPoints(finished)!.iterations).toBeNull();
  expect(applyEvent(frame(60, [-9, 9]))(finished)).toBe(finished);
});

test("samples are compared with the parent, or with a chosen ready node", () => {
  const state = withChoice(stateWith(tree), { node: 11 });
  expect([
    comparedNodeParameter(state),
    comparedNodeParameter(withChoice(state, { against: 12 })),
    comparedNodeParameter(withChoice(state, { against: 10 })),
  ]).toEqual([null, null, null]);
  expect(comparedNodeParameter(withChoice(state, { node: 10, against: 11 }))).toBe(11);
});

test("a root without a node to compare with marks wrong samples", () => {
  const state = stateWith(tree);
  expect(shownChanges(state)).toEqual(["wrong"]);
  expect(shownChanges(withChoice(state, { node: 11 }))).toEqual(["degraded", "improved"]);
});

test("choosing a class clears single samples, and the reverse", () => {
  start(withChoice(stateWith(tree), { node: 11 }));
  const act = { ...createMapActions(context()), ...createChoiceActions(context()) };
  act.toggleChange("improved");
  expect(store.state().choice.changes).toEqual(["degraded"]);
  act.pickSamples([3, 5]);
  act.toggleSample(4);
  act.toggleSample(3);
  expect(store.state().choice).toMatchObject({ pickedSamples: [4, 5], sample: 3 });
  act.chooseLabel(1);
  expect(store.state().choice).toMatchObject({ pickedSamples: null, label: 1, cell: null });
  act.chooseLabel(1);
  expect(store.state().choice.label).toBeNull();
});

const owner = { kind: "owner" } as State["server"]["visitor"];
const laidOut = [makeNode(0, null, { laid_out: true }), makeNode(1, 0), makeNode(2, 1)];
const layoutRequests = (): string[] => requests.filter((url) => url.endsWith("/embedding") && !url.includes("/10/"));

test("a node whose ancestor has a map is laid out automatically, once, one at a time", async () => {
  start(withChoice(stateWith(laidOut, { visitor: owner }), { node: 12 }));
  loadMap(context(), laidOut[2]!);
  loadMap(context(), laidOut[2]!);
  expect(layoutRequests()).toEqual(["/api/nodes/12/embedding"]);
  answers["/api/nodes/12/embedding"]!(makeJob({ id: 8, kind: "embedding", node_id: 12, state: "running" }));
  await flushPromises();
  loadMap(context(), laidOut[1]!);
  expect(layoutRequests()).toHaveLength(1);
});

test.each([
  ["for a read-only link", { visitor: { kind: "link", mode: "read" } as typeof owner }, {}, laidOut],
  ["before the visitor is known", {}, {}, laidOut],
  ["if the panel is hidden", { visitor: owner }, { panel: "model" as const }, laidOut],
  ["if no ancestor has a map", { visitor: owner }, {}, tree],
])("nothing is laid out automatically %s", (_, server, choice, nodes) => {
  start(withChoice(stateWith(nodes, server), { node: 11, ...choice }));
  loadMap(context(), nodes[1]!);
  expect(layoutRequests()).toEqual([]);
});

test("requesting a layout adds its job", async () => {
  start(withChoice(stateWith(tree), { node: 11 }));
  createMapActions(context()).layOutMap();
  answers["/api/nodes/11/embedding"]!(makeJob({ id: 8, kind: "embedding", node_id: 11 }));
  await flushPromises();
  expect(store.state().server.jobs[8]).toMatchObject({ kind: "embedding" });
});
