"""L1 norm of a filter's weights (Li et al. 2017, arXiv:1608.08710)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnpruner.engine.criteria.base import FilterCriterion

if TYPE_CHECKING:
    from torch import Tensor


class L1(FilterCriterion):
    """Σ |w| over a filter. Grows with the filter's size, so that layers of different shape are not comparable."""

    name = "l1"
    title = "L1 norm of weights"
    help = "How large the filter's weights are: the sum of their absolute values. Larger filters have larger sums."
    keep = "high"

    def filter_values(self, weight: Tensor) -> Tensor:
        """Σ |w|, [F]."""
        return weight.abs().sum(1)
