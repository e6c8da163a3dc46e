/**
 * A node whose data have not arrived, or that never had any, shows nothing of the node that was chosen before it: each
 * view is empty and says why, with the node's own number.
 */
import { beforeEach, expect, test, vi } from "vitest";
import type { Node } from "../src/api/values";
import { renderChart } from "../src/marks/save";
import { drawPage, PANELS } from "../src/shell";
import type { Actions } from "../src/state/actions";
import { chooseNode } from "../src/state/actions/choose";
import { withChoice, withHover, withScreen, withServer } from "../src/state/changes/patches";
import { draftGhost } from "../src/state/selectors/ghost";
import type { State } from "../src/state/state";
import { makePageFrame } from "../src/views/frame/frame";
import { full } from "./fixtures/full";
import { makeNode } from "./fixtures/values";

const SIZE = { width: 700, height: 880 };
/** Actions without effect. */
const act = new Proxy({} as Actions, { get: () => () => undefined });

beforeEach(() => {
  document.body.replaceChildren();
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(SIZE.width);
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(SIZE.height);
  vi.spyOn(window, "requestAnimationFrame").mockReturnValue(0);
});

const missing = { accuracy: null, filters: null, parameters: null, macs: null, images: 0 };
const NODES: Readonly<Record<string, Node>> = {
  cancelled: makeNode(21, 1, { ...missing, state: "cancelled" }),
  failed: makeNode(22, 1, { ...missing, state: "failed" }),
  waiting: makeNode(23, 1, { ...missing, state: "waiting" }),
  running: makeNode(24, 1, { ...missing, state: "running" }),
  "ready, but still loading": makeNode(25, 1),
};
const LOADING = [
  "layers:35:ready",
  "scores:35:taylor",
  "plans:35",
  "confusion:35",
  "embedding:35",
  "compared:35:parent",
];
const pending = { state: "pending", error: null } as const;

/** Node 11 is chosen and has all its data; the pointer is on one of its filters. */
const loaded = withScreen(
  withServer(withHover(full, { layer: "features.0.0", filter: 2, readout: { title: "a filter", text: "of node 1" } }), {
    nodes: { ...full.server.nodes, ...Object.fromEntries(Object.values(NODES).map((node) => [node.id, node])) },
  }),
  { requests: Object.fromEntries(LOADING.map((key) => [key, pending])) },
);

const VIEWS: Readonly<Record<string, (state: State) => State>> = {
  "all panels": (state) => state,
  "the agreement of criteria": (state) => withChoice(state, { agreement: true, layer: "features.0.0", filter: 1 }),
  "a sample and a filter": (state) => withChoice(state, { sample: 7, filter: 1 }),
  "a cell of the confusion matrix": (state) => withChoice(state, { cell: { label: 0, predicted: 1 } }),
  "the model alone": (state) => withChoice(state, { panel: "model" }),
  "Statistics alone": (state) => withChoice(state, { panel: "stats" }),
  "the samples alone": (state) => withChoice(state, { panel: "filters", sample: 7 }),
};

function openPage(state: State) {
  document.body.replaceChildren();
  const root = document.body.appendChild(document.createElement("div"));
  const page = { frame: makePageFrame(root, PANELS), act, regions: new Map(), state: () => state } as Parameters<
    typeof drawPage
  >[0];
  drawPage(page, state);
  drawPage(page, state);
  return page;
}

type Visible = readonly [name: string, attributes: readonly string[], children: readonly (Visible | string)[]];

/** What is visible of an element, whatever the order in which its attributes were set. */
function visibleOf(element: Element): Visible {
  const attributes = Array.from(element.attributes, ({ name, value }) => `${name}=${value}`).filter(
    (attribute) => !/^(hidden|data-\w+|style)=$/.test(attribute),
  );
  const children = [...element.childNodes].flatMap((child): (Visible | string)[] =>
    child instanceof Element ? (child.hasAttribute("hidden") ? [] : [visibleOf(child)]) : [child.textContent ?? ""],
  );
  return [element.tagName, attributes.sort(), children];
}

const panelOf = (id: string): HTMLElement => document.querySelector<HTMLElement>(`#${id}`)!;

/** Drawings and lists that exist only if a node has the data for them. */
const DATA_VIEWS = [
  "svg.architecture",
  "svg.strip",
  ".table canvas",
  "svg.radar",
  ".plantab",
  ".tabs button",
  "svg.previewchart",
  "svg.agreement",
  ".matrix",
  "canvas.points",
  ".cards",
  ".strongest .thumbs",
  "svg.probabilities",
];

