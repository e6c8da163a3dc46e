/** Starts the page: connects browser events, actions, the State and the drawing. */
import { createActions, type Actions } from "./state/actions";
import type { Context } from "./state/actions/context";
import { createEventFollower } from "./state/actions/live";
import { loadMissingData } from "./state/actions/load";
import { createFirstDrawSchedule } from "./firstFrame";
import { syncUrl, initialChoice, initialViewport } from "./history";
import { listenForKeys } from "./keys";
import type { Heading } from "./marks/heading";
import { saveChart } from "./marks/save";
import { chosenExperiment, chosenNode, scoresKey } from "./state/selectors/select";
import { createReactiveRegion, type ReactiveRegion } from "./state/region";
import { initialState, type State } from "./state/state";
import { createStore } from "./state/store";
import { drawDialogs } from "./views/dialogs/dialogs";
import { filtersPanel } from "./views/filters/panel";
import { makePageFrame, type PageFrame } from "./views/frame/frame";
import { drawPanelHeader, type SaveFormat } from "./views/frame/head";
import { modelPanel } from "./views/model/panel";
import type { Box } from "./marks/elements";
import type { Chart, Panel, Size } from "./views/panel";
import { statsPanel } from "./views/stats/panel";
import { drawStatus, statusData } from "./views/status/status";
import { drawTopBar, topBarData } from "./views/top/top";
import { treePanel } from "./views/tree/panel";
import { showToast } from "./views/dialogs/toasts";

export const PANELS: readonly Panel[] = [treePanel, statsPanel, modelPanel, filtersPanel];

/** Panels that are drawn one frame before the others when the page opens, because users look at them first. */
const PANELS_DRAWN_FIRST: readonly Panel[] = [treePanel, modelPanel];

/**
 * Starts the page. `onFirstDraw` is called when the first panels are on the screen; it loads what is needed only later.
 */
export function start(root: HTMLElement, onFirstDraw: () => void): void {
  const frame = makePageFrame(root, PANELS);
  const regions = new Map<string, ReactiveRegion>();
  const store = createStore(
    { ...initialState, choice: initialChoice(), screen: { ...initialState.screen, ...initialViewport() } },
    (state) => drawPage({ frame, act, regions, state: store.state }, state),
    () => handleStateChange(),
    createFirstDrawSchedule(() => hasFirstResponses(store.state()), onFirstDraw),
  );
  const context: Context = { store, notify: (message, severity) => void showToast(message, severity) };
  const act = createActions(context);
  const followChosenExperiment = createEventFollower(context);
  const handleStateChange = (): void => {
    syncUrl(store.state());
    loadMissingData(context);
    followChosenExperiment();
  };
  act.restore();
  document.addEventListener("keydown", store.drawIfScheduled, { capture: true }); // of two keys within one frame, the second sees the effect of the first
  listenForKeys(PANELS, store.state, act);
  onpopstate = () => act.restoreChoice(initialChoice(), initialViewport());
  new ResizeObserver(() => act.resize(innerWidth, innerHeight)).observe(root);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => act.resize(innerWidth, innerHeight));
  handleStateChange();
}

/**
 * Whether the server has sent all data that are needed to draw the tree and, for the chosen node, the threshold line
 * and the bubbles.
 */
function hasFirstResponses(state: State): boolean {
  const { layers, scores } = state.server;
  const node = chosenNode(state);
  return (
    node !== null &&
    node.id in layers &&
    (node.state !== "ready" || scoresKey(node.id, state.choice.criterion) in scores)
  );
}

interface Page {
  readonly frame: PageFrame;
  readonly act: Actions;
  /** The parts of the page that are redrawn separately, by name; empty before the first draw. */
  readonly regions: Map<string, ReactiveRegion>;
  readonly state: () => State;
}

