"""Average percentage of zeros, APoZ (Hu et al. 2016, Network Trimming, arXiv:1607.03250)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnpruner.planning.criteria.base import DataCriterion

if TYPE_CHECKING:
    from torch import Tensor


class Apoz(DataCriterion):
    """Percentage of zeros in what readers read of the unit, 0-100. High means silent: the low end is kept.

    Read after the ReLU and, where there is one, after pooling, which leaves fewer zeros than the paper's place between.
    """

    name = "apoz"
    title = "Percentage of zeros (APoZ)"
    short = "zeros (APoZ)"
    abbreviation = "zeros"
    help = "How often the filter's output is exactly zero where the next layer reads it, in percent. Low is kept."
    scale = "linear"
    order = 70
    keep = "low"
    unit = "%"
    needs = frozenset({"images"})
    over_places = "mean"

    def channel_values(self, inputs: Tensor, gradient: Tensor) -> Tensor:
        """Percentage of zeros over space, [N, C]."""
        return 100 * (inputs == 0).to(inputs.dtype).mean(2)
