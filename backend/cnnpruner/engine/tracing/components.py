"""Connected components of a graph given as pairs (numpy; label propagation with pointer jumping)."""

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]


def find_components(count: int, first: Ids, second: Ids) -> Ids:
    """Return the smallest member of each element's component, [count]; edge i connects `first[i]` and `second[i]`."""
    root: Ids = np.arange(count)
    while True:
        first_root, second_root = root[first], root[second]
        is_unmerged = first_root != second_root
        if not is_unmerged.any():
            return root
        first, second, first_root, second_root = (
            first[is_unmerged],
            second[is_unmerged],
            first_root[is_unmerged],
            second_root[is_unmerged],
        )
        np.minimum.at(root, np.maximum(first_root, second_root), np.minimum(first_root, second_root))
        root = _flatten(root)


def _flatten(root: Ids) -> Ids:
    while True:
        parent = root[root]
        if (parent == root).all():
            return root
        root = parent
