"""The bound alone, and what goes beyond it."""

import numpy as np
import pytest

from cnnpruner.planning.instability import rank_instability
from studies.stability import bound_alone, curve, drift, ends
from studies.statistics import Floats

UNITS, BATCHES = 300, 50


def noisy(noise_low: float, noise_high: float, seed: int = 0) -> tuple[Floats, Floats]:
    """[M] mean score and [M] instability of units whose noise goes from one value to the other along their order."""
    random = np.random.default_rng(seed)
    middle = np.sort(random.standard_normal(UNITS))
    noise = np.linspace(noise_low, noise_high, UNITS)
    scores = middle + noise * random.standard_normal((BATCHES, UNITS))
    return scores.mean(axis=0), rank_instability(scores)


def test_units_with_equal_noise_look_like_the_bound_alone() -> None:
    sensitivity, moved = noisy(0.5, 0.5)
    seen, null = curve(sensitivity, moved), bound_alone(sensitivity, moved, BATCHES)
    assert seen == pytest.approx(null, rel=0.2)
    assert null[0] < 0.6 * null[5] > null[-1], "the ends look stable without being it"
    span = ends(sensitivity, moved)
    assert span.low < 1 < span.high


def test_sensitive_units_that_are_stable_lie_below_it() -> None:
    sensitivity, moved = noisy(0.8, 0.1)
    assert ends(sensitivity, moved).high < 0.6
    assert curve(sensitivity, moved)[-1] < 0.6 * bound_alone(sensitivity, moved, BATCHES)[-1]


def test_drift_tells_who_moved() -> None:
    before = np.arange(40.0)
    after = before.copy()
    after[:4] = [39.5, 39.6, 39.7, 39.8]
    found = drift(before, after, np.where(before < 4, 0.4, 0.1))
    assert found.units == 40 and found.bottom == pytest.approx(0.9) and found.top == pytest.approx(0.1)
    assert found.foretold > 0.3 and found.correlation < 0.5
    assert drift(before, before, before).correlation == pytest.approx(1)
