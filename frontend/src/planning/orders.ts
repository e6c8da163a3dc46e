/**
 * Ranks units by their score or a value derived from it: the score divided by a price (how much the unit costs), or a
 * relative rank among comparable units. Counterpart of the server's `planning/orders.py`.
 */
import type { Plan, Scores } from "../api/values";
import type { CostTable } from "./cost";
import { buildRanking, type Ranking, type RankingInput } from "./greedy";
import type { Layers, Structure } from "./structure";

/**
 * The units against which a unit is ranked: all units (`network`), the units of its group (`group`), or the units in
 * layers of the same kind, kernel, stride and width (`alike`).
 */
export type Scope = NonNullable<Extract<Plan["rule"], { rule: "percent" }>["scope"]>;
export type PriceMetric = "macs" | "parameters" | "bytes";

/**
 * What a unit's score is divided by: how much of `metric` removing the unit saves, relative to the mean over the
 * removable units, raised to the power `exponent` (0–1).
 */
export interface Price {
  readonly metric: PriceMetric;
  readonly exponent: number;
}

/**
 * How units are ranked: by which criterion (with its options and, optionally, a price) and against which other units
 * (the scope).
 */
export interface Order {
  readonly criterion: string;
  readonly scope: Scope;
  /**
   * Criterion that decides which units of a layer are removed; `criterion` then decides only how many. Null if
   * `criterion` decides both.
   */
  readonly within: string | null;
}

/** The order that the page uses unless the user chooses another; the same as in `domain/plans/orders.py`. */
export const DEFAULT_ORDER: Order = { criterion: "loss_change/macs^0.5", scope: "network", within: null };
/** Smallest share of each layer's filters that a rule keeps unless the user chooses another share. */
export const DEFAULT_FLOOR = 0.1;
/** The order of the CNNPruner paper: all units of the network are ranked together by sensitivity. */
export const PAPER_ORDER: Order = { criterion: "taylor", scope: "network", within: null };

export const isSameOrder = (a: Order, b: Order): boolean =>
  a.criterion === b.criterion && a.scope === b.scope && a.within === b.within;

/** Lower limit of prices, so that the score of a unit that saves nothing is not divided by zero. */
const MIN_PRICE = 1e-6;
const COST_FIELD_BY_METRIC = { macs: "macs", parameters: "parameters", bytes: "size_bytes" } as const;

/**
 * Splits a spec such as `loss_change/macs^0.5` into the criterion with its options and the price (the part after the
 * slash). The price is null if it is missing or invalid.
 */
export function parseCriterionAndPrice(spec: string): { readonly criterion: string; readonly price: Price | null } {
  const [, criterion = spec, metric, exponent] = /^([^/]*)\/(macs|parameters|bytes)\^([\d.]+)$/.exec(spec) ?? [];
  const parsedExponent = Number(exponent);
  const isPriceValid = metric !== undefined && parsedExponent > 0 && parsedExponent <= 1;
  return { criterion, price: isPriceValid ? { metric: metric as PriceMetric, exponent: parsedExponent } : null };
}

/** Appends a price to a criterion, as in `loss_change/macs^0.5`; the inverse of `parseCriterionAndPrice`. */
export const appendPrice = (criterion: string, price: Price | null): string =>
  price && price.exponent > 0 ? `${criterion}/${price.metric}^${price.exponent}` : criterion;

/**
 * Converts a ranking by raw scores to a ranking by the given order. If the order has a price, the scores are divided by
 * it. In the scopes `group` and `alike`, `score` becomes a relative rank in (0, 1), and units with high ranks are kept.
 */
export function orderRanking(
  { structure, costs }: { readonly structure: Structure; readonly costs: CostTable },
  ranking: Ranking,
  { criterion, scope }: Pick<Order, "criterion" | "scope">,
): Ranking {
  const { price } = parseCriterionAndPrice(criterion);
  if (!price && scope === "network") return ranking;
  const priceAdjustedScore = price
    ? adjustScoresByPrice(ranking, unitPrices(costs, price.metric), price.exponent)
    : ranking.score;
  const priceAdjustedValues: RankingInput = { ...ranking, criterion, score: priceAdjustedScore };
  if (scope === "network") return buildRanking(structure, priceAdjustedValues);
  const sign = ranking.keep === "high" ? 1 : -1;
  const values = priceAdjustedScore.map((value) => sign * value);
  return buildRanking(structure, {
    ...priceAdjustedValues,
    keep: "high",
    score: computePercentileRanks(structure, values, scope),
  });
}

/**
 * Returns a ranking in which `ranking` decides how many units of each layer are removed, and `within` decides which
 * ones. It does so by reassigning scores among units that have filters in the same layers, in the order of `within`; if
 * any of these units has no score, all of them keep theirs.
 */
