"""Measures how similarly different criteria rank the units. Does not import torch."""

import numpy as np

from cnnpruner.planning.criteria.base import FloatArray
from cnnpruner.planning.instability import compute_mean_ranks


def rank_units_by_criterion(signed_scores: FloatArray) -> FloatArray:
    """Rank M units by each of K criteria. Returns ranks [K, M]: the unit with rank 1 is removed first, tied units get
    their mean rank, and units without a score get nan.

    signed_scores: [K, M], the scores, negated for criteria that keep low scores; nan for units without a score.
    """
    ranks = np.full_like(signed_scores, np.nan)
    for row, signed_score_row in zip(ranks, signed_scores, strict=True):
        has_score = ~np.isnan(signed_score_row)
        row[has_score] = compute_mean_ranks(signed_score_row[has_score])
    return ranks


def rank_correlation(first_scores: FloatArray, second_scores: FloatArray) -> tuple[float, int]:
    """Return Spearman's rank correlation between two rows of scores [M], and the number of units with a score in both
    rows. Only these units are used.

    The correlation is Pearson's correlation of the ranks; tied units have their mean rank. It is nan if fewer than two
    units are used, or if their scores are all equal in one of the rows.
    """
    has_both_scores = ~(np.isnan(first_scores) | np.isnan(second_scores))
    count = int(has_both_scores.sum())
    if count < 2:
        return float("nan"), count
    a, b = (compute_mean_ranks(row[has_both_scores]) - (count + 1) / 2 for row in (first_scores, second_scores))
    norm = float(np.sqrt((a @ a) * (b @ b)))
    return (min(1.0, max(-1.0, float(a @ b) / norm)) if norm else float("nan")), count
