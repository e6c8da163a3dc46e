"""Rank correlations over several trees, and how sure they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]

DRAWS = 1000
LEVEL = 0.95


@dataclass(frozen=True)
class Span:
    """A statistic and its percentile bootstrap interval."""

    value: float
    low: float
    high: float


def scaled_ranks(values: Floats) -> Floats:
    """[n] ranks, ties averaged, as positions in (0, 1): the lowest of n is 0.5 / n."""
    ranks: Floats = rankdata(values)
    return (ranks - 0.5) / len(values)


def spearman(one: Floats, other: Floats) -> float:
    """Rank correlation, ties averaged; nan where one of the two is constant or there are fewer than two."""
    if len(one) < 2:
        return float("nan")
    return _pearson(scaled_ranks(one), scaled_ranks(other))


def pooled_spearman(pairs: Sequence[tuple[Floats, Floats]]) -> float:
    """Correlation of ranks *within* each tree over all trees: levels of trees do not count, only their order inside."""
    ranked = [[scaled_ranks(values) - 0.5 for values in pair] for pair in pairs]
    return _pearson(np.concatenate([one for one, _ in ranked]), np.concatenate([other for _, other in ranked]))


def bootstrap(
    trees: Sequence[Floats], statistic: Callable[[Sequence[Floats]], float], seed: int = 0, draws: int = DRAWS
) -> Span:
    """95 % percentile interval; the rows of each [n, columns] array are drawn anew within their tree.

    Draws in which the statistic is not defined (a constant column) are left out.
    """
    random = np.random.default_rng(seed)
    values = []
    for _ in range(draws):
        again = [tree[random.integers(len(tree), size=len(tree))] for tree in trees]
        values.append(statistic(again))
    kept = np.array(values)[np.isfinite(values)]
    if not len(kept):
        return Span(statistic(trees), float("nan"), float("nan"))
    low, high = np.quantile(kept, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Span(statistic(trees), float(low), float(high))


def _pearson(one: Floats, other: Floats) -> float:
    a, b = one - one.mean(), other - other.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size > 1e-12 else float("nan")
