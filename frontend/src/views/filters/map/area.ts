/**
 * The upper area of the Filters panel: the buttons that mark samples, the map of samples or an explanation of why there
 * is none, and the footer.
 */
import { formatCount, formatDuration } from "../../../marks/format";
import { ensureElement, showOrClear, type Box } from "../../../marks/elements";
import type { Actions } from "../../../state/actions";
import {
  comparedNode,
  comparedSamples,
  countChanges,
  findSample,
  layoutJob,
  layoutKey,
  listedSamples,
  sampleMark,
  shownChanges,
} from "../../../state/selectors/map";
import { memo } from "../../../state/memo";
import { chosenExperiment, chosenNode, treeNodes } from "../../../state/selectors/select";
import type { State } from "../../../state/state";
import { drawEmptyState, type EmptyState } from "../../empty";
import { explainMissingData } from "../../nodes/missing";
import type { Size } from "../../panel";
import { describeChosenSamples } from "../../samples/chosenSamples";
import { describeSample, drawThumbs } from "../../samples/thumbs";
import { drawChips, type ChipsData } from "./chips";
import { mapData, type MapData } from "./data";
import { describeLayout, drawFooter, type FooterData } from "./footer";
import { drawMap } from "./view";
import type { MapCallbacks } from "./data";
import { NO_ZOOM } from "../../../state/url/viewport";

const CHIPS_HEIGHT = 36;
const FOOTER_HEIGHT = 24;
const THUMB_SIZE = 32;
const THUMB_LIST_HEIGHT = 132;
export const NARROW_WIDTH = 340;

const cachedChangeCounts = memo(countChanges);

export function drawMapArea(box: Box, state: State, act: Actions, { width, height }: Size): void {
  drawChips(ensureElement(box, "div", "toolrow chips"), chipsData(state, width), {
    onToggleChange: act.toggleChange,
    onCompareNode: act.compareWith,
  });
  const isEnlarged = state.choice.panel === "filters";
  const mapHeight = height - CHIPS_HEIGHT - FOOTER_HEIGHT - (isEnlarged ? THUMB_LIST_HEIGHT : 0);
  const data = mapData(state, { width, height: mapHeight });
  const map = ensureElement(box, "div", "map").style("height", `${mapHeight}px`);
  const view = ensureElement(map, "div", "mapbox");
  showOrClear(view, data !== null);
  if (data) drawMap(view, data, mapCallbacks(state, act, data));
  drawEmptyState(
    ensureElement(map, "div", "no-map").attr("hidden", data ? "" : null),
    data ? null : explainEmptyMap(state, act),
  );
  const showsThumbs = isEnlarged || (!data && !isLayoutRequested(state));
  const list = ensureElement(box, "div", "list")
    .attr("hidden", showsThumbs ? null : "")
    .style("height", isEnlarged ? `${THUMB_LIST_HEIGHT}px` : "auto");
  map.classed("shared", showsThumbs && !isEnlarged);
  if (showsThumbs) drawThumbList(list, state, act);
  drawFooter(
    ensureElement(box, "div", "footer"),
    { ...footerData(state, data), width },
    {
      onClearChoice: act.clearSampleChoice,
      onZoomOut: () => act.zoomMap(NO_ZOOM),
      onStopLayout: () => act.cancelJob(layoutJob(state)?.id ?? -1),
    },
  );
}

function chipsData(state: State, width: number): ChipsData {
  const node = chosenNode(state);
  const samples = comparedSamples(state);
  const counts = samples ? cachedChangeCounts(samples) : { degraded: null, improved: null, wrong: null };
  return {
    shownChanges: shownChanges(state),
    counts: comparedNode(state) ? counts : { ...counts, degraded: null, improved: null },
    comparedNode: comparedNode(state),
    otherNodes: treeNodes(state).filter((other) => other.state === "ready" && other.id !== node?.id),
    parent: node?.parent_id ?? null,
    isReady: node?.state === "ready",
    width,
  };
}

function mapCallbacks(state: State, act: Actions, { points }: MapData): MapCallbacks {
  const sampleOfPoint = (point: number): number => points.sample[point]!;
  return {
    onHover: (point) => (point === null ? act.clearHover() : setHoveredSample(state, act, sampleOfPoint(point))),
    onChoose: (point) => act.chooseSample(sampleOfPoint(point)),
    onTogglePoint: (point) => act.toggleSample(sampleOfPoint(point)),
    onChoosePoints: (chosen) => act.pickSamples(chosen.map(sampleOfPoint).sort((a, b) => a - b)),
    onChooseClass: act.chooseLabel,
    onClearChoice: act.clearSampleChoice,
    onZoom: act.zoomMap,
  };
}