const cases = Object.entries(NODES).flatMap(([state, node]) =>
  Object.entries(VIEWS).map(([view, change]) => ({ state, view, node, change })),
);

/** 0.1.0 kept the architecture and the strip of node 1 on the page, and saved both under the number of the new node. */
test.each(cases)("$view: a node that is $state shows nothing of the node before it", ({ node, change }) => {
  const before = change(loaded);
  const after = chooseNode(node.id)(before);
  openPage(after);
  const fresh = visibleOf(document.body);
  const page = openPage(before);
  drawPage(page, after);
  expect(visibleOf(document.body)).toEqual(fresh);
  for (const selector of DATA_VIEWS) expect(document.querySelector(selector), selector).toBeNull();
});

test("with all its data, a node shows every drawing that the other tests do not find", () => {
  const shown = new Set<string>();
  for (const change of Object.values(VIEWS)) {
    openPage(change(loaded));
    for (const selector of DATA_VIEWS) if (document.querySelector(selector)) shown.add(selector);
  }
  expect(DATA_VIEWS.filter((selector) => !shown.has(selector))).toEqual([]);
});

/** What the server sent about node 11 alone. */
const OTHER_NODES_DATA = {
  layers: {},
  scores: {},
  partialScores: {},
  confusion: {},
  samples: {},
  comparedSamples: {},
  sampleViews: {},
  embeddings: {},
  frames: {},
  pictures: {},
  layerFilters: {},
  plans: {},
  agreements: {},
  exports: {},
  branches: {},
};

test.each(cases)("$view: a node that is $state is drawn the same without the other's data", ({ node, change }) => {
  const state = chooseNode(node.id)(change(loaded));
  openPage(state);
  const drawn = visibleOf(document.body);
  openPage(withServer(state, OTHER_NODES_DATA));
  expect(visibleOf(document.body)).toEqual(drawn);
});

test.each(Object.entries(NODES))("a node that is %s is named by every panel that has nothing to show", (_, node) => {
  const page = openPage(loaded);
  const state = chooseNode(node.id)(loaded);
  drawPage(page, state);
  const sentences = [...document.querySelectorAll(".empty:not([hidden]) .sentence-text")]
    .filter((element) => !element.closest("[hidden]"))
    .map((element) => element.textContent);
  expect(sentences.length).toBeGreaterThanOrEqual(4); // rows of the model, matrix, map, filters
  for (const sentence of sentences)
    expect(sentence).toMatch(new RegExp(`^(Loading .* of node|Node) ${node.number}\\b`, "i"));
  expect(panelOf("model").querySelector(".head")!.textContent).toContain(`node ${node.number}`);
  expect(draftGhost(state)).toBeNull();
  expect(state.hover.readout).toBeNull();
});

test("a chart of the node before is not saved under the number of a node without data", () => {
  const page = openPage(loaded);
  const state = chooseNode(NODES.cancelled!.id)(loaded);
  drawPage(page, state);
  const ownCharts = PANELS.flatMap((panel) => panel.charts.map((chart) => ({ panel, chart }))).filter(
    ({ chart }) => !["tree", "trade-off", "comparison", "statistics"].includes(chart.name), // charts of all nodes
  );
  expect(ownCharts.length).toBeGreaterThanOrEqual(8);
  for (const { panel, chart } of ownCharts) {
    const drawing = renderChart(panelOf(panel.id), chart, state, { title: "", subtitle: "", caption: "" });
    expect(drawing, chart.name).toBeNull(); // 0.1.0: architecture, radar, preview, filters, confusion
    expect(
      chart
        .rows(state)
        .slice(1)
        .flat()
        .filter((cell) => typeof cell === "number"),
      chart.name,
    ).toEqual([]);
  }
});

test("a draft of another node is not shown while the node's own plans are loading", () => {
  const layers = { ...full.server.layers, 35: { ...full.server.layers[11]!, node_id: 35 } };
  const scores = { ...full.server.scores, "35:taylor": { ...full.server.scores["11:taylor"]!, node_id: 35 } };
  const state = chooseNode(35)(withServer(loaded, { layers, scores }));
  openPage(state);
  expect(document.querySelector("svg.architecture")).toBeNull(); // 0.1.0: a draft A that removes nothing
  openPage(withServer(state, { nodesWithLoadedPlans: { 35: true } }));
  expect(document.querySelector("[role=tab]")!.textContent).toBe("A · 0.0%");
});
