"""Average percentage of zeros, APoZ (Hu et al. 2016, Network Trimming, arXiv:1607.03250)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnpruner.planning.criteria.base import DataCriterion

if TYPE_CHECKING:
    from torch import Tensor


class Apoz(DataCriterion):
    """Percentage, 0-100, of zeros in the unit's output, measured at the inputs of the following layers. High values
    mean that the unit is inactive, so units with low values are kept. Zeros are counted after the ReLU and any pooling;
    the paper counts them before pooling, which gives higher values.
    """

    name = "apoz"
    title = "Percentage of zeros (APoZ)"
    short = "zeros (APoZ)"
    abbreviation = "zeros"
    help = (
        "The percentage of the filter's output values that are exactly zero, measured at the input of the next layer. "
        "Filters with low values are kept."
    )
    scale = "linear"
    order = 70
    keep = "low"
    unit = "%"
    needs = frozenset({"images"})
    over_places = "mean"

    def channel_values(self, inputs: Tensor, gradient: Tensor) -> Tensor:
        """Return the percentage of spatial positions at which an input channel is zero, [N, C]."""
        return 100 * (inputs == 0).to(inputs.dtype).mean(2)
