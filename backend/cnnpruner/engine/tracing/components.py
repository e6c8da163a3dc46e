"""Connected components of a graph given as pairs (numpy; label propagation with pointer jumping)."""

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]


def find_components(count: int, first: Ids, second: Ids) -> Ids:
    """Return the smallest member of each element's component, [count]; edge i connects `first[i]` and `second[i]`."""
    root: Ids = np.arange(count)
    while True:
        low, high = root[first], root[second]
        differs = low != high
        if not differs.any():
            return root
        first, second, low, high = first[differs], second[differs], low[differs], high[differs]
        np.minimum.at(root, np.maximum(low, high), np.minimum(low, high))
        root = _flatten(root)


def _flatten(root: Ids) -> Ids:
    while True:
        parent = root[root]
        if (parent == root).all():
            return root
        root = parent
