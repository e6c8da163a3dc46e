"""Orders units by rank value: the unit's score, optionally adjusted by its price (the relative cost that its removal
saves) and ranked within a scope (the units that it is compared with). `planning/orders.ts` on the page does the same.
"""

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from cnnpruner.domain.plans.layers import Layer, Layers, Unit
from cnnpruner.domain.plans.orders import Price, PriceMetric, Scope, format_order
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.instability import compute_mean_ranks
from cnnpruner.planning.structure import find_interchangeable_units

FloatArray = NDArray[np.float64]

MIN_PRICE = 1e-6
"""Minimum price of a unit (the relative cost that its removal saves). It keeps rank values finite if the removal saves
nothing.
"""

_COST_FIELD_BY_METRIC = {"macs": "macs", "parameters": "parameters", "bytes": "size_bytes"}


def compute_rank_values(
    layers: Layers, scores: Scores, price: Price | None, scope: Scope, table: CostTable | None = None
) -> Scores:
    """Return the rank value of every unit, by which rules compare units (docs/methods.md). With the scope `network`,
    rank values are the scores, adjusted by the price. With `group` and `alike`, they are percentile ranks in (0, 1)
    among the units of one group, or of layers with the same kind, kernel, stride and width; units with high ranks are
    kept.

    scores: the criterion's scores, not yet adjusted by a price, in the order of `layers.units`. table: the cost table
    of `layers`; if None, it is built when it is needed.
    """
    if price is not None:
        scores = adjust_scores_by_price(layers, scores, price, table)
    if scope == "network":
        return scores
    sign = 1.0 if scores.keep == "high" else -1.0
    percentile_ranks = _percentile_ranks(layers, sign * _scores_to_array(scores.score), scope)
    return scores.model_copy(update={"score": _array_to_scores(percentile_ranks), "keep": "high"})


def reorder_within_layers(layers: Layers, scores: Scores, within: Scores) -> Scores:
    """Return reordered rank values, so that `scores` still decides how many units of each layer are removed, but
    `within` decides which ones.

    For each set of units that have filters in the same layers, the values of `scores` are reassigned in the order of
    `within`: the unit that ranks lowest in `within` gets the lowest value. Both arguments are in the order of
    `layers.units`. Sets that contain a unit without a score are left unchanged.
    """
    values, within_values = _signed_score_array(scores), _signed_score_array(within)
    position_by_id = {unit.id: position for position, unit in enumerate(layers.units)}
    reordered_values = values.copy()
    for unit_ids in find_interchangeable_units(layers):
        positions = np.array([position_by_id[unit_id] for unit_id in unit_ids])
        if not (np.isnan(values[positions]).any() or np.isnan(within_values[positions]).any()):
            order = positions[np.argsort(within_values[positions], kind="stable")]
            reordered_values[order] = np.sort(values[positions])
    sign = 1.0 if scores.keep == "high" else -1.0
    return scores.model_copy(update={"score": _array_to_scores(sign * reordered_values), "sensitivity": None})


def _signed_score_array(scores: Scores) -> FloatArray:
    """Return the scores of the U units, [U], negated if units with low scores are kept, so that high values are always
    kept.
    """
    values = _scores_to_array(scores.score)
    return values if scores.keep == "high" else -values


def adjust_scores_by_price(layers: Layers, scores: Scores, price: Price, table: CostTable | None = None) -> Scores:
    """Return the scores adjusted by the relative price p of each unit, raised to the price's exponent α.

    Let k be the score, negated if low scores are kept. The adjusted k is k / p^α for k ≥ 0 and k · p^α for k < 0. If k
    was negated, the result is negated back, so that it has the same orientation as the scores.
    """
    sign = 1.0 if scores.keep == "high" else -1.0
    prices = unit_prices(layers, table or CostTable(layers), price.metric)
    # both square roots are rounded exactly, so the page gets the same values
    factor = np.sqrt(prices) if price.exponent == 0.5 else prices**price.exponent
    signed_scores = sign * _scores_to_array(scores.score)
    values = np.where(signed_scores >= 0, signed_scores / factor, signed_scores * factor)
    criterion = format_order(scores.criterion, price)
    return scores.model_copy(
        update={"score": _array_to_scores(sign * values), "criterion": criterion, "sensitivity": None}
    )


def unit_prices(layers: Layers, table: CostTable, metric: PriceMetric) -> FloatArray:
    """Return the relative price of each of the U units, [U] in the order of `layers.units`: the cost saved by removing
    the unit, divided by the mean saving over the free (removable) units, but at least `MIN_PRICE`. All prices are 1 if
    the mean is 0.
    """
    field = _COST_FIELD_BY_METRIC[metric]
    savings = np.array([getattr(saving, field) for saving in table.savings()], dtype=np.int64)
    free = np.array([unit.free for unit in layers.units], dtype=np.bool_)
    total = int(savings[free].sum())
    if total <= 0:
        return np.ones(len(savings))
    return np.maximum(savings / (total / int(free.sum())), MIN_PRICE)


def _percentile_ranks(layers: Layers, values: FloatArray, scope: Scope) -> FloatArray:
    """Return the relative rank of each free (removable) unit that has a value: (rank - 1/2) / m among the m units in
    its scope. Tied units get their mean rank; frozen units and units without a value get nan. values: [U], oriented so
    that high ones are kept.
    """
    scope_keys: Sequence[Hashable] = (
        [unit.group for unit in layers.units] if scope == "group" else _unit_similarity_keys(layers)
    )
    positions_by_scope_key: dict[Hashable, list[int]] = {}
    for position, (unit, scope_key) in enumerate(zip(layers.units, scope_keys, strict=True)):
        if unit.free and not np.isnan(values[position]):
            positions_by_scope_key.setdefault(scope_key, []).append(position)
    percentile_ranks = np.full(len(values), np.nan)
    for positions in positions_by_scope_key.values():
        percentile_ranks[positions] = (compute_mean_ranks(values[positions]) - 0.5) / len(positions)
    return percentile_ranks


def _unit_similarity_keys(layers: Layers) -> list[Hashable]:
    """Return a key for each unit; units with the same key are ranked against each other in the scope `alike`. The key
    says how many of the unit's filters are in layers of each kind, kernel size, stride and current width.
    """
    keys = _layer_similarity_keys(layers)
    return [_unit_similarity_key(unit, keys) for unit in layers.units]


def _unit_similarity_key(unit: Unit, layer_keys: Sequence[str]) -> Hashable:
    counts = Counter(layer_keys[layer] for layer, _ in unit.members)
    return tuple(sorted(counts.items()))


def _layer_similarity_keys(layers: Layers) -> list[str]:
    kernels: dict[int, list[int]] = {}
    for tensor in layers.tensors:
        if tensor.parameter and tensor.layer is not None and len(tensor.shape) >= 2:
            kernels.setdefault(tensor.layer, tensor.shape[2:])
    return [_layer_similarity_key(layer, kernels.get(layer.index, [])) for layer in layers.layers]


def _layer_similarity_key(layer: Layer, kernel: Sequence[int]) -> str:
    return f"{layer.kind} {kernel} {layer.stride} {layer.filters}"


def _scores_to_array(scores: Sequence[float | None]) -> FloatArray:
    return np.array([np.nan if score is None else score for score in scores], dtype=np.float64)


def _array_to_scores(values: FloatArray) -> list[float | None]:
    return [None if np.isnan(value) else value for value in values.tolist()]
