"""Instability, compared with its definition unit by unit."""

import numpy as np
import pytest

from cnnpruner.planning.instability import RankDeviation, compute_mean_ranks, compute_rank_instability


def brute_rank(values: list[float], unit: int) -> float:
    """1 + the number of smaller values + half the number of other equal values."""
    value = values[unit]
    return 1 + sum(other < value for other in values) + (sum(other == value for other in values) - 1) / 2


def brute_instability(rows: list[list[float]]) -> list[float]:
    """Computed directly from the formula."""
    result = []
    for unit in range(len(rows[0])):
        unit_ranks = [brute_rank(row, unit) for row in rows]
        mean = sum(unit_ranks) / len(unit_ranks)
        result.append(sum(abs(rank - mean) for rank in unit_ranks) / len(unit_ranks) / len(rows[0]))
    return result


@pytest.mark.parametrize("values", [3, 1000])
def test_instability_equals_its_definition_with_ties(values: int) -> None:
    rows = np.random.default_rng(0).integers(0, values, (7, 23)).astype(np.float64)
    np.testing.assert_allclose(compute_rank_instability(rows), brute_instability(rows.tolist()), rtol=1e-12)


def test_ranks_average_ties() -> None:
    np.testing.assert_array_equal(compute_mean_ranks(np.array([5.0, 1.0, 5.0, 0.0])), [3.5, 2, 3.5, 1])


def test_adding_batches_one_by_one_equals_computing_all_at_once() -> None:
    rows = np.random.default_rng(1).random((130, 9))  # more than the initial capacity
    deviation = RankDeviation(9)
    for done, row in enumerate(rows, start=1):
        deviation.add(row)
        np.testing.assert_allclose(deviation.instability(), compute_rank_instability(rows[:done]), rtol=1e-12)


def test_constant_scores_and_single_batches_have_no_instability() -> None:
    assert compute_rank_instability(np.ones((5, 4))).tolist() == [0, 0, 0, 0]
    assert compute_rank_instability(np.array([[3.0, 1.0]])).tolist() == [0, 0]
    assert compute_rank_instability(np.empty((3, 0))).tolist() == []


def test_instability_is_below_one_half() -> None:
    rows = np.array([[*range(50)], [*range(49, -1, -1)]], dtype=np.float64)
    assert compute_rank_instability(rows).max() < 0.5
