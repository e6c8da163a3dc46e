"""The boundary effect on ranks, and stability beyond it."""

import numpy as np
import pytest

from cnnpruner.planning.instability import compute_rank_instability
from studies.stability import boundary_effect, mean_by_tenth, measure_drift, top_to_bottom_ratio
from studies.statistics import FloatArray

UNITS, BATCHES = 300, 50


def noisy(noise_low: float, noise_high: float, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    """Return mean score [M] and instability [M] of units whose noise grows or falls along their order."""
    generator = np.random.default_rng(seed)
    centres = np.sort(generator.standard_normal(UNITS))
    noise = np.linspace(noise_low, noise_high, UNITS)
    scores = centres + noise * generator.standard_normal((BATCHES, UNITS))
    return scores.mean(axis=0), compute_rank_instability(scores)


def test_units_with_equal_noise_show_only_the_boundary_effect() -> None:
    sensitivity, instability = noisy(0.5, 0.5)
    observed = mean_by_tenth(sensitivity, instability)
    null = boundary_effect(sensitivity, instability, BATCHES)
    assert observed == pytest.approx(null, rel=0.2)
    assert null[0] < 0.6 * null[5] > null[-1], "the ends look stable although they are not"
    ratio = top_to_bottom_ratio(sensitivity, instability)
    assert ratio.low < 1 < ratio.high


def test_stable_sensitive_units_are_below_the_boundary_effect() -> None:
    sensitivity, instability = noisy(0.8, 0.1)
    assert top_to_bottom_ratio(sensitivity, instability).high < 0.6
    null = boundary_effect(sensitivity, instability, BATCHES)
    assert mean_by_tenth(sensitivity, instability)[-1] < 0.6 * null[-1]


def test_drift_measures_which_units_moved() -> None:
    before = np.arange(40.0)
    after = before.copy()
    after[:4] = [39.5, 39.6, 39.7, 39.8]
    drift = measure_drift(before, after, np.where(before < 4, 0.4, 0.1))
    assert drift.units == 40 and drift.bottom == pytest.approx(0.9) and drift.top == pytest.approx(0.1)
    assert drift.predicted > 0.3 and drift.correlation < 0.5
    assert measure_drift(before, before, before).correlation == pytest.approx(1)
