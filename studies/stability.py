"""Are the ranks of sensitive filters stable, or only bounded? Free of torch and of the server.

A rank cannot leave 1…M, so units at either end deviate less whatever they are. Two comparisons take that out: the
top against the bottom at equal distance from their ends, and the whole curve against units that differ in nothing but
their place (`bound_alone`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from cnnpruner.planning.instability import rank_instability
from studies.statistics import Floats, Span, bootstrap, scaled_ranks, spearman

BINS = 10
BISECTIONS = 14
NULL_RUNS = 20


@dataclass(frozen=True)
class Drift:
    """How ranks of the filters that stay move from a node to its child; places are among those that stay."""

    units: int
    correlation: float
    """Spearman of sensitivity in the node and in the child."""
    top: float
    """Mean distance moved by the tenth that was most sensitive, as a share of the places."""
    bottom: float
    """The same of the least sensitive tenth."""
    foretold: float
    """Spearman of instability in the node and distance moved."""


def curve(sensitivity: Floats, instability: Floats) -> Floats:
    """[BINS] mean instability by tenth of sensitivity, the least sensitive first."""
    return np.array([instability[tenth].mean() for tenth in _tenths(sensitivity)])


def ends(sensitivity: Floats, instability: Floats, inwards: int = 0, seed: int = 0) -> Span:
    """Mean instability of a tenth at the top over that of the one at the bottom: 1 where only the bound is at work.

    `inwards`: how many tenths lie between them and their ends.
    """
    tenths = _tenths(sensitivity)
    both = [instability[tenths[-1 - inwards]][:, None], instability[tenths[inwards]][:, None]]
    return bootstrap(both, lambda trees: float(trees[0].mean() / trees[1].mean()), seed)


def bound_alone(sensitivity: Floats, instability: Floats, batches: int, seed: int = 0) -> Floats:
    """[BINS] the curve of M units with equal noise, which is chosen so that the mean instability comes out equal.

    In each of T = `batches` batches unit u has Φ⁻¹(its place) + σ · normal noise; ranks and means as in the product.
    """
    middle = ndtri(scaled_ranks(sensitivity))
    low, high = 0.0, 4.0
    for _ in range(BISECTIONS):  # the mean grows with the noise
        noise = (low + high) / 2
        is_more = _simulated(middle, noise, batches, seed).mean() > instability.mean()
        low, high = (low, noise) if is_more else (noise, high)
    runs = [_simulated(middle, (low + high) / 2, batches, seed + run) for run in range(NULL_RUNS)]
    return curve(sensitivity, np.mean(runs, axis=0))


def drift(before: Floats, after: Floats, instability: Floats) -> Drift:
    """All [n] over the units that both nodes have."""
    was, is_ = scaled_ranks(before), scaled_ranks(after)
    moved = np.abs(is_ - was)
    tenths = _tenths(before)
    return Drift(
        units=len(before),
        correlation=spearman(before, after),
        top=float(moved[tenths[-1]].mean()),
        bottom=float(moved[tenths[0]].mean()),
        foretold=spearman(instability, moved),
    )


def _tenths(sensitivity: Floats) -> list[NDArray[np.int64]]:
    return [part.astype(np.int64) for part in np.array_split(np.argsort(sensitivity, kind="stable"), BINS)]


def _simulated(middle: Floats, noise: float, batches: int, seed: int) -> Floats:
    """[M] instability."""
    random = np.random.default_rng(seed)
    return rank_instability(middle + noise * random.standard_normal((batches, len(middle))))
