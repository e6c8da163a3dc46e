"""Job `preview`: measures the accuracy of a plan's network without training, the cheapest part first: directly after
cutting, after re-estimating batch norm, and after reconstruction.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import nn

from cnnpruner.domain.base import Accuracy
from cnnpruner.domain.plans.plans import ClassChange, Plan, Preview
from cnnpruner.domain.progress import Progress
from cnnpruner.domain.results import Predictions
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.engine.training.recalibration import has_batch_norm
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, progress_in_range
from cnnpruner.jobs.images import ImageSplits
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode
from cnnpruner.jobs.starts import PrunedNetworkBuilder, ReconstructionSize
from cnnpruner.planning.intervals import accuracy_with_interval


@dataclass(frozen=True)
class PreviewInputs:
    """A node, the plan to preview, and the node's predictions for the selection images."""

    setup: ExperimentSetup
    node: ReadyNode
    plan: Plan
    before: Predictions


def run(inputs: PreviewInputs, context: Context, cache: WorkerCache) -> Preview:
    """Return the complete preview, and publish each part as soon as it has been measured. The node's network is left
    unchanged.
    """
    measurement = _PreviewMeasurement(inputs, context, cache)
    raw = measurement.measure_cut_network()
    context.publish_preview(raw)
    latest_preview = recalibrated = measurement.add_recalibrated_accuracy(raw)
    context.publish_preview(recalibrated)
    for latest_preview in measurement.add_reconstructed_accuracies(recalibrated):
        context.publish_preview(latest_preview)
    return latest_preview


class _PreviewMeasurement:
    """Measures the parts of a preview, one after another."""

    def __init__(self, inputs: PreviewInputs, context: Context, cache: WorkerCache) -> None:
        self._start_time = time.monotonic()
        self._inputs, self._context = inputs, context
        self._images: ImageSplits = cache.images(inputs.setup, progress_in_range(context, 0.0, 0.1))
        parent = cache.network(inputs.setup, inputs.node)
        seed = inputs.setup.experiment.seed
        self._networks = PrunedNetworkBuilder(parent, inputs.node.layers, inputs.plan.units, self._images.train, seed)
        self._cut = self._networks.cut()

    def measure_cut_network(self) -> Preview:
        """Return a preview that contains only the accuracy directly after cutting."""
        inputs = self._inputs
        return Preview(
            plan_id=inputs.plan.id,
            removed_filters=inputs.plan.reached,
            revision=inputs.plan.revision,
            before=_accuracy_of_predictions(inputs.before),
            raw=_accuracy_of_predictions(self._predict(self._cut, self._progress_in_range(0.1, 0.25))),
            recalibrated=None,
            reconstructed=None,
            reconstruction=None,
            has_batch_norm=has_batch_norm(self._cut),
            worst=None,
            broken_limits=[],
            seconds=self._elapsed_s(),
        )

    def add_recalibrated_accuracy(self, preview: Preview) -> Preview:
        """Return the preview, supplemented by the accuracy after re-estimating batch norm."""
        network = self._networks.recalibrated(self._cut, self._progress_in_range(0.25, 0.35))
        predictions = self._predict(network, self._progress_in_range(0.35, 0.45))
        changes = {"recalibrated": _accuracy_of_predictions(predictions), "seconds": self._elapsed_s()}
        return preview.model_copy(update=changes | self._check_class_accuracies(predictions))

    def _check_class_accuracies(self, predictions: Predictions) -> dict[str, Any]:
        """Return two fields of a preview, by name: the class whose accuracy drops most with these predictions, and the
        limits of the plan's rule that are exceeded.
        """
        plan, classes = self._inputs.plan, self._inputs.setup.experiment.classes
        worst = find_worst_class(self._inputs.before, predictions)
        return {"worst": worst, "broken_limits": broken_limits(plan, worst, classes)}

    def add_reconstructed_accuracies(self, preview: Preview) -> Iterator[Preview]:
        """Yield the preview twice: first with the accuracy after a quick reconstruction, then with the accuracy after
        the full reconstruction. If there are few images, there is only one reconstruction.
        """
        for settings, low, high in self._reconstructions_with_progress():
            fitting_progress = self._progress_in_range(low, low + 0.8 * (high - low))
            network, record = self._networks.reconstructed(self._cut, settings, fitting_progress)
            predictions = self._predict(network, self._progress_in_range(low + 0.8 * (high - low), high))
            changes = {
                "reconstructed": _accuracy_of_predictions(predictions),
                "reconstruction": record,
                "seconds": self._elapsed_s(),
            }
            if preview.recalibrated is not None and predictions.correct > preview.recalibrated.correct:
                changes |= self._check_class_accuracies(predictions)
            yield preview.model_copy(update=changes)

    def _reconstructions_with_progress(self) -> Iterator[tuple[ReconstructionSize, float, float]]:
        """Yield, for each reconstruction, its size and the job's progress before and after it."""
        steps = self._networks.reconstruction_sizes()
        progress_bounds = (0.45, 1.0) if len(steps) == 1 else (0.45, 0.65, 1.0)
        yield from zip(steps, progress_bounds, progress_bounds[1:], strict=False)

    def _predict(self, network: nn.Module, progress: Progress) -> Predictions:
        return predict(network, *self._images.selection, self._images.normalize, progress)

    def _progress_in_range(self, low: float, high: float) -> Progress:
        return progress_in_range(self._context, low, high)

    def _elapsed_s(self) -> float:
        return time.monotonic() - self._start_time


def _accuracy_of_predictions(predictions: Predictions) -> Accuracy:
    return accuracy_with_interval(predictions.correct, len(predictions.labels))


def find_worst_class(before: Predictions, new_predictions: Predictions) -> ClassChange:
    """Return the class whose accuracy drops most, and which of its images are newly misclassified. If several classes
    are equal, the one with the lowest label is returned.
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
    """Return a list with one sentence if the class in `worst` loses more accuracy than the plan's rule allows,
    otherwise an empty list.
    """
    limit, loss = plan.rule.max_class_loss, worst.accuracy_before - worst.accuracy_after
    # The tiny term lets a loss of exactly the limit pass.
    if limit is None or loss <= limit + 1e-9:
        return []
    return [
        f"Class {classes[worst.label]} loses {100 * loss:.1f} percentage points of accuracy "
        f"({worst.accuracy_before:.1%} to {worst.accuracy_after:.1%}, newly misclassified samples: "
        f"{len(worst.flipped)}), more than the {100 * limit:g} percentage points allowed."
    ]
