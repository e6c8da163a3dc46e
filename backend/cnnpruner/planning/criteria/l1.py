"""L1 norm of a filter's weights (Li et al. 2017, arXiv:1608.08710)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnpruner.domain.plans.criteria import BooleanOption
from cnnpruner.planning.criteria.base import FilterCriterion

if TYPE_CHECKING:
    from torch import Tensor


class L1(FilterCriterion):
    """Σ |w| over the weights of a filter. It grows with the filter's size; to compare layers of different shapes, set
    the option `per_weight`, which takes the mean instead.
    """

    name = "l1"
    title = "L1 norm of weights"
    short = "L1 norm"
    abbreviation = "L1"
    help = "How large the filter's weights are: the sum of their absolute values. Larger filters have larger sums."
    order = 30
    keep = "high"
    options = (
        BooleanOption(
            name="per_weight",
            title="Mean per weight",
            help="Use the mean instead of the sum, so that filters of different sizes can be compared.",
            default=False,
        ),
    )

    def filter_values(self, weight: Tensor) -> Tensor:
        """Return Σ |w| for each filter, [F], or, with the option `per_weight`, the mean of |w|."""
        return weight.abs().mean(1) if self.settings["per_weight"] else weight.abs().sum(1)
