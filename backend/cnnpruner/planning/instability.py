"""Computes how much a unit's rank changes from batch to batch. This is fast enough to run after every batch."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def compute_mean_ranks(values: FloatArray) -> FloatArray:
    """Return the ranks of `values` [M], ascending from 1; tied values get their mean rank.

    Used instead of `scipy.stats.rankdata`, whose import takes longer than all rankings of a scoring pass.
    """
    order = np.argsort(values)
    sorted_values = values[order]
    tie_starts = np.flatnonzero(np.concatenate([[True], sorted_values[1:] != sorted_values[:-1]])[: len(values)])
    tie_ends = np.append(tie_starts[1:], len(values))
    ranks = np.empty(len(values))
    ranks[order] = np.repeat((tie_starts + tie_ends + 1) / 2, tie_ends - tie_starts)
    return ranks


class RankDeviation:
    """Collects the ranks of units batch by batch, and computes the mean absolute deviation of each unit's ranks."""

    def __init__(self, units: int) -> None:
        """`units`: the number M of units that are ranked against each other."""
        self._ranks = np.empty((64, units))
        self._batches = 0

    def add(self, values: FloatArray) -> None:
        """Compute and store the ranks of the units' `values` [M] in one more batch."""
        if self._batches == len(self._ranks):
            self._ranks = np.concatenate([self._ranks, np.empty_like(self._ranks)])
        self._ranks[self._batches] = compute_mean_ranks(values)
        self._batches += 1

    def instability(self) -> FloatArray:
        """Return an array [M] with the mean absolute deviation of each unit's rank over the batches, divided by M. Its
        values are between 0 and 0.5; all are 0 if there is only one batch.
        """
        ranks_so_far = self._ranks[: self._batches]
        if ranks_so_far.size == 0:
            return np.zeros(ranks_so_far.shape[1])
        deviation: FloatArray = np.abs(ranks_so_far - ranks_so_far.mean(axis=0)).mean(axis=0) / ranks_so_far.shape[1]
        return deviation


def compute_rank_instability(values_by_batch: FloatArray) -> FloatArray:
    """Return the rank instability of M units as an array [M] of values in [0, 0.5). values_by_batch: the values of the
    units in T batches, [T, M].

    r(t, u) is the ascending rank of unit u among the M units in batch t; tied units get their mean rank. instability(u)
    = mean over t of |r(t, u) − mean over t of r(t, u)| / M.
    """
    deviation = RankDeviation(values_by_batch.shape[1])
    for values in values_by_batch:
        deviation.add(values)
    return deviation.instability()
