"""Mean activation (Molchanov et al. 2017, arXiv:1611.06440, section 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnpruner.planning.criteria.base import DataCriterion

if TYPE_CHECKING:
    from torch import Tensor


class ActivationMean(DataCriterion):
    """Mean of the unit's output at the inputs of the following layers (usually after ReLU and pooling), over images,
    spatial positions and places.

    A place is an input channel through which a following layer reads the unit; see `DataCriterion.over_places`.
    """

    name = "activation_mean"
    title = "Mean activation"
    short = "mean activation"
    abbreviation = "mean"
    help = "The mean of the filter's output, measured at the input of the next layer."
    order = 60
    keep = "high"
    needs = frozenset({"images"})
    over_places = "mean"

    def channel_values(self, inputs: Tensor, gradient: Tensor) -> Tensor:
        """Return the mean of each input channel over spatial positions, [N, C]."""
        return inputs.mean(2)
