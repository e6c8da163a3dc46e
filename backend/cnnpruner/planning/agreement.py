"""How similarly criteria rank units. Does not import torch."""

import numpy as np

from cnnpruner.planning.criteria.base import Floats
from cnnpruner.planning.instability import rank_values


def rank_by_criteria(orders: Floats) -> Floats:
    """Rank M units by each of K criteria. Returns [K, M]: rank 1 is removed first, ties are averaged, nan stays nan.
    orders: [K, M] scores, negated for criteria that keep low scores.
    """
    ranks = np.full_like(orders, np.nan)
    for row, order in zip(ranks, orders, strict=True):
        has_score = ~np.isnan(order)
        row[has_score] = rank_values(order[has_score])
    return ranks


def rank_correlation(first: Floats, second: Floats) -> tuple[float, int]:
    """Return Spearman's rank correlation of two rows of scores [M] over the units with a score in both, and the number
    of these units.

    It is Pearson's correlation of the ranks, ties averaged; nan with fewer than two units or if one row is constant.
    """
    both = ~(np.isnan(first) | np.isnan(second))
    count = int(both.sum())
    if count < 2:
        return float("nan"), count
    a, b = (rank_values(row[both]) - (count + 1) / 2 for row in (first, second))
    norm = float(np.sqrt((a @ a) * (b @ b)))
    return (min(1.0, max(-1.0, float(a @ b) / norm)) if norm else float("nan")), count
