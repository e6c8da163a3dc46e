/** What the user has chosen to see and how to display it: the part of the State that links contain. */
import { DEFAULT_ORDER } from "../planning/orders";

export const PANELS = ["tree", "stats", "model", "filters"] as const;
export type PanelId = (typeof PANELS)[number];
export const SAMPLE_CHANGES = ["degraded", "improved", "wrong"] as const;
export type SampleChange = (typeof SAMPLE_CHANGES)[number];
/**
 * Orders in which filters can be listed; `score` is the value on the x axis. The suffixes `-down` and `-up` mean
 * descending and ascending; without a suffix, `activation` is descending and all other orders are ascending.
 */
export const FILTER_SORTS = [
  "score",
  "score-down",
  "sensitivity",
  "sensitivity-down",
  "instability",
  "instability-down",
  "activation",
  "activation-up",
  "number",
  "number-down",
] as const;
export type FilterSort = (typeof FILTER_SORTS)[number];
export type FilterSortKey = "score" | "sensitivity" | "instability" | "activation" | "number";

export function parseFilterSort(sort: FilterSort): { readonly by: FilterSortKey; readonly isDescending: boolean } {
  const by = sort.replace(/-.*/, "") as FilterSortKey;
  return { by, isDescending: sort.endsWith("-down") || sort === "activation" };
}

export type ConfusionMatrixMode = "count" | "row" | "delta";
export type ConfusionMatrixSort = "class" | "errors" | "delta";

/** A cell of the confusion matrix: the indices of the true class and of the predicted class. */
export interface Cell {
  readonly label: number;
  readonly predicted: number;
}

/**
 * The rectangle that the user has drawn to choose filters. `x`: its start and end as fractions of the x axis, negative
 * in the separate strip for score 0. `rows`: the index of its first row in the layer table, and the index after its
 * last row.
 */
export interface Brush {
  readonly x: readonly [number, number];
  readonly rows: readonly [number, number];
}

export const TREE_VIEWS = ["tree", "compare", "tradeoff"] as const;
export type TreeView = (typeof TREE_VIEWS)[number];
export const METRICS = [
  "accuracy",
  "loss",
  "filters",
  "parameters",
  "macs",
  "size_bytes",
  "latency",
  "epochs",
] as const;
export type Metric = (typeof METRICS)[number];

/** How the tree is displayed. */
export interface TreeDisplay {
  /** View that the enlarged Tree panel shows. */
  readonly view: TreeView;
  /** Nodes to compare, in the order in which they were marked; the first one is the reference. */
  readonly markedIds: readonly number[];
  /** Nodes whose descendants are hidden. */
  readonly foldedIds: readonly number[];
  /** Id of the estimate shown in the tree. */
  readonly estimate: number | null;
  /** Metrics on the axes of the trade-off chart. */
  readonly x: Metric;
  readonly y: Metric;
  /** Zoom factor of the node axis, which the tree and the statistics share. */
  readonly zoom: number;
}

export const defaultTreeDisplay: TreeDisplay = {
  view: "tree",
  markedIds: [],
  foldedIds: [],
  estimate: null,
  x: "parameters",
  y: "accuracy",
  zoom: 1,
};

/** Everything that the user has chosen. The URL contains these choices and the viewport. */
export interface Choice {
  readonly experiment: number | null;
  readonly node: number | null;
  readonly layer: string | null;
  /** Criterion on the x axis, with its options and the price by which its scores are divided, if any. */
  readonly criterion: string;
  /**
   * Criterion that the area of a filter's bubble shows, `instability` (how much the filter's rank depends on the
   * images), or `none`.
   */
  readonly size: string;
  /** Whether the page shows how well the criteria agree instead of showing the plan. */
  readonly agreement: boolean;
  readonly plan: number | null;
  readonly brush: Brush | null;
  readonly sample: number | null;
  readonly cell: Cell | null;
  /**
   * Kinds of samples that the map marks. If null, it marks the degraded and improved samples or, without a node to
   * compare with, the misclassified ones.
   */
  readonly changes: readonly SampleChange[] | null;
  /** Id of the node to compare samples with; null for the parent. */
  readonly against: number | null;
  /** Class whose samples are chosen. */
  readonly label: number | null;
  /** Numbers of the samples chosen individually or with the lasso, in ascending order. */
  readonly pickedSamples: readonly number[] | null;
  /** Original number of the chosen filter within its layer. */
  readonly filter: number | null;
  readonly filterSort: FilterSort;
  /** Classes shown in the confusion matrix; null if all are shown. */
  readonly classes: readonly number[] | null;
  readonly confusionMatrixMode: ConfusionMatrixMode;
  readonly confusionMatrixSort: ConfusionMatrixSort;
  readonly tree: TreeDisplay;
  /** The panel that is enlarged; null if none is. */
  readonly panel: PanelId | null;
}

export const defaultChoice: Choice = {
  experiment: null,
  node: null,
  layer: null,
  criterion: DEFAULT_ORDER.criterion,
  size: "instability",
  agreement: false,
  plan: null,
  brush: null,
  sample: null,
  cell: null,
  changes: null,
  against: null,
  label: null,
  pickedSamples: null,
  filter: null,
  filterSort: "score",
  classes: null,
  confusionMatrixMode: "count",
  confusionMatrixSort: "class",
  tree: defaultTreeDisplay,
  panel: null,
};
