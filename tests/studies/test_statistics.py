"""Rank correlations and their intervals."""

import math

import numpy as np
import pytest
from scipy.stats import spearmanr

from studies.statistics import bootstrap, pooled_spearman, scaled_ranks, spearman


def test_spearman_equals_that_of_scipy_also_with_ties() -> None:
    generator = np.random.default_rng(1)
    first, second = generator.integers(0, 6, 40).astype(float), generator.integers(0, 6, 40).astype(float)
    assert spearman(first, second) == pytest.approx(spearmanr(first, second).statistic)
    assert math.isnan(spearman(first, np.ones(40)))


def test_scaled_ranks_are_between_0_and_1_and_ties_share_theirs() -> None:
    assert scaled_ranks(np.array([5.0, 1.0, 5.0, 9.0])).tolist() == [0.5, 0.125, 0.5, 0.875]


def test_pooling_compares_the_order_within_trees_and_not_their_levels() -> None:
    up = (np.array([0.1, 0.2, 0.3]), np.array([0.7, 0.8, 0.9]))
    higher_but_falling = (np.array([0.5, 0.6, 0.7]), np.array([0.99, 0.98, 0.97]))
    assert pooled_spearman([up, up]) == pytest.approx(1)
    assert pooled_spearman([up, higher_but_falling]) == pytest.approx(0)


def test_bootstrap_intervals_contain_the_true_value_about_as_often_as_stated() -> None:
    generator = np.random.default_rng(2)
    hits = 0
    for run in range(100):
        sample = generator.normal(3, 1, (40, 1))
        estimate = bootstrap([sample], lambda trees: float(trees[0].mean()), seed=run, draws=300)
        hits += estimate.low <= 3 <= estimate.high
    assert 86 <= hits <= 100


def test_bootstrap_draws_within_each_tree_and_is_reproducible() -> None:
    trees = [np.full((5, 1), 1.0), np.full((7, 1), 2.0)]

    def total(drawn: object) -> float:
        assert isinstance(drawn, list)
        return float(sum(tree.sum() for tree in drawn))

    estimate = bootstrap(trees, total)
    assert (estimate.value, estimate.low, estimate.high) == (19, 19, 19)
    data = [np.arange(9.0)[:, None]]
    assert bootstrap(data, lambda drawn: float(drawn[0].mean())) == bootstrap(
        data, lambda drawn: float(drawn[0].mean())
    )


def test_draws_with_an_undefined_statistic_are_ignored() -> None:
    points = np.array([[0.0, 0.0], [1.0, 1.0]])
    estimate = bootstrap([points], lambda drawn: spearman(drawn[0][:, 0], drawn[0][:, 1]))
    assert [estimate.value, estimate.low, estimate.high] == pytest.approx([1, 1, 1])
