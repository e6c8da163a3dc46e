"""The learning rate as a pure function of the step, so that no scheduler state is needed to resume training."""

import math

from cnnpruner.domain.tree.training import Training

WARM_UP_SHARE = 0.3
START_RATE_DIVISOR = 25.0
END_RATE_DIVISOR = 1e4


def learning_rate(training: Training, step: int, steps: int) -> float:
    """Return the learning rate of step `step`, counted from 0, in a run of `steps` steps.

    cosine: half a cosine from the peak to 0 (Loshchilov & Hutter 2017). one_cycle: a cosine up from peak / 25 over the
    first 30%, then down to peak / 250,000 (Smith 2018; as PyTorch's OneCycleLR, but with constant momentum). During
    the warm-up epochs, the rate of the schedule is multiplied by a factor that rises linearly to 1 (Goyal et al. 2017).
    """
    warm_up_steps = training.warmup_epochs * steps / max(training.epochs, 1)
    return (
        min((step + 1) / warm_up_steps, 1.0) * _scheduled_rate(training, step, steps)
        if warm_up_steps
        else (_scheduled_rate(training, step, steps))
    )


def _scheduled_rate(training: Training, step: int, steps: int) -> float:
    peak_rate = training.learning_rate
    if training.schedule == "cosine":
        return _half_cosine(peak_rate, 0.0, step / max(steps, 1))
    peak_step, last_step = WARM_UP_SHARE * steps - 1, steps - 1
    if step <= peak_step:
        return _half_cosine(peak_rate / START_RATE_DIVISOR, peak_rate, step / peak_step if peak_step > 0 else 1.0)
    return _half_cosine(
        peak_rate,
        peak_rate / START_RATE_DIVISOR / END_RATE_DIVISOR,
        min((step - peak_step) / (last_step - peak_step), 1.0),
    )


def _half_cosine(start: float, end: float, share: float) -> float:
    """Return the value of a half cosine from `start` to `end`, evaluated at `share` (0-1) of the way."""
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * share))
