"""Default training settings. Does not import torch."""

from typing import Literal

from cnnpruner.domain.tree.experiments import DataSource
from cnnpruner.domain.tree.training import Training

TrainingPurpose = Literal["root", "tune"]
PLAIN_TRAINING_SETTINGS = {
    "start": "cut", "teacher": None, "temperature": 4.0, "teacher_weight": 0.9, "ema": None, "warmup_epochs": 0,
    "label_smoothing": 0.0, "gradient_clip": None,
}  # fmt: skip
"""Training settings that use none of the newer options: training starts from the network as cut, without teacher,
weight averaging, warm-up, label smoothing or gradient clipping. The temperature and the teacher's weight only apply
once a teacher is chosen.
"""


def default_training(source: DataSource, purpose: TrainingPurpose) -> Training:
    """Return the default settings for training a root, or for fine-tuning a pruned node, on this data set."""
    if source.kind == "digits":
        return _default_digits_training(purpose)
    return _default_image_training(source, purpose)


def _default_digits_training(purpose: TrainingPurpose) -> Training:
    """Return the settings for the 8×8 digits: no augmentation, small batches, and the one-cycle schedule, both for
    roots and for fine-tuning.

    In measurements, the root reached at least 98.3% on the selection split with 5 of 5 seeds. With half of all filters
    removed, nodes recovered (tolerance 0.005) with 4 of 4 seeds at this learning rate of 0.05, but only with 3 of 4
    seeds with a cosine schedule that started at 0.02.
    """
    return Training(
        epochs=20 if purpose == "root" else 15,
        learning_rate=0.05,
        batch_size=32,
        momentum=0.9,
        weight_decay=5e-4,
        schedule="one_cycle",
        augmentation="none",
        early_stop=False,
        amp=False,
        images=None,
        **PLAIN_TRAINING_SETTINGS | {"start": "best"},
    )


def _default_image_training(source: DataSource, purpose: TrainingPurpose) -> Training:
    """Return the settings for all other data sets: crops and flips as in He et al. 2015 (section 4.2), but no flips for
    MNIST and Fashion-MNIST.
    """
    return Training(
        epochs=60 if purpose == "root" else 15,
        learning_rate=0.1 if purpose == "root" else 0.02,
        batch_size=128,
        momentum=0.9,
        weight_decay=5e-4,
        schedule="one_cycle" if purpose == "root" else "cosine",
        augmentation="crop" if source.kind in {"mnist", "fashion_mnist"} else "crop_flip",
        early_stop=False,
        amp=True,
        images=None,
        **PLAIN_TRAINING_SETTINGS | {"start": "best"},
    )
