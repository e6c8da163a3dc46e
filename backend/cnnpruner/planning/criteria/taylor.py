"""First-order Taylor criterion at the readers (Molchanov et al. 2017, arXiv:1611.06440)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from cnnpruner.planning.criteria.base import DataCriterion, Floats, divide_by_group_norm

if TYPE_CHECKING:
    from torch import Tensor


class Taylor(DataCriterion):
    """First-order change of an image's cross-entropy when a unit is zeroed in the input of its readers.

    a(n, u) = |Σ over readers, positions and space of x · ∂ℓ(n)/∂x|, averaged over the batch's images and divided by the
    L2 norm of the free units of the unit's group. In [0, 1] for free units; typically 1/√m in a group of m units.
    """

    name = "taylor"
    title = "Taylor sensitivity, first order (Molchanov et al. 2017)"
    short = "sensitivity"
    abbreviation = "sens"
    help = "How much the loss would change, to first order, if the next layers read zeros from the filter."
    order = 10
    keep: ClassVar[Literal["high", "low"]] = "high"
    needs = frozenset({"images", "labels"})

    def channel_values(self, inputs: Tensor, gradient: Tensor) -> Tensor:
        """Σ over space of x · ∂ℓ/∂x, [N, C]."""
        return (inputs * gradient).sum(2)

    def unit_values(self, sums: Tensor) -> Tensor:
        """Mean over the images of |sum|, [U]."""
        return sums.abs().mean(0)

    def compare(self, values: Floats, group: NDArray[np.intp], free: NDArray[np.bool_]) -> Floats:
        """Divide by the L2 norm of the group's free units."""
        return divide_by_group_norm(values, group, free)
