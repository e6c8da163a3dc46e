"""The learning rate as a pure function of the step, so that a resumed training needs no scheduler state."""

import math

from cnnpruner.domain.tree.experiments import Training

WARM_UP = 0.3
START_DIVISOR = 25.0
END_DIVISOR = 1e4


def learning_rate(training: Training, step: int, steps: int) -> float:
    """Learning rate of step `step` (from 0) of `steps` in all.

    cosine: half a cosine from the peak to 0 (Loshchilov & Hutter 2017). one_cycle: a cosine up from peak / 25 over the
    first 30 %, then one down to peak / 250,000 (Smith 2018; the shape of PyTorch's OneCycleLR, momentum left alone).
    """
    peak = training.learning_rate
    if training.schedule == "cosine":
        return _between(peak, 0.0, step / max(steps, 1))
    turn, last = WARM_UP * steps - 1, steps - 1
    if step <= turn:
        return _between(peak / START_DIVISOR, peak, step / turn if turn > 0 else 1.0)
    return _between(peak, peak / START_DIVISOR / END_DIVISOR, min((step - turn) / (last - turn), 1.0))


def _between(start: float, end: float, share: float) -> float:
    """Half a cosine from `start` (share 0) to `end` (share 1)."""
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * share))
