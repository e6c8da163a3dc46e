"""Are the ranks of sensitive filters stable, or do they only look so at the ends? Free of torch and of the server.

A rank cannot leave 1…M, so units at either end deviate less, whatever they are. Two comparisons remove this boundary
effect: the top against the bottom at equal distance from their ends, and the entire curve against units that differ in
nothing but their position (`boundary_effect`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from cnnpruner.planning.instability import compute_rank_instability
from studies.statistics import FloatArray, IntervalEstimate, bootstrap, scaled_ranks, spearman

BINS = 10
BISECTIONS = 14
NULL_RUNS = 20


@dataclass(frozen=True)
class Drift:
    """How the ranks of remaining filters move from a node to its child; ranks are among those that remain."""

    units: int
    correlation: float
    """Spearman correlation of sensitivity in the node and in the child."""
    top: float
    """Mean distance moved by the most sensitive tenth, as a share of the ranks."""
    bottom: float
    """The same for the least sensitive tenth."""
    predicted: float
    """Spearman correlation of instability in the node and distance moved."""


def mean_by_tenth(sensitivity: FloatArray, instability: FloatArray) -> FloatArray:
    """Return the mean instability [BINS] of each tenth by sensitivity, the least sensitive first."""
    return np.array([instability[tenth].mean() for tenth in _tenths(sensitivity)])


def top_to_bottom_ratio(
    sensitivity: FloatArray, instability: FloatArray, inward: int = 0, seed: int = 0
) -> IntervalEstimate:
    """Return the mean instability of a top tenth divided by that of a bottom tenth: 1 if only the boundary matters.

    `inward`: how many tenths lie between these two and their ends.
    """
    tenths = _tenths(sensitivity)
    top_and_bottom = [instability[tenths[-1 - inward]][:, None], instability[tenths[inward]][:, None]]
    return bootstrap(top_and_bottom, lambda drawn: float(drawn[0].mean() / drawn[1].mean()), seed)


def boundary_effect(sensitivity: FloatArray, instability: FloatArray, batches: int, seed: int = 0) -> FloatArray:
    """Return the curve [BINS] of M units with equal noise, which is chosen to give the same mean instability.

    In each of T = `batches` batches unit u has Φ⁻¹(its rank) + σ · normal noise; ranks and means as in the product.
    """
    centres = ndtri(scaled_ranks(sensitivity))
    low, high = 0.0, 4.0
    for _ in range(BISECTIONS):  # the mean grows with the noise
        noise = (low + high) / 2
        is_too_high = _simulate(centres, noise, batches, seed).mean() > instability.mean()
        low, high = (low, noise) if is_too_high else (noise, high)
    runs = [_simulate(centres, (low + high) / 2, batches, seed + run) for run in range(NULL_RUNS)]
    return mean_by_tenth(sensitivity, np.mean(runs, axis=0))


def measure_drift(before: FloatArray, after: FloatArray, instability: FloatArray) -> Drift:
    """Measure how far ranks move; all arrays [n] are over the units that both nodes have."""
    ranks_before, ranks_after = scaled_ranks(before), scaled_ranks(after)
    distance = np.abs(ranks_after - ranks_before)
    tenths = _tenths(before)
    return Drift(
        units=len(before),
        correlation=spearman(before, after),
        top=float(distance[tenths[-1]].mean()),
        bottom=float(distance[tenths[0]].mean()),
        predicted=spearman(instability, distance),
    )


def _tenths(sensitivity: FloatArray) -> list[NDArray[np.int64]]:
    return [tenth.astype(np.int64) for tenth in np.array_split(np.argsort(sensitivity, kind="stable"), BINS)]


def _simulate(centres: FloatArray, noise: float, batches: int, seed: int) -> FloatArray:
    """Return the instability [M] of simulated units."""
    generator = np.random.default_rng(seed)
    return compute_rank_instability(centres + noise * generator.standard_normal((batches, len(centres))))
