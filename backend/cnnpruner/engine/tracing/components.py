"""Finds the connected components of a graph whose edges are given as pairs of elements. Uses label propagation with
pointer jumping, in numpy.
"""

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]


def find_components(count: int, first: Ids, second: Ids) -> Ids:
    """Return, for each of the elements 0 to count - 1, the smallest element of its connected component, [count]. Edge i
    connects `first[i]` and `second[i]`.
    """
    root: Ids = np.arange(count)
    while True:
        first_root, second_root = root[first], root[second]
        has_different_roots = first_root != second_root
        if not has_different_roots.any():
            return root
        first, second, first_root, second_root = (
            first[has_different_roots],
            second[has_different_roots],
            first_root[has_different_roots],
            second_root[has_different_roots],
        )
        np.minimum.at(root, np.maximum(first_root, second_root), np.minimum(first_root, second_root))
        root = _flatten(root)


def _flatten(root: Ids) -> Ids:
    while True:
        parent = root[root]
        if (parent == root).all():
            return root
        root = parent
