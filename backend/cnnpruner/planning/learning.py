"""Judges whether a node learned anything. If it did not, it has no accuracy that its children could lose and recover.
Does not import torch.

Method: docs/methods.md, "Nodes that learned nothing".
"""

from dataclasses import dataclass
from typing import Protocol

from cnnpruner.planning.intervals import wilson_interval

LEARNING_RATE_REDUCTION = 4
"""Factor by which it is recommended to lower the learning rate after fine-tuning that made the network worse."""


class TrainingSummary(Protocol):
    """The fields on a training run that nodes and learning results have in common. Losses are on the selection split,
    in nats.
    """

    @property
    def epochs(self) -> int:
        """Number of finished training epochs."""

    @property
    def best_epoch(self) -> int | None:
        """The epoch whose weights were kept; 0 for the start weights."""

    @property
    def loss_first(self) -> float | None:
        """Loss before training."""

    @property
    def loss_last(self) -> float | None:
        """Loss after the last epoch."""


@dataclass(frozen=True)
class LearningResult:
    """Outcome of a ready node's training. Losses are on the selection split, in nats."""

    number: int
    correct: int
    images: int
    """Number of selection images."""
    largest_class: int | None
    """Number of selection images in the largest class; None if it is not known."""
    epochs: int
    """Number of finished training epochs."""
    best_epoch: int | None
    loss: float | None
    """Loss after the best epoch; the node has the weights of this epoch."""
    loss_first: float | None
    """Loss before training."""
    loss_last: float | None
    """Loss after the last epoch."""
    is_root: bool
    started_from_fresh_weights: bool
    """Whether the node is a root whose weights at epoch 0 were drawn from the seed instead of being loaded."""
    fine_tuning_rate: float | None
    """Learning rate with which the pruned network was fine-tuned; None for roots, and for controls trained from
    scratch.
    """


def has_learned(result: LearningResult) -> bool:
    """Return whether the node learned anything; only then can its children be judged as recovered or not.

    For a root that started from loaded weights, only the accuracy counts, because such weights may be good even if
    further training did not improve them.
    """
    if is_no_better_than_largest_class(result):
        return False
    return not (
        result.started_from_fresh_weights
        and (_was_best_before_training(result) or _is_loss_worse_than_before_training(result))
    )


def list_learning_notices(result: LearningResult) -> list[str]:
    """Return a sentence for each sign that the node learned nothing, or that the root's training failed."""
    notices = []
    if is_no_better_than_largest_class(result):
        notices.append(_describe_accuracy(result))
    if result.is_root and _was_best_before_training(result):
        notices.append(_describe_missing_improvement(result))
    if result.fine_tuning_rate is not None and did_fine_tuning_hurt(result):
        notices.append(_describe_harmful_tuning(result, result.fine_tuning_rate))
    if result.is_root and result.epochs > 0 and _has_loss_risen(result):
        notices.append(
            f"The loss of node {result.number} on the selection split rose during training, from "
            f"{result.loss_first:.4g} at the start to {result.loss_last:.4g} after the last epoch; the learning rate "
            "may be too high."
        )
    return notices


def did_fine_tuning_hurt(result: TrainingSummary) -> bool:
    """Return whether fine-tuning made the network worse: no epoch improved its accuracy, and its loss has risen."""
    return result.epochs > 0 and result.best_epoch == 0 and _has_loss_risen(result)


def explain_unknown_recovery(parent: LearningResult) -> str:
    """Return a sentence that says why a child of `parent` is not judged as recovered or not: the parent learned
    nothing.
    """
    if is_no_better_than_largest_class(parent):
        reason = "it is no more accurate than always predicting the largest class"
    else:
        reason = "training did not improve on its random initial weights"
    return f"The parent, node {parent.number}, learned nothing that could be recovered: {reason}."


def is_no_better_than_largest_class(result: LearningResult) -> bool:
    """Return whether always predicting the largest class would be as accurate as the node. This is the case if the
    share of images in the largest class lies within the 95% interval of the node's accuracy, or above this interval.
    """
    if result.largest_class is None or result.images == 0:
        return False
    return wilson_interval(result.correct, result.images).low <= result.largest_class / result.images


def _was_best_before_training(result: LearningResult) -> bool:
    """Return whether epoch 0, before any training, is the best epoch. Always False for a root with loaded weights that
    were not trained.
    """
    return result.best_epoch == 0 and (result.started_from_fresh_weights or result.epochs > 0)


def _is_loss_worse_than_before_training(result: LearningResult) -> bool:
    """Return whether the loss is higher than before training, both after the last epoch and after the best epoch."""
    has_best_loss_risen = result.loss is not None and result.loss_first is not None and result.loss > result.loss_first
    return has_best_loss_risen and _has_loss_risen(result)


def _has_loss_risen(result: TrainingSummary) -> bool:
    return result.loss_last is not None and result.loss_first is not None and result.loss_last > result.loss_first


def _describe_accuracy(result: LearningResult) -> str:
    assert result.largest_class is not None
    interval = wilson_interval(result.correct, result.images)
    return (
        f"Node {result.number} is not more accurate than always predicting the largest class: its accuracy is "
        f"{result.correct / result.images:.2%} (95% interval {interval.low:.2%} to {interval.high:.2%}), and the "
        f"largest class has {result.largest_class / result.images:.2%} of the selection images."
    )


def _describe_harmful_tuning(result: LearningResult, rate: float) -> str:
    epochs = f"{result.epochs} {'epoch' if result.epochs == 1 else 'epochs'}"
    return (
        f"Fine-tuning made the network of node {result.number} worse: after {epochs}, the weights before training "
        f"(epoch 0) are still the best, so the node keeps them. To fine-tune more gently, prune its parent "
        f"again with a lower learning rate, for example {rate / LEARNING_RATE_REDUCTION:.3g} instead of {rate:.3g}."
    )


def _describe_missing_improvement(result: LearningResult) -> str:
    if result.epochs == 0:
        return (
            f"Node {result.number} was not trained, so its weights are random: create the experiment again with at "
            "least 1 epoch of training."
        )
    epochs = f"{result.epochs} {'epoch' if result.epochs == 1 else 'epochs'}"
    return (
        f"Training did not improve node {result.number}: after {epochs} of training, the weights before training "
        "(epoch 0) are still the best. To try a lower learning rate or more epochs, create the experiment again."
    )
