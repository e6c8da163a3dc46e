"""First-order Taylor criterion, computed at the inputs of the layers that read a unit (Molchanov et al. 2017,
arXiv:1611.06440).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from cnnpruner.planning.criteria.base import DataCriterion, FloatArray, divide_by_group_norm

if TYPE_CHECKING:
    from torch import Tensor


class Taylor(DataCriterion):
    """How much an image's cross-entropy changes, to first order, if the layers that read the unit read zeros in its
    place. For image n and unit u, a(n, u) = |Σ x · ∂ℓ(n)/∂x|, where the sum is over these layers, their input channels
    for the unit, and spatial positions. The score is the mean of a(n, u) over a batch's images, divided by the L2 norm
    of these means over all free (removable) units of the group. Scores of free units are in [0, 1], and typically 1/√m
    in a group of m units.
    """

    name = "taylor"
    title = "Taylor sensitivity, first order (Molchanov et al. 2017)"
    short = "sensitivity"
    abbreviation = "sens"
    help = (
        "How much the loss would change, to first order, if the next layers received zeros instead of the filter's "
        "output."
    )
    order = 10
    keep: ClassVar[Literal["high", "low"]] = "high"
    needs = frozenset({"images", "labels"})

    def channel_values(self, inputs: Tensor, gradient: Tensor) -> Tensor:
        """Return x · ∂ℓ/∂x of each input channel, summed over spatial positions, [N, C]."""
        return (inputs * gradient).sum(2)

    def unit_values(self, sums: Tensor) -> Tensor:
        """Return the mean of |`sums`| over the images of the batch, [U]."""
        return sums.abs().mean(0)

    def compare(self, values: FloatArray, group: NDArray[np.intp], free: NDArray[np.bool_]) -> FloatArray:
        """Divide each value by the L2 norm of the values of all free (removable) units in the same group."""
        return divide_by_group_norm(values, group, free)
