"""Instability against the definition, spelled out unit by unit."""

import numpy as np
import pytest

from cnnpruner.planning.instability import RankDeviation, rank_instability, rank_values


def brute_rank(values: list[float], unit: int) -> float:
    """1 + how many are smaller + half of the other equals."""
    mine = values[unit]
    return 1 + sum(v < mine for v in values) + (sum(v == mine for v in values) - 1) / 2


def brute_instability(rows: list[list[float]]) -> list[float]:
    """Straight from the formula."""
    result = []
    for unit in range(len(rows[0])):
        r = [brute_rank(row, unit) for row in rows]
        mean = sum(r) / len(r)
        result.append(sum(abs(x - mean) for x in r) / len(r) / len(rows[0]))
    return result


@pytest.mark.parametrize("values", [3, 1000])
def test_instability_is_that_of_the_definition_with_ties(values: int) -> None:
    rows = np.random.default_rng(0).integers(0, values, (7, 23)).astype(np.float64)
    np.testing.assert_allclose(rank_instability(rows), brute_instability(rows.tolist()), rtol=1e-12)


def test_ranks_average_ties() -> None:
    np.testing.assert_array_equal(rank_values(np.array([5.0, 1.0, 5.0, 0.0])), [3.5, 2, 3.5, 1])


def test_batches_added_one_by_one_give_the_whole_at_every_step() -> None:
    rows = np.random.default_rng(1).random((130, 9))  # more than the first reserve holds
    deviation = RankDeviation(9)
    for done, row in enumerate(rows, start=1):
        deviation.add(row)
        np.testing.assert_allclose(deviation.instability(), rank_instability(rows[:done]), rtol=1e-12)


def test_constant_scores_and_single_batches_are_stable() -> None:
    assert rank_instability(np.ones((5, 4))).tolist() == [0, 0, 0, 0]
    assert rank_instability(np.array([[3.0, 1.0]])).tolist() == [0, 0]
    assert rank_instability(np.empty((3, 0))).tolist() == []


def test_instability_stays_below_one_half() -> None:
    rows = np.array([[*range(50)], [*range(49, -1, -1)]], dtype=np.float64)
    assert rank_instability(rows).max() < 0.5
