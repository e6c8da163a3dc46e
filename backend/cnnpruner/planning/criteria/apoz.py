"""Average percentage of zeros, APoZ (Hu et al. 2016, Network Trimming, arXiv:1607.03250)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnpruner.planning.criteria.base import DataCriterion

if TYPE_CHECKING:
    from torch import Tensor


class Apoz(DataCriterion):
    """Percentage, 0-100, of zeros among the values that readers read. High means inactive, so units with low values are
    kept. Measured after the ReLU and any pooling; the paper measures before pooling, which gives more zeros.
    """

    name = "apoz"
    title = "Percentage of zeros (APoZ)"
    short = "zeros (APoZ)"
    abbreviation = "zeros"
    help = (
        "How often the filter's output, as the next layer reads it, is exactly zero, in percent. Filters with low "
        "values are kept."
    )
    scale = "linear"
    order = 70
    keep = "low"
    unit = "%"
    needs = frozenset({"images"})
    over_places = "mean"

    def channel_values(self, inputs: Tensor, gradient: Tensor) -> Tensor:
        """Return the percentage of positions that are zero, [N, C]."""
        return 100 * (inputs == 0).to(inputs.dtype).mean(2)
