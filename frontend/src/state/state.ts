/** The one State of the page. It is replaced, never mutated; only actions replace it. */
import type { Connection } from "../api/events";
import type {
  Agreement,
  Branch,
  Comparison,
  Confusion,
  CriterionInfo,
  DataListing,
  DataReport,
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
  NetworkReport,
  NodeLayers,
  PartialScores,
  Plan,
  Samples,
  SampleView,
  Scores,
  TreeForecast,
  Visitor,
  Walk,
} from "../api/values";
import { noDraft, type Draft } from "./draft";
import { noLook, type TreeLook } from "./tree";
import type { Frame } from "./frames";

export type ById<T> = Readonly<Record<number, T>>;

/** What the API said, by id. */
export interface Server {
  readonly health: Health | null;
  /** Who this page is to the server; null until it has said so. */
  readonly visitor: Visitor | null;
  readonly links: ById<Link>;
  readonly data: DataListing | null;
  readonly experiments: ById<Experiment>;
  readonly nodes: ById<Node>;
  readonly layers: ById<NodeLayers>;
  /** The default first; broken ones of users last. */
  readonly criteria: readonly CriterionInfo[];
  /** By `scoresKey(node, criterion)`. */
  readonly scores: Readonly<Record<string, Scores>>;
  readonly partialScores: ById<PartialScores>;
  readonly epochs: ById<readonly Epoch[]>;
  readonly confusion: ById<Confusion>;
  /** By `samplesKey(node, choice)`. */
  readonly samples: Readonly<Record<string, Samples>>;
  /** Every sample of a node, by `comparedKey(node, against)`. */
  readonly compared: Readonly<Record<string, Samples>>;
  /** By `viewKey(node, against, sample)`. */
  readonly sampleViews: Readonly<Record<string, SampleView>>;
  readonly embeddings: ById<Embedding>;
  /** Newest frame of a layout that is under way. */
  readonly frames: ById<Frame>;
  /** Blocks of pictures, by `picturesKey(node, sample, layer, offset)`. */
  readonly pictures: Readonly<Record<string, FilterPictures>>;
  /** By `layerKey(node, layer)`. */
  readonly layerFilters: Readonly<Record<string, LayerFilters>>;
  readonly plans: ById<Plan>;
  readonly jobs: ById<Job>;
  readonly estimates: ById<Estimate>;
  /** By experiment. */
  readonly forecasts: ById<TreeForecast>;
  readonly walks: ById<Walk>;
  /** Files that were made of a node. */
  readonly exports: ById<readonly Export[]>;
  /** What would go with a node. */
  readonly branches: ById<Branch>;
  /** By `agreementKey(node, criteria)`. */
  readonly agreements: Readonly<Record<string, Agreement>>;
  /** By `comparisonKey(nodes)`. */
  readonly comparisons: Readonly<Record<string, Comparison>>;
}

export const PANELS = ["tree", "stats", "model", "filters"] as const;
export type PanelId = (typeof PANELS)[number];
export const CHANGES = ["degraded", "improved", "wrong"] as const;
export type Change = (typeof CHANGES)[number];
export const FILTER_SORTS = ["number", "sensitivity", "instability", "activation"] as const;
export type FilterSort = (typeof FILTER_SORTS)[number];
export type ConfusionMode = "count" | "row" | "delta";
export type ConfusionSort = "class" | "errors" | "delta";

/** A cell of the confusion matrix, as indices of classes. */
export interface Cell {
  readonly label: number;
  readonly predicted: number;
}

/** What the person chose; this alone is written into the URL. */
export interface Choice {
  readonly experiment: number | null;
  readonly node: number | null;
  readonly layer: string | null;
  /** Name and options of what the x axis shows. */
  readonly criterion: string;
  /** What the area of a bubble shows: `instability`, `none`, or a criterion. */
  readonly size: string;
  /** How far criteria agree, in the plan's place. */
  readonly agreement: boolean;
  readonly plan: number | null;
  readonly sample: number | null;
  readonly cell: Cell | null;
  /** Which samples are marked in the map; null: what changed, or what is wrong where there is nothing to compare with. */
  readonly changes: readonly Change[] | null;
  /** The node that samples are compared with; null: the parent. */
  readonly against: number | null;
  /** A class whose samples are chosen. */
  readonly label: number | null;
  /** Samples chosen one by one or with the lasso, ascending. */
  readonly picked: readonly number[] | null;
  /** Original number of a filter of the layer, chosen to be looked at. */
  readonly filter: number | null;
  readonly filterSort: FilterSort;
  /** Classes shown in the confusion matrix; null: all. */
  readonly classes: readonly number[] | null;
  readonly confusionMode: ConfusionMode;
  readonly confusionSort: ConfusionSort;
  readonly tree: TreeLook;
  /** The enlarged panel. */
  readonly panel: PanelId | null;
}

