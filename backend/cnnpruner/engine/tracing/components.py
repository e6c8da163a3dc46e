"""Connected components of a graph given as pairs (numpy; label propagation with pointer jumping)."""

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]


def connect(count: int, one: Ids, other: Ids) -> Ids:
    """[count] the smallest member of each element's component; `one` and `other` are the ends of the links."""
    root: Ids = np.arange(count)
    while True:
        low, high = root[one], root[other]
        open_ = low != high
        if not open_.any():
            return root
        one, other, low, high = one[open_], other[open_], low[open_], high[open_]
        np.minimum.at(root, np.maximum(low, high), np.minimum(low, high))
        root = _flatten(root)


def _flatten(root: Ids) -> Ids:
    while True:
        above = root[root]
        if (above == root).all():
            return root
        root = above
