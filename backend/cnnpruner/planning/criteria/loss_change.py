"""First-order estimate of the loss change if a unit is removed, comparable across the whole network (Molchanov et al.
2017).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnnpruner.planning.criteria.base import FloatArray
from cnnpruner.planning.criteria.taylor import Taylor


class LossChange(Taylor):
    """How much an image's cross-entropy changes, to first order, if the layers that read the unit read zeros in its
    place: the mean of a(n, u) over images and batches, in nats per image. See `Taylor` for a(n, u).

    Unlike the sensitivity, the mean is not divided by the norm of the group, so that units of all groups are compared
    by what the network would lose.
    """

    name = "loss_change"
    title = "Loss change, first order (Molchanov et al. 2017)"
    short = "loss change"
    abbreviation = "loss"
    help = (
        "How much the loss on an image would change, to first order, if the next layers received zeros instead of the "
        "filter's output. Scores are comparable across all layers."
    )
    order = 15
    unit = "nats per image"

    def compare(self, values: FloatArray, group: NDArray[np.intp], free: NDArray[np.bool_]) -> FloatArray:
        """Return `values` [U] unchanged, because they are comparable between groups: all are in nats per image."""
        return values
