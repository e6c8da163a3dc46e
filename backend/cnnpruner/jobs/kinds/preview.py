"""Job `preview`: measures the accuracy of a plan's network without training, directly after cutting and after
re-estimating batch norm.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor, nn

from cnnpruner.domain.plans.plans import ClassChange, Plan, Preview
from cnnpruner.domain.results import Predictions
from cnnpruner.engine.surgery.surgery import cut
from cnnpruner.engine.training.batches import scoring_batches
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.engine.training.recalibration import recalibrate
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, progress_between
from cnnpruner.jobs.images import SplitImages
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode
from cnnpruner.planning.intervals import accuracy_of

RECALIBRATION_BATCHES, RECALIBRATION_BATCH_SIZE = 32, 64
"""Batch norm is re-estimated on 2,048 training images in seeded order."""


@dataclass(frozen=True)
class PreviewInputs:
    """A node, the plan to preview, and the node's predictions for the selection images."""

    setup: ExperimentSetup
    node: ReadyNode
    plan: Plan
    before: Predictions


def run(inputs: PreviewInputs, context: Context, cache: WorkerCache) -> Preview:
    """Returns the preview; writes nothing and leaves the node's network unchanged."""
    start_time = time.monotonic()
    images = cache.images(inputs.setup, progress_between(context, 0.0, 0.1))
    network = cut(cache.network(inputs.setup, inputs.node), inputs.node.layers, inputs.plan.units)
    raw = predict(network, *images.selection, images.normalize, progress_between(context, 0.1, 0.5))
    has_batch_norm = _has_batch_norm(network)
    new_predictions = _predict_recalibrated(network, inputs.setup, images, context) if has_batch_norm else raw
    worst = worst_class(inputs.before, new_predictions)
    return Preview(
        plan_id=inputs.plan.id,
        removed_filters=inputs.plan.reached,
        revision=inputs.plan.revision,
        before=accuracy_of(inputs.before.correct, len(inputs.before.labels)),
        raw=accuracy_of(raw.correct, len(raw.labels)),
        recalibrated=accuracy_of(new_predictions.correct, len(new_predictions.labels)),
        has_batch_norm=has_batch_norm,
        worst=worst,
        broken_limits=broken_limits(inputs.plan, worst, inputs.setup.experiment.classes),
        seconds=time.monotonic() - start_time,
    )


def worst_class(before: Predictions, new_predictions: Predictions) -> ClassChange:
    """Returns the class whose accuracy drops most (of several, the one with the lowest label), with its images that
    were classified correctly before but no longer are.
    """
    labels = before.labels
    was_correct, is_correct = before.is_correct, new_predictions.is_correct
    classes = np.unique(labels)
    losses = [float(was_correct[labels == label].mean() - is_correct[labels == label].mean()) for label in classes]
    label = int(classes[int(np.argmax(losses))])
    is_in_class = labels == label
    flipped = np.flatnonzero(is_in_class & was_correct & ~is_correct)
    return ClassChange(
        label=label,
        accuracy_before=float(was_correct[is_in_class].mean()),
        accuracy_after=float(is_correct[is_in_class].mean()),
        flipped=[int(sample) for sample in flipped],
    )


def broken_limits(plan: Plan, worst: ClassChange, classes: Sequence[str]) -> list[str]:
    """Returns one sentence if `worst` exceeds the per-class limit of the plan's rule, else no sentence."""
    limit, loss = plan.rule.max_class_loss, worst.accuracy_before - worst.accuracy_after
    # The tiny term lets a loss of exactly the limit pass.
    if limit is None or loss <= limit + 1e-9:
        return []
    flipped = f"{len(worst.flipped)} samples newly wrong" if len(worst.flipped) != 1 else "1 sample newly wrong"
    return [
        f"Class {classes[worst.label]} loses {100 * loss:.1f} points ({worst.accuracy_before:.1%} to "
        f"{worst.accuracy_after:.1%}, {flipped}), more than the {100 * limit:g} points allowed."
    ]


def _predict_recalibrated(
    network: nn.Module, setup: ExperimentSetup, images: SplitImages, context: Context
) -> Predictions:
    batches = scoring_batches(images.train, RECALIBRATION_BATCHES, RECALIBRATION_BATCH_SIZE, setup.experiment.seed)
    progress = progress_between(context, 0.5, 0.6)

    def batches_with_progress() -> Iterator[Tensor]:
        for number, (pictures, _) in enumerate(batches):
            progress(number / RECALIBRATION_BATCHES, "re-estimating batch norm")
            yield pictures

    recalibrated = recalibrate(network, batches_with_progress())
    return predict(recalibrated, *images.selection, images.normalize, progress_between(context, 0.6, 1.0))


def _has_batch_norm(network: nn.Module) -> bool:
    return any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in network.modules())
