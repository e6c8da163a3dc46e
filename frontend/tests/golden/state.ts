/** The State of all golden drawings: a tree of six nodes, the root chosen, half of its filters removed by a draft. */
import { type Rule } from "../../src/planning/rules";
import { withChoice, withServer } from "../../src/state/changes/patches";
import type { Agreement, Plan, Preview, Samples, Scores } from "../../src/api/values";
import type { State } from "../../src/state/state";
import { BUILT_IN } from "../fixtures/criteria";
import { networkScores, networkState } from "../fixtures/network";
import { embedding, means } from "../fixtures/samples";
import { confusion, makeEpoch, makeNode, makeSample } from "../fixtures/values";
import { paperRule } from "../fixtures/rules";

const cost = (share: number) => ({
  parameters: Math.round(2_500 * share),
  macs: Math.round(96_000 * share),
  size_bytes: Math.round(12_000 * share),
  compression: 1 - share,
});

const nodes = [
  makeNode(0, null, { ...cost(1), epochs: 60, starred: true }),
  makeNode(1, 0, { ...cost(0.5), accuracy: 0.9722 }),
  makeNode(2, 1, { ...cost(0.3), accuracy: 0.925, accuracy_interval: { low: 0.89, high: 0.95 }, recovered: false }),
  makeNode(3, 0, {
    ...cost(0.5),
    accuracy: 0.9306,
    origin: "control",
    control: { kind: "random", seed: 0, reference_id: 11 },
  }),
  makeNode(4, 0, { ...cost(0.6), accuracy: 0.9833, note: "widths of 8" }),
  makeNode(5, 4, {
    ...cost(0.4),
    state: "running",
    accuracy: null,
    accuracy_interval: null,
    accuracy_low: null,
    accuracy_high: null,
    loss_first: null,
    loss_last: null,
    recovered: null,
    epochs: 0,
  }),
];

const accuracy = (correct: number, low: number, high: number): Preview["raw"] => ({
  accuracy: correct / 360,
  correct,
  images: 360,
  interval: { low, high },
});

const preview: Preview = {
  plan_id: 1,
  removed_filters: 20,
  revision: 1,
  before: accuracy(351, 0.953, 0.987),
  raw: accuracy(212, 0.537, 0.638),
  recalibrated: accuracy(318, 0.846, 0.914),
  reconstructed: accuracy(341, 0.918, 0.966),
  reconstruction: { fitted: 5, layers: 5, unfitted: [], images: 1077, places: 8 },
  has_batch_norm: true,
  worst: { label: 1, accuracy_before: 0.98, accuracy_after: 0.9, flipped: [3, 9] },
  broken_limits: [],
  seconds: 1,
};

const plan = {
  version: 1,
  id: 1,
  name: "A",
  node_id: 10,
  state: "draft",
  revision: 1,
  rule: { ...paperRule, percent: 50 } as Rule,
  reached: 20,
  units: [],
  filters: {},
  shares: { filters: 0.5, sensitivity: 0.21, instability: 0.62, parameters: 0.71, macs: 0.55, size_bytes: 0.7 },
  cost: { filters: 20, parameters: 1250, macs: 48_000, size_bytes: 6000 },
  notes: [],
  note: "",
  child_id: null,
  preview,
} as unknown as Plan;

/** Points on a spiral, by class; some samples are marked. */
const SAMPLES = Array.from({ length: 60 }, (_, sample) => sample);
const layout = embedding(
  11,
  SAMPLES,
  SAMPLES.map(
    (sample) => (1 + (sample % 20)) * Math.cos((sample % 20) / 3 + (2 * Math.PI * Math.floor(sample / 20)) / 3),
  ),
  SAMPLES.map(
    (sample) => (1 + (sample % 20)) * Math.sin((sample % 20) / 3 + (2 * Math.PI * Math.floor(sample / 20)) / 3),
  ),
);
const compared = {
  items: SAMPLES.map((sample) =>
    makeSample(sample, {
      label: Math.floor(sample / 20),
      predicted: sample % 9 === 0 ? 1 : Math.floor(sample / 20),
      change: sample % 9 === 0 ? "degraded" : sample % 14 === 0 ? "improved" : "same",
    }),
  ),
} as unknown as Samples;

const CRITERIA = ["taylor", "instability", "l1"];
const taylor = networkScores("vgg");
const units = taylor.unit.filter((_, unit) => taylor.free[unit]);
const agreement: Agreement = {
  node_id: 10,
  criteria: CRITERIA,
  unit: units,
  correlation: [
    [1, -0.254, 0.81],
    [-0.254, 1, null],
    [0.81, null, 1],
  ],
  units: CRITERIA.map(() => CRITERIA.map(() => units.length)),
  ranks: CRITERIA.map((_, row) => units.map((__, unit) => ((unit * (row + 1)) % units.length) + 1)),
  skipped: {},
};

const LAYER = "features.0.0";
/** A black and a white pixel. */
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAC0lEQVR42mNg+A8AAQIBAKaL3rYAAAAASUVORK5CYII=";
const maps = means([0, 1, 2, 3, 4, 5, 6, 7], (number) => number / 10);

const instability: Scores = { ...taylor, criterion: "instability", keep: "low", score: taylor.instability ?? [] };

const start = networkState("vgg", [plan]);
const loaded = withServer(start, {
  nodes: Object.fromEntries(nodes.map((node) => [node.id, node])),
  scores: { "10:taylor": taylor, "10:instability": instability },
  epochs: { 15: [makeEpoch(0, 0.4, 1.7), makeEpoch(1, 0.8, 0.6), makeEpoch(2, 0.88, 0.3)] },
  criteria: BUILT_IN.filter(({ name }) => CRITERIA.includes(name)),
  agreements: { [`10:${CRITERIA.join(" ")}`]: agreement },
  confusion: { 10: { ...confusion, parent_counts: null }, 11: { ...confusion, node_id: 11 } },
  embeddings: { 11: layout },
  comparedSamples: { "11:parent": compared },
  layerFilters: {
    [`10:${LAYER}`]: {
      ...maps,
      items: maps.items.map((item) => ({ ...item, map: PNG, map_high: item.number === 3 ? 0 : 1 })),
    },
  },
});

export const goldenState: State = withChoice(loaded, { layer: LAYER, filter: 4 });
