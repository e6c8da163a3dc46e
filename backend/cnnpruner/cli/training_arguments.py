"""Arguments for the training of pruned nodes, shared by the commands that make nodes."""

import argparse
from typing import Any, get_args

from cnnpruner.domain.tree.training import Schedule, Start


def add_training_arguments(parser: argparse.ArgumentParser, title: str) -> None:
    """Adds a group of arguments: --start and training settings. A setting that is omitted keeps the experiment's
    default.
    """
    group = parser.add_argument_group(title)
    text = "weights from which the training starts: the most accurate of the others, or one of them (default best)"
    group.add_argument("--start", choices=get_args(Start), help=text)
    group.add_argument("--epochs", type=int, help="passes over the training images")
    group.add_argument("--images", type=int, help="training images per epoch")
    group.add_argument("--learning-rate", type=float, help="peak learning rate")
    group.add_argument("--batch-size", type=int, help="images per step")
    group.add_argument("--schedule", choices=get_args(Schedule), help="learning rate schedule")
    text = "also learn the predictions of this node: root, parent, or the id of a ready node"
    group.add_argument("--teacher", metavar="NODE", help=text)
    group.add_argument("--teacher-weight", type=float, help="weight of the teacher in the loss, 0 to 1")
    group.add_argument("--temperature", type=float, help="temperature that softens the teacher's predictions")
    group.add_argument("--ema", type=float, metavar="DECAY", help="average the weights over the steps")
    group.add_argument("--warmup-epochs", type=int, help="epochs over which the learning rate rises")
    group.add_argument("--label-smoothing", type=float, help="share of each label that is spread over all classes")
    group.add_argument("--gradient-clip", type=float, metavar="NORM", help="largest norm of the gradient")


_SETTINGS = (
    "epochs", "images", "learning_rate", "batch_size", "schedule", "teacher_weight", "temperature", "ema",
    "warmup_epochs", "label_smoothing", "gradient_clip",
)  # fmt: skip


def read_training(args: argparse.Namespace) -> dict[str, Any] | None:
    """Returns the training settings that were given, as REST takes them; None if none was."""
    settings = {name: getattr(args, name) for name in _SETTINGS if getattr(args, name) is not None}
    if args.teacher is not None:
        settings["teacher"] = int(args.teacher) if args.teacher.isdecimal() else args.teacher
    return settings or None
