"""Rank correlations over several trees, and their uncertainty."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

FloatArray = NDArray[np.float64]

DRAWS = 1000
LEVEL = 0.95


@dataclass(frozen=True)
class IntervalEstimate:
    """A statistic and its percentile bootstrap interval."""

    value: float
    low: float
    high: float


def scaled_ranks(values: FloatArray) -> FloatArray:
    """Return ranks [n], ties averaged, as positions in (0, 1): the lowest of n is 0.5 / n."""
    ranks: FloatArray = rankdata(values)
    return (ranks - 0.5) / len(values)


def spearman(first: FloatArray, second: FloatArray) -> float:
    """Return the rank correlation, ties averaged; NaN if either is constant or there are fewer than two values."""
    if len(first) < 2:
        return float("nan")
    return _pearson(scaled_ranks(first), scaled_ranks(second))


def pooled_spearman(pairs: Sequence[tuple[FloatArray, FloatArray]]) -> float:
    """Return the correlation of ranks *within* each tree, over all trees: differences between trees do not count."""
    ranked = [[scaled_ranks(values) - 0.5 for values in pair] for pair in pairs]
    return _pearson(np.concatenate([first for first, _ in ranked]), np.concatenate([second for _, second in ranked]))


def bootstrap(
    trees: Sequence[FloatArray], statistic: Callable[[Sequence[FloatArray]], float], seed: int = 0, draws: int = DRAWS
) -> IntervalEstimate:
    """Return the 95% percentile interval; the rows of each [n, columns] array are resampled within their tree.

    Draws for which the statistic is undefined (a constant column) are ignored.
    """
    generator = np.random.default_rng(seed)
    values = []
    for _ in range(draws):
        resampled = [tree[generator.integers(len(tree), size=len(tree))] for tree in trees]
        values.append(statistic(resampled))
    defined = np.array(values)[np.isfinite(values)]
    if not len(defined):
        return IntervalEstimate(statistic(trees), float("nan"), float("nan"))
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return IntervalEstimate(statistic(trees), float(low), float(high))


def _pearson(first: FloatArray, second: FloatArray) -> float:
    a, b = first - first.mean(), second - second.mean()
    norm = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / norm if norm > 1e-12 else float("nan")
