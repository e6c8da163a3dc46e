"""Distance to the other filters of the layer: pruning by geometric median (He et al. 2019, arXiv:1811.00250)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnpruner.engine.criteria.base import FilterCriterion

if TYPE_CHECKING:
    from torch import Tensor


class Fpgm(FilterCriterion):
    """Σ over the layer's other filters v of ‖w − v‖₂. The least is nearest to the geometric median: replaceable."""

    name = "fpgm"
    title = "Distance to other filters (FPGM)"
    help = "How unlike the other filters of its layer a filter is: the sum of its Euclidean distances to them."
    keep = "high"

    def filter_values(self, weight: Tensor) -> Tensor:
        """Σ ‖w − v‖₂, [F]."""
        from torch import cdist  # late: the server process lists criteria without torch

        return cdist(weight, weight).fill_diagonal_(0).sum(1)
