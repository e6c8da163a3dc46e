"""Computes which shares of a node's cost and scores a plan removes. `planning/shares.ts` on the page does the same."""

from collections.abc import Collection, Sequence

from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.plans import Cost, Shares
from cnnpruner.domain.plans.scores import Scores


def compute_shares(
    layers: Layers, units: Collection[int], sensitivity_scores: Scores | None, cost_before: Cost, cost_after: Cost
) -> Shares:
    """Return the shares of a node's cost, sensitivity and instability that a plan removes. units: ids of the removed
    units.

    sensitivity_scores: used even if the rule ranks by another criterion, so that plans with different rules can be
    compared.
    """
    return Shares(
        filters=_removed_share(cost_before.filters - cost_after.filters, cost_before.filters),
        sensitivity=_share_of_total_score(
            layers, units, sensitivity_scores, sensitivity_scores.score if sensitivity_scores else None
        ),
        instability=_share_of_total_score(
            layers, units, sensitivity_scores, sensitivity_scores.instability if sensitivity_scores else None
        ),
        parameters=_removed_share(cost_before.parameters - cost_after.parameters, cost_before.parameters),
        macs=_removed_share(cost_before.macs - cost_after.macs, cost_before.macs),
        size_bytes=_removed_share(cost_before.size_bytes - cost_after.size_bytes, cost_before.size_bytes),
    )


def _removed_share(removed: float, total: float) -> float:
    return removed / total if total else 0.0


def _share_of_total_score(
    layers: Layers, units: Collection[int], scores: Scores | None, values: Sequence[float | None] | None
) -> float | None:
    """Return the sum of `values` over the removed units, as a share of all free units; None without scores."""
    if scores is None or values is None:
        return None
    free, removed = {unit.id for unit in layers.units if unit.free}, set(units)
    scored_units = [
        (unit, value) for unit, value in zip(scores.unit, values, strict=True) if unit in free and value is not None
    ]
    removed_sum = sum(value for unit, value in scored_units if unit in removed)
    return min(1.0, _removed_share(removed_sum, sum(value for _, value in scored_units)))