export function reorderWithinLayers(structure: Structure, ranking: Ranking, within: Ranking): Ranking {
  const score = ranking.score.slice();
  for (const units of groupUnitsBySharedLayers(structure)) {
    if (units.some((u) => Number.isNaN(ranking.score[u]!) || Number.isNaN(within.score[u]!))) continue;
    const values = units.map((u) => ranking.signedScores[u]!).sort((a, b) => a - b);
    const order = [...units].sort((a, b) => within.signedScores[a]! - within.signedScores[b]!); // stable, as on the server
    order.forEach((u, i) => (score[u] = ranking.keep === "high" ? values[i]! : -values[i]!));
  }
  return buildRanking(structure, { ...ranking, score });
}

/** Divides the free (removable) units into sets; units in the same set have equally many filters in each layer. */
function groupUnitsBySharedLayers({ source, freeUnitFlags }: Structure): readonly (readonly number[])[] {
  const sets = new Map<string, number[]>();
  source.units.forEach(({ members }, u) => {
    if (!freeUnitFlags[u]) return;
    const key = members
      .map(([layer]) => layer)
      .sort((a, b) => a - b)
      .join();
    const units = sets.get(key);
    if (units) units.push(u);
    else sets.set(key, [u]);
  });
  return [...sets.values()];
}

function adjustScoresByPrice(
  { score, keep }: Pick<Scores, "keep"> & { score: Float64Array },
  prices: Float64Array,
  exponent: number,
) {
  const sign = keep === "high" ? 1 : -1;
  return score.map((value, u) => {
    // both square roots are rounded exactly, so the server gets the same values
    const factor = exponent === 0.5 ? Math.sqrt(prices[u]!) : prices[u]! ** exponent;
    const signedScore = sign * value;
    return sign * (signedScore >= 0 ? signedScore / factor : signedScore * factor);
  });
}

const pricesByCostTable = new WeakMap<CostTable, Partial<Record<PriceMetric, Float64Array>>>();

/**
 * Returns the price of every unit: how much of `metric` removing only that unit saves, divided by the mean over all
 * free (removable) units. All prices are 1 if no free unit saves anything. They are computed once per node.
 */
export function unitPrices(costs: CostTable, metric: PriceMetric): Float64Array {
  const cachedPrices = pricesByCostTable.get(costs) ?? {};
  pricesByCostTable.set(costs, cachedPrices);
  return (cachedPrices[metric] ??= computePrices(costs, metric));
}

function computePrices(costs: CostTable, metric: PriceMetric): Float64Array {
  const savings = Float64Array.from(costs.savings(), (saving) => saving[COST_FIELD_BY_METRIC[metric]]);
  const freeUnitSavings = savings.filter((_, u) => costs.structure.freeUnitFlags[u]);
  const total = freeUnitSavings.reduce((sum, saving) => sum + saving, 0);
  if (total <= 0) return savings.fill(1);
  const mean = total / freeUnitSavings.length;
  return savings.map((saving) => Math.max(saving / mean, MIN_PRICE));
}

/**
 * Returns the relative rank of each unit: (rank − ½) / m, where m is the number of units that it is ranked against,
 * itself included. Units with equal values share their mean rank. Units that cannot be removed or have no value get
 * NaN.
 */
function computePercentileRanks(
  structure: Structure,
  values: Float64Array,
  scope: Exclude<Scope, "network">,
): Float64Array {
  const scopeKeys = scope === "group" ? Array.from(structure.group, String) : unitSimilarityKeys(structure.source);
  const positionsByScopeKey = new Map<string, number[]>();
  for (let u = 0; u < structure.unitCount; u++) {
    if (!structure.freeUnitFlags[u] || Number.isNaN(values[u]!)) continue;
    const positionsInScope = positionsByScopeKey.get(scopeKeys[u]!);
    if (positionsInScope) positionsInScope.push(u);
    else positionsByScopeKey.set(scopeKeys[u]!, [u]);
  }
  const percentileRanks = new Float64Array(structure.unitCount).fill(NaN);
  for (const units of positionsByScopeKey.values()) fillPercentileRanks(percentileRanks, units, values);
  return percentileRanks;
}

function fillPercentileRanks(percentileRanks: Float64Array, units: number[], values: Float64Array): void {
  units.sort((a, b) => values[a]! - values[b]!);
  for (let start = 0; start < units.length;) {
    let end = start + 1;
    while (end < units.length && values[units[end]!] === values[units[start]!]) end++;
    const meanRank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) percentileRanks[units[i]!] = (meanRank - 0.5) / units.length;
    start = end;
  }
}

/**
 * Returns, for each unit, a key made of the kind, kernel, stride and current width of the layers that contain its
 * filters. In the scope `alike`, units are ranked against those with the same key.
 */
function unitSimilarityKeys(source: Layers): string[] {
  const kernels = new Map<number, string>();
  for (const { parameter, layer, shape } of source.tensors)
    if (parameter && layer !== null && shape.length >= 2 && !kernels.has(layer))
      kernels.set(layer, shape.slice(2).join("×"));
  const layerSimilarityKeys = source.layers.map(
    ({ index, kind, stride, filters }) => `${kind} ${kernels.get(index) ?? ""} ${stride?.join("×") ?? ""} ${filters}`,
  );
  return source.units.map(({ members }) =>
    members
      .map(([layer]) => layerSimilarityKeys[layer]!)
      .sort()
      .join("; "),
  );
}
