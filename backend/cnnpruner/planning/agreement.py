"""How alike criteria order units. Free of torch."""

import numpy as np

from cnnpruner.planning.criteria.base import Floats
from cnnpruner.planning.instability import ranks


def rank_units_by(orders: Floats) -> Floats:
    """Place of every unit by every criterion: [K, M] from keep-order [K, M]; 1 goes first, ties averaged, nan stays."""
    found = np.full_like(orders, np.nan)
    for row, order in zip(found, orders, strict=True):
        known = ~np.isnan(order)
        row[known] = ranks(order[known])
    return found


def rank_correlation(one: Floats, other: Floats) -> tuple[float, int]:
    """Spearman's rank correlation of two rows [M] over the units that both have, and how many these are.

    Pearson's correlation of the ranks, ties averaged. nan with fewer than two units or where one row is constant.
    """
    both = ~(np.isnan(one) | np.isnan(other))
    count = int(both.sum())
    if count < 2:
        return float("nan"), count
    a, b = (ranks(row[both]) - (count + 1) / 2 for row in (one, other))
    norm = float(np.sqrt((a @ a) * (b @ b)))
    return (min(1.0, max(-1.0, float(a @ b) / norm)) if norm else float("nan")), count
