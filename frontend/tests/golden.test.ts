/** Saved charts against golden files. View a changed golden file in a browser before committing it. */
import { withChoice, withTreeDisplay } from "../src/state/changes/patches";
import { select } from "d3-selection";
import { beforeEach, expect, test, vi } from "vitest";
import { renderChart } from "../src/marks/save";
import type { Actions } from "../src/state/actions";
import type { State } from "../src/state/state";
import { filtersPanel } from "../src/views/filters/panel";
import { makePageFrame } from "../src/views/frame/frame";
import { modelPanel } from "../src/views/model/panel";
import type { Panel, Size } from "../src/views/panel";
import { statsPanel } from "../src/views/stats/panel";
import { treePanel } from "../src/views/tree/panel";
import { behaveAsBrowser } from "./golden/browser";
import { goldenState } from "./golden/state";
import { tidy } from "./golden/tidy";

interface Drawing {
  /** Name of the golden file. */
  readonly name: string;
  readonly panel: Panel;
  /** Name of the chart, if it differs from the file's. */
  readonly chart?: string;
  readonly size: Size;
  change?(state: State): State;
}

const TREE = { panel: treePanel, size: { width: 400, height: 320 } };
const STATS = { panel: statsPanel, size: { width: 400, height: 560 } };
const MODEL = { panel: modelPanel, size: { width: 640, height: 700 } };
const FILTERS = { panel: filtersPanel, size: { width: 400, height: 560 } };
const enlarged = (panel: "tree" | "model") => (state: State) => withChoice(state, { panel });

const DRAWINGS: readonly Drawing[] = [
  { name: "tree", ...TREE },
  {
    name: "trade-off",
    ...TREE,
    size: { width: 1200, height: 420 },
    change: (state) => withTreeDisplay(enlarged("tree")(state), { view: "tradeoff" }),
  },
  { name: "statistics", ...STATS },
  { name: "confusion", ...STATS },
  {
    name: "confusion-change",
    ...STATS,
    chart: "confusion",
    change: (state) => withChoice(state, { node: 11, confusionMatrixMode: "delta" }),
  },
  { name: "architecture", ...MODEL },
  { name: "filters", ...MODEL },
  {
    name: "filters-linear",
    ...MODEL,
    chart: "filters",
    change: (state) => withChoice(state, { criterion: "instability", size: "none" }),
  },
  { name: "agreement", ...MODEL, change: (state) => withChoice(state, { agreement: true }) },
  { name: "radar", ...MODEL },
  { name: "preview", ...MODEL },
  { name: "map", ...FILTERS, change: (state) => withChoice(state, { node: 11, changes: ["degraded", "improved"] }) },
  { name: "layer-filters", ...FILTERS },
];

/** Actions without effect. */
const act = new Proxy({}, { get: () => () => undefined }) as Actions;

beforeEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

test.each(DRAWINGS)(
  "$name matches its golden file; `npm test -- golden -u` accepts a change",
  async ({ name, panel, chart, size, change }) => {
    behaveAsBrowser({ width: size.width, height: Math.round(size.height / 2) });
    const state = change?.(goldenState) ?? goldenState;
    const section = makePageFrame(document.body, [panel]).panels.get(panel.id)!;
    panel.draw(section.select<HTMLElement>(".body"), state, act, size);
    const savedChart = panel.charts.find((candidate) => candidate.name === (chart ?? name))!;
    expect(savedChart.rows(state).length).toBeGreaterThan(1);
    const node = state.server.nodes[state.choice.node!]!;
    const subtitle = `Handwritten digits · node ${node.number}`;
    const heading = { title: savedChart.title, subtitle, caption: savedChart.fileCaption?.(state) ?? "" };
    const drawing = renderChart(section.node()!, savedChart, state, heading);
    await expect(tidy(drawing!.svg)).toMatchFileSnapshot(`golden/drawings/${name}.svg`);
  },
);

test("computed styles of the page are available to a drawing", () => {
  behaveAsBrowser(STATS.size);
  const section = makePageFrame(document.body, [statsPanel]).panels.get("stats")!;
  select(section.node()!)
    .select<HTMLElement>(".body")
    .html('<svg class="charts"><g><rect class="range unrecovered"/></g></svg>');
  const rect = section.node()!.querySelector("rect")!;
  const style = getComputedStyle(rect);
  expect(["fill", "stroke", "stroke-dasharray", "font-size"].map((name) => style.getPropertyValue(name))).toEqual([
    "#f1e9fa",
    "#7a3dbe",
    "3 2",
    "12px",
  ]);
});
