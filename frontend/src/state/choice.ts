/** What a person chose, of the data and of how to look at it: the part of the State that a link carries. */

export const PANELS = ["tree", "stats", "model", "filters"] as const;
export type PanelId = (typeof PANELS)[number];
export const CHANGES = ["degraded", "improved", "wrong"] as const;
export type Change = (typeof CHANGES)[number];
/** `score` is what the x axis shows; ascending but for `activation`, and `-down` and `-up` are the other way. */
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
export type SortBy = "score" | "sensitivity" | "instability" | "activation" | "number";

export function parseFilterSort(sort: FilterSort): { readonly by: SortBy; readonly isDown: boolean } {
  const by = sort.replace(/-.*/, "") as SortBy;
  return { by, isDown: sort.endsWith("-down") || sort === "activation" };
}

export type ConfusionMode = "count" | "row" | "delta";
export type ConfusionSort = "class" | "errors" | "delta";

/** A cell of the confusion matrix, as indices of classes. */
export interface Cell {
  readonly label: number;
  readonly predicted: number;
}

/** Filters chosen with the brush: shares of the x axis, below 0 in its lane for 0, and rows of the table, the last one not among them. */
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

/** How the tree is looked at. */
export interface TreeDisplay {
  /** What the enlarged panel shows. */
  readonly view: TreeView;
  /** Nodes to be compared, in the order in which they were marked: the first is the reference. */
  readonly marked: readonly number[];
  /** Nodes whose descendants are folded away. */
  readonly folded: readonly number[];
  /** The estimate that is drawn. */
  readonly estimate: number | null;
  /** Axes of the trade-off. */
  readonly x: Metric;
  readonly y: Metric;
  /** Magnification of the axis of nodes. */
  readonly zoom: number;
}

export const defaultTreeDisplay: TreeDisplay = {
  view: "tree",
  marked: [],
  folded: [],
  estimate: null,
  x: "parameters",
  y: "accuracy",
  zoom: 1,
};

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
  readonly brush: Brush | null;
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
  readonly tree: TreeDisplay;
  /** The enlarged panel. */
  readonly panel: PanelId | null;
}

export const defaultChoice: Choice = {
  experiment: null,
  node: null,
  layer: null,
  criterion: "taylor",
  size: "instability",
  agreement: false,
  plan: null,
  brush: null,
  sample: null,
  cell: null,
  changes: null,
  against: null,
  label: null,
  picked: null,
  filter: null,
  filterSort: "score",
  classes: null,
  confusionMode: "count",
  confusionSort: "class",
  tree: defaultTreeDisplay,
  panel: null,
};