export function setHoveredSample(state: State, act: Actions, sample: number): void {
  const details = findSample(state, sample);
  const text = details ? describeSample(details, chosenExperiment(state)?.classes ?? []) : "";
  act.hover({ sample, readout: { title: `Sample ${sample}`, text } });
}

/** Whether the layout of the chosen node is being loaded from the server. */
const isLayoutRequested = (state: State): boolean => isRequestPending(state, `embedding:${state.choice.node}`);
const isRequestPending = ({ screen }: State, key: string): boolean => screen.requests[key]?.state === "pending";

/** Draws thumbnails of the chosen samples or, if none are chosen, of the marked samples. */
function drawThumbList(list: Box, state: State, act: Actions): void {
  const { choice } = state;
  const samples = listedSamples(state);
  const box = ensureElement(list, "div", "pictures").attr("data-testid", "samples");
  drawThumbs(
    box,
    {
      experiment: choice.experiment ?? 0,
      samples,
      classes: chosenExperiment(state)?.classes ?? NO_CLASSES,
      chosen: choice.sample,
      maxThumbs: MAX_THUMBS,
      size: THUMB_SIZE,
    },
    {
      onChoose: act.chooseSample,
      onHover: (sample) => (sample ? setHoveredSample(state, act, sample.sample) : act.clearHover()),
    },
  );
}

const MAX_THUMBS = 300;
const NO_CLASSES: readonly string[] = [];

function footerData(state: State, data: MapData | null): Omit<FooterData, "width"> {
  const [samples, node, experiment] = [comparedSamples(state), chosenNode(state), chosenExperiment(state)];
  const changes = shownChanges(state);
  const embedding = state.server.embeddings[node?.id ?? -1];
  const iterations = data?.points.iterations;
  const name = describeChosenSamples(state.choice, experiment?.classes ?? []);
  return {
    markedCount: samples ? samples.reduce((count, sample) => count + (sampleMark(sample, changes) ? 1 : 0), 0) : 0,
    imageCount: node?.images ?? 0,
    drawnCount: data?.points.sample.length ?? 0,
    chosenSamples: name === null ? null : { name, count: listedSamples(state).length },
    layout: iterations
      ? `t-SNE iteration ${iterations[0]} of ${iterations[1]}`
      : embedding
        ? describeLayout(embedding, state.server.nodes)
        : "",
    classCount: data && experiment ? experiment.classes.length : 0,
    canZoomOut: data !== null && data.zoom.k > 1,
    isLayoutRunning: layoutJob(state) !== null,
  };
}

function explainEmptyMap(state: State, act: Actions): EmptyState | null {
  const node = chosenNode(state);
  if (!node) return null;
  const request = state.screen.requests[`embedding:${node.id}`];
  if (node.state !== "ready" || request || isRequestPending(state, layoutKey(node.id)))
    return explainMissingData(node, "map of samples", request);
  const job = layoutJob(state);
  if (job)
    return {
      title: "Computing the layout",
      sentence: `t-SNE layout of ${formatCount(node.images)} samples of node ${node.number}: ${job.message || job.state}.`,
    };
  return {
    title: "No layout yet",
    sentence: `A t-SNE layout of the ${formatCount(node.images)} samples of node ${node.number} takes about ${formatDuration(estimateLayoutSeconds(state, node.images))}. Points appear while it is computed.`,
    button: { text: "Lay out samples", run: act.layOutMap },
  };
}

/**
 * Estimates how many seconds a layout takes, from the duration of the experiment's last layout or, if there was none,
 * from measurements on two CPU cores.
 */
function estimateLayoutSeconds({ server, choice }: State, images: number): number {
  const done = Object.values(server.jobs).filter(
    (job) => job.kind === "embedding" && job.state === "done" && job.experiment_id === choice.experiment,
  );
  const last = done.sort((a, b) => b.id - a.id)[0];
  if (last?.started_at && last.finished_at) return (Date.parse(last.finished_at) - Date.parse(last.started_at)) / 1000;
  return 2 + images * 0.002;
}
