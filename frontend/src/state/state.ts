/** The State of the page. It is replaced, never mutated, and only by actions. */
import type { ConnectionState } from "../api/events";
import type {
  Agreement,
  Branch,
  Comparison,
  Confusion,
  CriterionInfo,
  DataListing,
  Embedding,
  Epoch,
  Estimate,
  Experiment,
  Export,
  FilterPictures,
  Health,
  Job,
  LayerFilters,
  Link,
  Node,
  NodeLayers,
  PartialScores,
  Plan,
  Samples,
  SampleView,
  Scores,
  TreeForecast,
  Visitor,
  Autopilot,
} from "../api/values";
import { defaultChoice, type Cell, type Choice } from "./choice";
import type { Dialog } from "./dialog";
import { emptyDraft, type Draft } from "./draft";
import type { LayoutFrame } from "./frames";

export type ById<T> = Readonly<Record<number, T>>;

/** What the server sent, by id. */
export interface Server {
  readonly health: Health | null;
  /** The visitor as the server identifies them; null until it has answered. */
  readonly visitor: Visitor | null;
  readonly links: ById<Link>;
  readonly data: DataListing | null;
  readonly experiments: ById<Experiment>;
  readonly nodes: ById<Node>;
  readonly layers: ById<NodeLayers>;
  /** All criteria. The default comes first; user-defined ones that could not be loaded come last. */
  readonly criteria: readonly CriterionInfo[];
  /** Scores by `scoresKey(node, criterion)`. */
  readonly scores: Readonly<Record<string, Scores>>;
  /** By node and criterion, as `scores`. */
  readonly partialScores: Readonly<Record<string, PartialScores>>;
  readonly epochs: ById<readonly Epoch[]>;
  readonly confusion: ById<Confusion>;
  /** Samples by `samplesKey(node, choice)`. */
  readonly samples: Readonly<Record<string, Samples>>;
  /** All samples of a node by `comparedSamplesKey(node, against)`. */
  readonly comparedSamples: Readonly<Record<string, Samples>>;
  /** Sample views by `sampleViewKey(node, against, sample)`. */
  readonly sampleViews: Readonly<Record<string, SampleView>>;
  readonly embeddings: ById<Embedding>;
  /** Newest frame of each layout that is being computed. */
  readonly frames: ById<LayoutFrame>;
  /** Blocks of pictures, by `picturesKey(node, sample, layer, offset)`. */
  readonly pictures: Readonly<Record<string, FilterPictures>>;
  /** Mean feature maps by `layerKey(node, layer)`. */
  readonly layerFilters: Readonly<Record<string, LayerFilters>>;
  readonly plans: ById<Plan>;
  /** Nodes whose plans have been loaded. */
  readonly nodesWithLoadedPlans: ById<true>;
  readonly jobs: ById<Job>;
  readonly estimates: ById<Estimate>;
  /** Forecasts by experiment id. */
  readonly forecasts: ById<TreeForecast>;
  readonly autopilots: ById<Autopilot>;
  /** Files exported from a node. */
  readonly exports: ById<readonly Export[]>;
  /** What would be deleted together with each node. */
  readonly branches: ById<Branch>;
  /** Agreements of criteria by `agreementKey(node, criteria)`. */
  readonly agreements: Readonly<Record<string, Agreement>>;
  /** Comparisons of nodes by `comparisonKey(nodes)`. */
  readonly comparisons: Readonly<Record<string, Comparison>>;
}

/** What the pointer or focus is on. Redrawn in the next animation frame; never stored. */
export interface Hover {
  readonly node: number | null;
  readonly layer: string | null;
  readonly filter: number | null;
  readonly cell: Cell | null;
  readonly sample: number | null;
  /** Text at the left of the status bar. */
  readonly readout: Readout | null;
}

export interface Readout {
  readonly title: string;
  readonly text: string;
}

/** Status of a request to the server; `error` is the server's message. */
export interface ServerRequest {
  readonly state: "pending" | "answered" | "failed";
  readonly error: string | null;
}

/** Magnification, and offset as shares of the drawing's width and height. */
export interface Zoom {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

/** `count` items from index `first`. */
export interface Span {
  readonly first: number;
  readonly count: number;
}

/**
 * Scroll and zoom of charts that are larger than their panel. Part of a link; written to the URL once it stops
 * changing.
 */
export interface Viewport {
  /** Zoom of the map of samples. */
  readonly zoom: Zoom;
  /** First node number on the shared axis; null: the axis follows the chosen node. */
  readonly pan: number | null;
  /** First visible card of the filter list after a scroll; null: the list opens where the kept filters begin. */
  readonly firstCard: number | null;
  /** First visible row of the layer table after a scroll; null: the chosen layer is visible. */
  readonly firstRow: number | null;
  /** Scroll offsets of the Statistics panel and of the node comparison, pixels; null: not scrolled. */
  readonly statsScroll: number | null;
  readonly comparisonScroll: number | null;
}

/** State of this browser only: it is not from the server and, except for the viewport, not part of a link. */
export interface Screen extends Viewport {
  /** Colour theme; null: the system's theme. */
  readonly theme: "light" | "dark" | null;
  readonly letterKeys: boolean;
  readonly connection: ConnectionState;
  readonly dialog: Dialog | null;
  /** Id of the newest node created while the page is open; the tree follows it until the person chooses a node. */
  readonly followedNode: number | null;
  /** The visible cards of the filter list. */
  readonly visibleCards: Span;
  /** Requests to the server by key: pending, answered or failed. */
  readonly requests: Readonly<Record<string, ServerRequest>>;
  readonly width: number;
  readonly height: number;
}

export interface State {
  readonly server: Server;
  readonly choice: Choice;
  readonly draft: Draft;
  readonly hover: Hover;
  readonly screen: Screen;
}

export const noHover: Hover = { node: null, layer: null, filter: null, cell: null, sample: null, readout: null };

const emptyServer: Server = {
  health: null,
  visitor: null,
  links: {},
  data: null,
  experiments: {},
  nodes: {},
  layers: {},
  criteria: [],
  scores: {},
  partialScores: {},
  epochs: {},
  confusion: {},
  samples: {},
  comparedSamples: {},
  sampleViews: {},
  embeddings: {},
  frames: {},
  pictures: {},
  layerFilters: {},
  plans: {},
  nodesWithLoadedPlans: {},
  jobs: {},
  estimates: {},
  forecasts: {},
  autopilots: {},
  exports: {},
  branches: {},
  comparisons: {},
  agreements: {},
};

const initialScreen: Screen = {
  theme: null,
  letterKeys: true,
  connection: "connecting",
  dialog: null,
  zoom: { k: 1, x: 0, y: 0 },
  pan: null,
  firstCard: null,
  firstRow: null,
  statsScroll: null,
  comparisonScroll: null,
  followedNode: null,
  visibleCards: { first: 0, count: 0 },
  requests: {},
  width: 1440,
  height: 900,
};

export const initialState: State = {
  server: emptyServer,
  choice: defaultChoice,
  draft: emptyDraft,
  hover: noHover,
  screen: initialScreen,
};
