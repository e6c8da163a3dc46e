"""L2 norm of a filter's weights (He et al. 2018, arXiv:1808.06866)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnpruner.planning.criteria.base import FilterCriterion

if TYPE_CHECKING:
    from torch import Tensor


class L2(FilterCriterion):
    """√Σ w² over the weights of a filter. It grows with the filter's size, as the L1 norm does, but more slowly."""

    name = "l2"
    title = "L2 norm of weights"
    short = "L2 norm"
    abbreviation = "L2"
    help = "How large the filter's weights are: the square root of the sum of their squares."
    order = 40
    keep = "high"

    def filter_values(self, weight: Tensor) -> Tensor:
        """Return √Σ w² for each filter, [F]."""
        return weight.square().sum(1).sqrt()
