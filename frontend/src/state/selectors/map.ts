/** Selectors of the map of samples: points, marks, chosen samples. */
import type { Embedding, Job, Node, Sample } from "../../api/values";
import { memo } from "../memo";
import { computeExtent, type Extent, type LayoutFrame } from "../frames";
import { activeJobs, chosenNode } from "./select";
import type { SampleChange, Choice } from "../choice";
import type { State } from "../state";

export const comparedSamplesKey = (node: number, against: number | null): string => `${node}:${against ?? "parent"}`;
export const sampleViewKey = (node: number, against: number | null, sample: number): string =>
  `${comparedSamplesKey(node, against)}:${sample}`;

/** Key of the request that starts the layout of a node automatically. */
export const layoutKey = (node: number): string => `layout:${node}`;

/** Points of the map of samples, as parallel arrays with one entry per point. */
export interface SamplePoints {
  readonly sample: Int32Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly extent: Extent;
  /** Number of finished iterations, and total number of iterations; null if the layout is finished. */
  readonly iterations: readonly [number, number] | null;
}

/**
 * The node with which samples are compared: the node that the user has chosen for this (`against`) if it is ready, else
 * the parent; null for the root.
 */
export function comparedNode(state: State): Node | null {
  const node = chosenNode(state);
  const nodeToCompare = state.server.nodes[state.choice.against ?? -1];
  const isComparable =
    nodeToCompare?.state === "ready" &&
    nodeToCompare.id !== node?.id &&
    nodeToCompare.experiment_id === node?.experiment_id;
  return isComparable ? nodeToCompare : (state.server.nodes[node?.parent_id ?? -1] ?? null);
}

/** Value of the request parameter `against`: the id of the node to compare with; null for the parent. */
export function comparedNodeParameter(state: State): number | null {
  const compared = comparedNode(state);
  return compared && compared.id !== chosenNode(state)?.parent_id ? compared.id : null;
}

/** All samples of the chosen node; null until they have arrived. */
export function comparedSamples(state: State): readonly Sample[] | null {
  const { node } = state.choice;
  return node === null
    ? null
    : (state.server.comparedSamples[comparedSamplesKey(node, comparedNodeParameter(state))]?.items ?? null);
}

export function shownChanges(state: State): readonly SampleChange[] {
  return state.choice.changes ?? (comparedNode(state) ? ["degraded", "improved"] : ["wrong"]);
}

export function layoutJob(state: State): Job | null {
  return activeJobs(state).find((job) => job.kind === "embedding" && job.node_id === state.choice.node) ?? null;
}

export function mapPoints(state: State): SamplePoints | null {
  const embedding = state.server.embeddings[state.choice.node ?? -1];
  if (embedding) return layoutPoints(embedding);
  const frame = state.server.frames[state.choice.node ?? -1];
  const isLayoutShown = layoutJob(state) !== null || chosenNode(state)?.laid_out; // the last frame stays until the layout has arrived
  return frame && isLayoutShown ? framePoints(frame) : null;
}

const layoutPoints = memo(
  (embedding: Embedding): SamplePoints => ({
    ...toTypedArrays(embedding),
    extent: computeExtent(embedding),
    iterations: null,
  }),
  4,
);
const framePoints = memo(({ frame, extent }: LayoutFrame): SamplePoints => ({
  ...toTypedArrays(frame),
  extent,
  iterations: [frame.iteration, frame.iterations],
}));

const toTypedArrays = ({ sample, x, y }: Pick<Embedding, "sample" | "x" | "y">) => ({
  sample: Int32Array.from(sample),
  x: Float32Array.from(x),
  y: Float32Array.from(y),
});

const samplesByNumber = memo(
  (samples: readonly Sample[]) => new Map(samples.map((sample) => [sample.sample, sample])),
  4,
);

/**
 * Returns the sample with this number, including the prediction by the node with which the chosen node is compared;
 * null if there is no such sample.
 */
export function findSample(state: State, sample: number | null): Sample | null {
  const samples = comparedSamples(state);
  return samples && sample !== null ? (samplesByNumber(samples).get(sample) ?? null) : null;
}

const isMisclassified = ({ label, predicted }: Sample): boolean => label !== predicted;

/** Returns the mark with which the map shows a sample; null if none of the shown kinds of marks applies to it. */
export function sampleMark(sample: Sample, changes: readonly SampleChange[]): SampleChange | null {
  if (sample.change !== "same" && changes.includes(sample.change)) return sample.change;
  return changes.includes("wrong") && isMisclassified(sample) ? "wrong" : null;
}

export function countChanges(samples: readonly Sample[]): Record<SampleChange, number> {
  const counts = { degraded: 0, improved: 0, wrong: 0 };
  for (const sample of samples) {
    if (sample.change !== "same") counts[sample.change]++;
    if (isMisclassified(sample)) counts.wrong++;
  }
  return counts;
}

/** Returns a function that tests whether a sample is chosen; null if no samples are chosen. */
export function createChosenSamplePredicate({
  cell,
  label,
  pickedSamples: pickedSamples,
}: Choice): ((sample: Sample) => boolean) | null {
  if (cell) return (sample) => sample.label === cell.label && sample.predicted === cell.predicted;
  if (label !== null) return (sample) => sample.label === label;
  if (!pickedSamples) return null;
  const numbers = new Set(pickedSamples);
  return ({ sample }) => numbers.has(sample);
}

/**
 * Number of chosen samples in each cell of the confusion matrix, by "label-predicted"; null if no samples are chosen,
 * or if a single cell is chosen.
 */
export function countChosenSamplesByCell(state: State): ReadonlyMap<string, number> | null {
  const samples = comparedSamples(state);
  const { cell, label, pickedSamples: pickedSamples } = state.choice;
  return samples && !cell && (label !== null || pickedSamples)
    ? cachedCountsByCell(samples, label, pickedSamples)
    : null;
}

const cachedCountsByCell = memo(
  (samples: readonly Sample[], label: Choice["label"], pickedSamples: Choice["pickedSamples"]) => {
    const isSampleChosen = createChosenSamplePredicate({ cell: null, label, pickedSamples: pickedSamples } as Choice)!;
    const counts = new Map<string, number>();
    for (const sample of samples.filter(isSampleChosen)) {
      const key = `${sample.label}-${sample.predicted}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  },
);

/** Samples shown in lists: the chosen ones or, if there are none, the marked ones. */
export function listedSamples(state: State): readonly Sample[] {
  const samples = comparedSamples(state) ?? [];
  const { cell, label, pickedSamples: pickedSamples } = state.choice;
  return filterListedSamples(samples, shownChanges(state).join(), cell, label, pickedSamples);
}

const filterListedSamples = memo(
  (
    samples: readonly Sample[],
    changes: string,
    cell: Choice["cell"],
    label: Choice["label"],
    pickedSamples: Choice["pickedSamples"],
  ) => {
    const isChosen = createChosenSamplePredicate({ cell, label, pickedSamples: pickedSamples } as Choice);
    const shownMarks = changes.split(",") as SampleChange[];
    return samples.filter(isChosen ?? ((sample) => sampleMark(sample, shownMarks) !== null));
  },
);
