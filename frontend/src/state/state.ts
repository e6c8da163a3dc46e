/** The State of the page. It is replaced, never mutated; only actions replace it. */
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
  Recipe,
  Suggestion,
  TreeForecast,
  Visitor,
  Autopilot,
} from "../api/values";
import { defaultChoice, type Cell, type Choice } from "./choice";
import type { Dialog } from "./dialog";
import { emptyDraft, type Draft } from "./draft";
import type { LayoutFrame } from "./frames";

export type MapById<T> = Readonly<Record<number, T>>;

/** What the server has sent, mostly as maps by id. */
export interface ServerData {
  readonly health: Health | null;
  /** The visitor as the server identifies them; null until the server has answered. */
  readonly visitor: Visitor | null;
  readonly links: MapById<Link>;
  readonly data: DataListing | null;
  readonly experiments: MapById<Experiment>;
  readonly nodes: MapById<Node>;
  readonly layers: MapById<NodeLayers>;
  /** All criteria. The default comes first; user-defined ones that could not be loaded come last. */
  readonly criteria: readonly CriterionInfo[];
  /** Scores by `scoresKey(node, criterion)`. */
  readonly scores: Readonly<Record<string, Scores>>;
  /** Partial scores of scoring passes in progress, with the same keys as `scores`. */
  readonly partialScores: Readonly<Record<string, PartialScores>>;
  readonly epochs: MapById<readonly Epoch[]>;
  readonly confusion: MapById<Confusion>;
  /**
   * For each key `samplesKey(node, choice)`, the node's samples in the chosen cell of the confusion matrix or, if no
   * cell is chosen, its misclassified samples.
   */
  readonly samples: Readonly<Record<string, Samples>>;
  /**
   * For each key `comparedSamplesKey(node, against)`, all samples with their predictions by `node` and by `against`.
   */
  readonly comparedSamples: Readonly<Record<string, Samples>>;
  /** For each key `sampleViewKey(node, against, sample)`, the details of one sample: its predictions by two nodes. */
  readonly sampleViews: Readonly<Record<string, SampleView>>;
  readonly embeddings: MapById<Embedding>;
  /** Newest frame of each map layout that is being computed, by node id. */
  readonly frames: MapById<LayoutFrame>;
  /** Blocks of filter pictures, by `picturesKey(node, sample, layer, offset)`. */
  readonly pictures: Readonly<Record<string, FilterPictures>>;
  /** Mean feature maps of the filters of a layer, by `layerKey(node, layer)`. */
  readonly layerFilters: Readonly<Record<string, LayerFilters>>;
  readonly plans: MapById<Plan>;
  /** Ids of the nodes whose plans have been loaded. */
  readonly nodesWithLoadedPlans: MapById<true>;
  readonly jobs: MapById<Job>;
  readonly estimates: MapById<Estimate>;
  readonly suggestions: MapById<Suggestion>;
  /** Recommended training settings, by `currentRecipeKey`. */
  readonly recipes: Readonly<Record<string, Recipe>>;
  /** Forecasts of accuracy (curves fitted to the finished nodes), by experiment id. */
  readonly forecasts: MapById<TreeForecast>;
  readonly autopilots: MapById<Autopilot>;
  /** The files that were exported from a node, by node id. */
  readonly exports: MapById<readonly Export[]>;
  /** What would be deleted together with a node, by node id. */
  readonly branches: MapById<Branch>;
  /** How well criteria agree on the units of a node, by `agreementKey(node, criteria)`. */
  readonly agreements: Readonly<Record<string, Agreement>>;
  /** Comparisons of nodes, by `comparisonKey(nodes)`. */
  readonly comparisons: Readonly<Record<string, Comparison>>;
}

/** The item under the pointer or the keyboard cursor. It is never stored. */
export interface HoverState {
  readonly node: number | null;
  readonly layer: string | null;
  readonly filter: number | null;
  readonly cell: Cell | null;
  readonly sample: number | null;
  /** Text at the left end of the status bar. */
  readonly readout: Readout | null;
}

export interface Readout {
  readonly title: string;
  readonly text: string;
}

/** Status of a request to the server; `error` is the message of the server. */
export interface ServerRequest {
  readonly state: "pending" | "answered" | "failed";
  readonly error: string | null;
}

/** Zoom factor `k`, and offsets `x` and `y` as fractions of the drawing's width and height. */
export interface Zoom {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

/** A range of a list: the `count` items that begin at index `first`. */
export interface ListRange {
  readonly first: number;
  readonly count: number;
}

/**
 * Scroll positions and zooms of charts that are larger than their panel. They are part of links; the URL is updated
 * once they stop changing.
 */
export interface Viewport {
  /** Zoom of the map of samples. */
  readonly zoom: Zoom;
  /**
   * Number of the first node on the axis that the tree and the statistics share; null if the axis follows the chosen
   * node.
   */
  readonly pan: number | null;
  /**
   * Position of the first visible card after the user has scrolled the list of filters. If null, the list opens where
   * the kept filters begin.
   */
  readonly firstCard: number | null;
  /**
   * Index of the first visible row after the user has scrolled the layer table. If null, the table shows the chosen
   * layer.
   */
  readonly firstRow: number | null;
  /** Scroll offsets of the Statistics panel and of the node comparison, in pixels; null if not scrolled. */
  readonly statsScroll: number | null;
  readonly comparisonScroll: number | null;
}

/** State of this browser only: it does not come from the server, and links contain none of it except the viewport. */
export interface ScreenState extends Viewport {
  /** Colour theme; null to follow the operating system's theme. */
  readonly theme: "light" | "dark" | null;
  readonly areLetterKeysEnabled: boolean;
  readonly connection: ConnectionState;
  readonly dialog: Dialog | null;
  /** Id of the newest node created while the page is open; the tree follows it until the user chooses a node. */
  readonly followedNode: number | null;
  /** The visible cards of the filter list. */
  readonly visibleCards: ListRange;
  /** Status of each request to the server, by the key of the request. */
  readonly requests: Readonly<Record<string, ServerRequest>>;
  readonly width: number;
  readonly height: number;
}

export interface State {
  readonly server: ServerData;
  readonly choice: Choice;
  readonly draft: Draft;
  readonly hover: HoverState;
  readonly screen: ScreenState;
}

export const noHover: HoverState = { node: null, layer: null, filter: null, cell: null, sample: null, readout: null };

const emptyServerData: ServerData = {
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
  suggestions: {},
  recipes: {},
  forecasts: {},
  autopilots: {},
  exports: {},
  branches: {},
  comparisons: {},
  agreements: {},
};

const initialScreen: ScreenState = {
  theme: null,
  areLetterKeysEnabled: true,
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
  server: emptyServerData,
  choice: defaultChoice,
  draft: emptyDraft,
  hover: noHover,
  screen: initialScreen,
};
