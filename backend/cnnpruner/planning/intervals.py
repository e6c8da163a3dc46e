"""Computes confidence intervals of accuracies. Does not import torch."""

import math

from cnnpruner.domain.base import Accuracy, Interval

Z_95 = 1.959963984540054


def wilson_interval(correct: int, images: int) -> Interval:
    """Return the 95% Wilson score interval (Wilson 1927) of the accuracy `correct` / `images`; [0, 1] if there are no
    images.
    """
    if images == 0:
        return Interval(low=0.0, high=1.0)
    share, z_squared = correct / images, Z_95**2
    centre = share + z_squared / (2 * images)
    half_width = Z_95 * math.sqrt(share * (1 - share) / images + z_squared / (4 * images**2))
    scale = 1 + z_squared / images
    return Interval(low=max((centre - half_width) / scale, 0.0), high=min((centre + half_width) / scale, 1.0))


def accuracy_with_interval(correct: int, images: int) -> Accuracy:
    """Return the accuracy `correct` / `images` with its 95% interval. `images` must be at least 1."""
    return Accuracy(
        accuracy=correct / images, correct=correct, images=images, interval=wilson_interval(correct, images)
    )
