/** The one State of the page. It is replaced, never mutated; only actions replace it. */
import type { Connection } from "../api/events";
import type {
  Confusion,
  DataListing,
  Epoch,
  Experiment,
  Health,
  Job,
  Node,
  NodeLayers,
  PartialScores,
  Plan,
  Samples,
  Scores,
} from "../api/values";
import { noDraft, type Draft } from "./draft";

export type ById<T> = Readonly<Record<number, T>>;

/** What the API said, by id. */
export interface Server {
  readonly health: Health | null;
  readonly data: DataListing | null;
  readonly experiments: ById<Experiment>;
  readonly nodes: ById<Node>;
  readonly layers: ById<NodeLayers>;
  /** By `scoresKey(node, criterion)`. */
  readonly scores: Readonly<Record<string, Scores>>;
  readonly partialScores: ById<PartialScores>;
  readonly epochs: ById<readonly Epoch[]>;
  readonly confusion: ById<Confusion>;
  /** By `samplesKey(node, choice)`. */
  readonly samples: Readonly<Record<string, Samples>>;
  readonly plans: ById<Plan>;
  readonly jobs: ById<Job>;
}

export const PANELS = ["tree", "stats", "model", "filters"] as const;
export type PanelId = (typeof PANELS)[number];
export type Change = "degraded" | "improved" | "wrong";
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
  readonly criterion: string;
  readonly plan: number | null;
  readonly sample: number | null;
  readonly cell: Cell | null;
  readonly change: Change | null;
  /** Classes shown in the confusion matrix; null: all. */
  readonly classes: readonly number[] | null;
  readonly confusionMode: ConfusionMode;
  readonly confusionSort: ConfusionSort;
  /** The enlarged panel. */
  readonly panel: PanelId | null;
}

/** What the pointer or the focus is on; drawn within a frame, never stored. */
export interface Hover {
  readonly node: number | null;
  readonly layer: string | null;
  readonly filter: number | null;
  readonly cell: Cell | null;
  /** Shown at the left of the status bar. */
  readonly readout: Readout | null;
}

export interface Readout {
  readonly title: string;
  readonly text: string;
}

export type Dialog =
  | { readonly kind: "experiment"; readonly error: string | null; readonly sending: boolean }
  | { readonly kind: "delete"; readonly experiment: number }
  | { readonly kind: "note"; readonly node: number }
  | { readonly kind: "notices" }
  | { readonly kind: "training" }
  | { readonly kind: "help" };

/** How a question to the server stands; `error` is the server's sentence. */
export interface Asked {
  readonly state: "asked" | "answered" | "failed";
  readonly error: string | null;
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

export const noHover: Hover = { node: null, layer: null, filter: null, cell: null, readout: null };

export const noChoice: Choice = {
  experiment: null,
  node: null,
  layer: null,
  criterion: "taylor",
  plan: null,
  sample: null,
  cell: null,
  change: null,
  classes: null,
  confusionMode: "count",
  confusionSort: "class",
  panel: null,
};

const noServer: Server = {
  health: null,
  data: null,
  experiments: {},
  nodes: {},
  layers: {},
  scores: {},
  partialScores: {},
  epochs: {},
  confusion: {},
  samples: {},
  plans: {},
  jobs: {},
};

const noScreen: Screen = {
  theme: null,
  letterKeys: true,
  connection: "connecting",
  dialog: null,
  pan: null,
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