export function drawPage(page: Page, state: State): void {
  const { frame, act, regions } = page;
  const theme = state.screen.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.documentElement.dataset.theme = theme;
  document.title = [chosenExperiment(state)?.name, "CNNPruner"].filter(Boolean).join(" · ");
  const { panel: enlargedPanel } = state.choice;
  frame.main.classed("big", enlargedPanel !== null);
  for (const panel of PANELS) frame.panels.get(panel.id)?.classed("on", enlargedPanel === panel.id);
  const isFirstDraw = regions.size === 0;
  const shownPanels = (isFirstDraw && enlargedPanel === null ? PANELS_DRAWN_FIRST : PANELS).filter(
    (panel) => enlargedPanel === null || enlargedPanel === panel.id,
  );
  const sizes = shownPanels.map((panel) => measure(frame, panel)); // all read before anything is drawn: one layout per frame
  const displaySettings = { theme, ratio: devicePixelRatio };
  shownPanels.forEach((panel, index) => drawPanel(page, panel, state, { ...displaySettings, ...sizes[index]! }));
  const redraw = (name: string, draw: (state: State) => void): unknown =>
    ensureRegion(page, name).redraw(state, [theme], draw);
  redraw("top", (read) => drawTopBar(frame.top, topBarData(read), act));
  redraw("status", (read) => drawStatus(frame.status, statusData(read)));
  redraw("dialogs", (read) => drawDialogs(frame.dialogs, read, act, PANELS));
  if (isFirstDraw) requestAnimationFrame(() => drawPage(page, page.state()));
}

function ensureRegion({ regions }: Page, name: string): ReactiveRegion {
  const region = regions.get(name) ?? createReactiveRegion();
  regions.set(name, region);
  return region;
}

function measure(frame: PageFrame, panel: Panel): Size {
  const { clientWidth: width, clientHeight: height } = frame.panels.get(panel.id)!.select<HTMLElement>(".body").node()!;
  return { width, height };
}

/** The inputs, besides the State, on which the drawing of a panel depends. */
interface PanelDrawInputs extends Size {
  readonly theme: string;
  /** Device pixels per CSS pixel, for drawing on canvases. */
  readonly ratio: number;
}

function drawPanel(page: Page, panel: Panel, state: State, { width, height, theme, ratio }: PanelDrawInputs): void {
  const section = page.frame.panels.get(panel.id)!;
  const body = section.select<HTMLElement>(".body");
  ensureRegion(page, `${panel.id} head`).redraw(state, [], (read) => drawPanelHead(page, panel, section, read));
  ensureRegion(page, panel.id).redraw(state, [width, height, theme, ratio], (read) =>
    panel.draw(body, read, page.act, { width, height }),
  );
}

function drawPanelHead(page: Page, panel: Panel, section: Box, state: State): void {
  const { act } = page;
  const isEnlarged = (): boolean => state.choice.panel === panel.id;
  drawPanelHeader(
    section,
    { panel, subtitle: panel.subtitle(state), tools: panel.tools(state), isEnlarged: isEnlarged() },
    {
      onRunTool: (tool) => tool.run(act),
      onEnlargePanel: () => act.enlarge(isEnlarged() ? null : panel.id),
      onSaveChart: (chart, format) => void save(page, section, chart, format),
    },
  );
}

async function save({ act, state }: Page, section: Box, chart: Chart, format: SaveFormat): Promise<void> {
  const node = section.node()!;
  const trySaveChart = () => saveChart(node, chart, state(), format, chartHeading(chart, state()));
  let problem = await trySaveChart();
  if (problem === "absent" && chart.show) {
    chart.show(act);
    await waitUntilShown(node, chart.selector);
    problem = await trySaveChart();
  }
  if (problem === "absent")
    await showToast(
      `The chart “${chart.title}” is not on the page. Show it first, or save its numbers as CSV.`,
      "neutral",
    );
  if (problem === "empty")
    await showToast(`The chart “${chart.title}” has nothing to save yet: ${chart.emptyHint}`, "neutral");
}

function chartHeading(chart: Chart, state: State): Heading {
  const node = chosenNode(state);
  const subtitle = [chosenExperiment(state)?.name, node && `node ${node.number}`].filter(Boolean).join(" · ");
  return { title: chart.title, subtitle, caption: chart.fileCaption?.(state) ?? "" };
}

const MAX_WAIT_MS = 8000;

/**
 * Waits until a chart is visible, but at most MAX_WAIT_MS. The wait is needed because the data of the chart may still
 * have to be loaded.
 */
async function waitUntilShown(panel: Element, selector: string): Promise<void> {
  const deadline = performance.now() + MAX_WAIT_MS;
  const isShown = (): boolean => (panel.querySelector(selector)?.getBoundingClientRect().width ?? 0) > 0;
  do await new Promise((done) => requestAnimationFrame(done));
  while (!isShown() && performance.now() < deadline);
}
