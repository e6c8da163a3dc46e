"""Job `preview`: accuracy of a plan's network without training, as cut and with batch norm re-estimated."""

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
from cnnpruner.jobs.context import Context, part
from cnnpruner.jobs.images import SplitImages
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode
from cnnpruner.planning.intervals import accuracy_of

RECALIBRATION_BATCHES, RECALIBRATION_BATCH = 32, 64
"""Images for new statistics: 2,048 training images in seeded order."""


@dataclass(frozen=True)
class PreviewInputs:
    """A plan of a node, and what the node itself says about the selection images."""

    setup: ExperimentSetup
    node: ReadyNode
    plan: Plan
    before: Predictions


def run(inputs: PreviewInputs, context: Context, cache: WorkerCache) -> Preview:
    """Nothing is written; the node's network stays as it is."""
    started = time.monotonic()
    images = cache.images(inputs.setup, part(context, 0.0, 0.1))
    network = cut(cache.network(inputs.setup, inputs.node), inputs.node.layers, inputs.plan.units)
    raw = predict(network, *images.selection, images.normalize, part(context, 0.1, 0.5))
    has_batch_norm = _has_batch_norm(network)
    after = _recalibrated(network, inputs.setup, images, context) if has_batch_norm else raw
    worst = worst_class(inputs.before, after)
    return Preview(
        plan_id=inputs.plan.id,
        removed_filters=inputs.plan.reached,
        revision=inputs.plan.revision,
        before=accuracy_of(inputs.before.correct, len(inputs.before.labels)),
        raw=accuracy_of(raw.correct, len(raw.labels)),
        recalibrated=accuracy_of(after.correct, len(after.labels)),
        has_batch_norm=has_batch_norm,
        worst=worst,
        broken_limits=broken_limits(inputs.plan, worst, inputs.setup.experiment.classes),
        seconds=time.monotonic() - started,
    )


def worst_class(before: Predictions, after: Predictions) -> ClassChange:
    """The class whose accuracy falls most, the lowest of equals, and all images of it that went wrong."""
    labels = before.labels
    was, is_ = before.is_correct, after.is_correct
    classes = np.unique(labels)
    lost = [float(was[labels == label].mean() - is_[labels == label].mean()) for label in classes]
    label = int(classes[int(np.argmax(lost))])
    chosen = labels == label
    flipped = np.flatnonzero(chosen & was & ~is_)
    return ClassChange(
        label=label,
        accuracy_before=float(was[chosen].mean()),
        accuracy_after=float(is_[chosen].mean()),
        flipped=[int(sample) for sample in flipped],
    )


def broken_limits(plan: Plan, worst: ClassChange, classes: Sequence[str]) -> list[str]:
    """A sentence for the limit of the plan's rule that `worst` breaks; of several classes the worst is named."""
    limit, lost = plan.rule.max_class_loss, worst.accuracy_before - worst.accuracy_after
    # The tiny term lets a loss of exactly the limit pass.
    if limit is None or lost <= limit + 1e-9:
        return []
    flipped = f"{len(worst.flipped)} samples flipped" if len(worst.flipped) != 1 else "1 sample flipped"
    return [
        f"Class {classes[worst.label]} loses {100 * lost:.1f} points ({worst.accuracy_before:.1%} to "
        f"{worst.accuracy_after:.1%}, {flipped}), more than the {100 * limit:g} points allowed."
    ]


def _recalibrated(network: nn.Module, setup: ExperimentSetup, images: SplitImages, context: Context) -> Predictions:
    batches = scoring_batches(images.train, RECALIBRATION_BATCHES, RECALIBRATION_BATCH, setup.experiment.seed)
    tell = part(context, 0.5, 0.6)

    def report() -> Iterator[Tensor]:
        for number, (pictures, _) in enumerate(batches):
            tell(number / RECALIBRATION_BATCHES, "re-estimating batch norm")
            yield pictures

    anew = recalibrate(network, report())
    return predict(anew, *images.selection, images.normalize, part(context, 0.6, 1.0))


def _has_batch_norm(network: nn.Module) -> bool:
    return any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in network.modules())