/** What the pointer or the focus is on; drawn within a frame, never stored. */
export interface Hover {
  readonly node: number | null;
  readonly layer: string | null;
  readonly filter: number | null;
  readonly cell: Cell | null;
  readonly sample: number | null;
  /** Shown at the left of the status bar. */
  readonly readout: Readout | null;
}

export interface Readout {
  readonly title: string;
  readonly text: string;
}

/** How a request of a dialog stands. */
export interface Sending {
  readonly error: string | null;
  readonly sending: boolean;
}

/** A look at the network or the data that the form of a new experiment names. */
export interface Inspecting<Report = NetworkReport> {
  /** null until the server has taken it. */
  readonly job: Job | null;
  readonly report: Report | null;
  readonly error: string | null;
}

/** What goes into a bundle beside the tree. */
export interface BundleChoice {
  readonly weights: boolean;
  readonly pictures: boolean;
}

export type Dialog =
  | ({ readonly kind: "experiment"; readonly inspection: Inspecting | null; readonly dataReport: Inspecting<DataReport> | null } & Sending)
  | { readonly kind: "delete"; readonly experiment: number }
  | { readonly kind: "note"; readonly node: number }
  | ({ readonly kind: "estimate" | "walk" | "controls" | "branch" | "measure"; readonly node: number } & Sending)
  | ({ readonly kind: "export"; readonly node: number; readonly format: Export["format"] } & Sending)
  /** `made`: the new link with its token, shown while the dialog stays open. */
  | ({ readonly kind: "share"; readonly made: string | null } & Sending)
  | ({ readonly kind: "enter" } & Sending)
  /** Somebody else changed the plan that was edited here. */
  | ({ readonly kind: "conflict"; readonly theirs: Plan } & Sending)
  | ({ readonly kind: "bundle"; readonly experiment: number } & BundleChoice)
  | ({ readonly kind: "unbundle" } & Sending)
  | { readonly kind: "find"; readonly text: string }
  | { readonly kind: "notices" }
  | { readonly kind: "training" }
  | { readonly kind: "rule" }
  | { readonly kind: "criterion" }
  | { readonly kind: "help" };

/** How a question to the server stands; `error` is the server's sentence. */
export interface Asked {
  readonly state: "asked" | "answered" | "failed";
  readonly error: string | null;
}

/** Magnification, and the shift in shares of the drawing's width and height. */
export interface Zoom {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

/** From the first, so many. */
export interface Span {
  readonly first: number;
  readonly count: number;
}

/** Of this browser alone: neither from the server nor part of a link. */
export interface Screen {
  /** null: as the system has it. */
  readonly theme: "light" | "dark" | null;
  readonly letterKeys: boolean;
  readonly connection: Connection;
  readonly dialog: Dialog | null;
  /** First node number on the shared axis; null: the axis follows the chosen node. */
  readonly pan: number | null;
  /** What of the map of samples is in sight. */
  readonly zoom: Zoom;
  /** Which cards of the list of filters are in sight. */
  readonly cards: Span;
  /** Questions to the server by key: what is on its way, here, or refused. */
  readonly questions: Readonly<Record<string, Asked>>;
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

export const noChoice: Choice = {
  experiment: null,
  node: null,
  layer: null,
  criterion: "taylor",
  size: "instability",
  agreement: false,
  plan: null,
  sample: null,
  cell: null,
  changes: null,
  against: null,
  label: null,
  picked: null,
  filter: null,
  filterSort: "sensitivity",
  classes: null,
  confusionMode: "count",
  confusionSort: "class",
  tree: noLook,
  panel: null,
};

const noServer: Server = {
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
  compared: {},
  sampleViews: {},
  embeddings: {},
  frames: {},
  pictures: {},
  layerFilters: {},
  plans: {},
  jobs: {},
  estimates: {},
  forecasts: {},
  walks: {},
  exports: {},
  branches: {},
  comparisons: {},
  agreements: {},
};

const noScreen: Screen = {
  theme: null,
  letterKeys: true,
  connection: "connecting",
  dialog: null,
  pan: null,
  zoom: { k: 1, x: 0, y: 0 },
  cards: { first: 0, count: 0 },
  questions: {},
  width: 1440,
  height: 900,
};

export const initialState: State = {
  server: noServer,
  choice: noChoice,
  draft: noDraft,
  hover: noHover,
  screen: noScreen,
};
