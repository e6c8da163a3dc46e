"""Estimates how long an epoch of training takes, from epochs that were timed. Does not import torch.

The page does the same in `state/selectors/training.ts`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from cnnpruner.domain.tree.training import Training

FORWARD_PASS_SHARE = 1 / 3
"""Duration of a forward pass as a share of a training step."""


@dataclass(frozen=True)
class TimedEpoch:
    """The duration of a training epoch, and what it depends on."""

    seconds: float
    """Duration, including the evaluation on the selection split."""
    images: int
    macs: float
    """MACs per image of the network, plus those of its teacher (see `count_teacher_macs`)."""
    selection_images: int
    """Number of images of the selection split."""


@dataclass(frozen=True)
class TimedStep:
    """Durations that were measured when a root was imported."""

    seconds_per_image: float
    """Duration of a training step, divided by its number of images."""
    evaluation_s: float
    """Duration of one evaluation on the selection split."""
    macs: float
    """MACs per image of the root."""


@dataclass(frozen=True)
class EpochDuration:
    """Expected duration of an epoch, in seconds, as a function of its number of images."""

    fixed_overhead_s: float
    seconds_per_image: float

    def seconds(self, images: int) -> float:
        """Return the duration of an epoch with this number of images."""
        return self.fixed_overhead_s + images * self.seconds_per_image


def estimate_epoch_duration(
    epochs: Iterable[TimedEpoch], root_step: TimedStep | None, macs: float, selection_images: int
) -> EpochDuration | None:
    """Return the expected duration of an epoch of a network with `macs` MACs per image, which include its teacher's.
    Return None if nothing has been timed.

    The estimate uses the median time per image and MAC over the epochs or, without epochs, the step that was timed when
    the root was imported. An image that is evaluated counts as a third of one that is trained on.
    """
    seconds_per_mac = [
        epoch.seconds / ((epoch.images + FORWARD_PASS_SHARE * epoch.selection_images) * epoch.macs)
        for epoch in epochs
        if epoch.images > 0 and epoch.macs > 0 and epoch.seconds > 0
    ]
    if seconds_per_mac:
        seconds_per_image = median(seconds_per_mac) * macs
        return EpochDuration(FORWARD_PASS_SHARE * selection_images * seconds_per_image, seconds_per_image)
    if root_step is None or not root_step.macs:
        return None
    share = macs / root_step.macs
    return EpochDuration(root_step.evaluation_s * share, root_step.seconds_per_image * share)


def count_teacher_macs(teacher_macs: int | None, training: Training, train_images: int) -> float:
    """Return the MACs per image that a teacher adds to a training step: a third of the teacher's own MACs, because it
    only runs forward, which takes about a third of a training step. It adds none if its predictions are computed in
    advance: without augmentation, in a training run that sees at least as many images as the train split has.
    """
    images_seen = training.epochs * count_epoch_images(training, train_images)
    if teacher_macs is None or (training.augmentation == "none" and images_seen >= train_images):
        return 0.0
    return FORWARD_PASS_SHARE * teacher_macs


def count_epoch_images(training: Training, train_images: int) -> int:
    """Return the number of images of an epoch. `train_images`: number of images of the train split."""
    return min(training.images or train_images, train_images)
