"""Arguments for the training of pruned nodes, shared by the commands that create nodes."""

import argparse
from typing import Any, get_args

from cnnpruner.domain.tree.training import LearningRateSchedule, TrainingStart


def add_training_arguments(parser: argparse.ArgumentParser, title: str) -> None:
    """Adds a group of arguments named `title`: `--start` and the training settings. If a setting is omitted, the
    default of the experiment is used.
    """
    group = parser.add_argument_group(title)
    text = "weights from which the training starts; `best` (default) uses the most accurate of the other three"
    group.add_argument("--start", choices=get_args(TrainingStart), help=text)
    group.add_argument("--epochs", type=int, help="number of training epochs")
    group.add_argument("--images", type=int, help="number of training images per epoch")
    group.add_argument("--learning-rate", type=float, help="peak learning rate")
    group.add_argument("--batch-size", type=int, help="number of images per training step")
    group.add_argument("--schedule", choices=get_args(LearningRateSchedule), help="learning rate schedule")
    text = "node whose predictions the network also learns to match: root, parent, or the id of a ready node"
    group.add_argument("--teacher", metavar="NODE", help=text)
    group.add_argument("--teacher-weight", type=float, help="weight of the teacher's predictions in the loss, 0 to 1")
    group.add_argument("--temperature", type=float, help="temperature that softens the teacher's predictions")
    group.add_argument(
        "--ema", type=float, metavar="DECAY", help="decay of an exponential moving average of the weights"
    )
    group.add_argument(
        "--warmup-epochs", type=int, help="number of warm-up epochs, during which the learning rate rises"
    )
    group.add_argument(
        "--label-smoothing", type=float, help="share of each label that is spread evenly over all classes"
    )
    group.add_argument(
        "--gradient-clip",
        type=float,
        metavar="NORM",
        help="maximum norm of the gradient; larger gradients are scaled down to it",
    )


_TRAINING_SETTINGS = (
    "epochs", "images", "learning_rate", "batch_size", "schedule", "teacher_weight", "temperature", "ema",
    "warmup_epochs", "label_smoothing", "gradient_clip",
)  # fmt: skip


def parse_training_settings(args: argparse.Namespace) -> dict[str, Any] | None:
    """Returns the training settings given on the command line, as fields of a REST request; None if there are none."""
    settings = {name: getattr(args, name) for name in _TRAINING_SETTINGS if getattr(args, name) is not None}
    if args.teacher is not None:
        settings["teacher"] = int(args.teacher) if args.teacher.isdecimal() else args.teacher
    return settings or None
