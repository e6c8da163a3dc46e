"""Rank correlations and their intervals."""

import math

import numpy as np
import pytest
from scipy.stats import spearmanr

from studies.statistics import bootstrap, pooled_spearman, scaled_ranks, spearman


def test_spearman_is_scipys_also_with_ties() -> None:
    random = np.random.default_rng(1)
    one, other = random.integers(0, 6, 40).astype(float), random.integers(0, 6, 40).astype(float)
    assert spearman(one, other) == pytest.approx(spearmanr(one, other).statistic)
    assert math.isnan(spearman(one, np.ones(40)))


def test_scaled_ranks_lie_between_0_and_1_and_share_ties() -> None:
    assert scaled_ranks(np.array([5.0, 1.0, 5.0, 9.0])).tolist() == [0.5, 0.125, 0.5, 0.875]


def test_pooling_looks_at_the_order_inside_trees_not_at_their_levels() -> None:
    up = (np.array([0.1, 0.2, 0.3]), np.array([0.7, 0.8, 0.9]))
    higher_but_falling = (np.array([0.5, 0.6, 0.7]), np.array([0.99, 0.98, 0.97]))
    assert pooled_spearman([up, up]) == pytest.approx(1)
    assert pooled_spearman([up, higher_but_falling]) == pytest.approx(0)


def test_bootstrap_covers_the_truth_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(2)
    hits = 0
    for run in range(100):
        span = bootstrap([random.normal(3, 1, (40, 1))], lambda trees: float(trees[0].mean()), seed=run, draws=300)
        hits += span.low <= 3 <= span.high
    assert 86 <= hits <= 100


def test_bootstrap_draws_inside_each_tree_and_is_the_same_again() -> None:
    trees = [np.full((5, 1), 1.0), np.full((7, 1), 2.0)]

    def sizes(drawn: object) -> float:
        assert isinstance(drawn, list)
        return float(sum(tree.sum() for tree in drawn))

    span = bootstrap(trees, sizes)
    assert (span.value, span.low, span.high) == (19, 19, 19)
    data = [np.arange(9.0)[:, None]]
    assert bootstrap(data, lambda drawn: float(drawn[0].mean())) == bootstrap(
        data, lambda drawn: float(drawn[0].mean())
    )


def test_draws_without_a_statistic_are_left_out() -> None:
    span = bootstrap([np.array([[0.0, 0.0], [1.0, 1.0]])], lambda drawn: spearman(drawn[0][:, 0], drawn[0][:, 1]))
    assert [span.value, span.low, span.high] == pytest.approx([1, 1, 1])
