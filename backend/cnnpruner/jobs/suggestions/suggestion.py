"""Job `suggestion`: searches for the plan of a node that keeps the most accuracy at a given cost, or the one with the
lowest cost at a given accuracy.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cnnpruner.domain.plans.goals import CostGoal
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.domain.plans.suggestions import SearchState, Suggestion
from cnnpruner.domain.results import Predictions
from cnnpruner.engine.reconstruction.reconstruction import FitSettings, NetworkCut, fit_to_targets
from cnnpruner.engine.reconstruction.targets import record_targets
from cnnpruner.engine.training.batches import scoring_batches
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.engine.training.recalibration import has_batch_norm
from cnnpruner.engine.training.threads import limit_threads, mean_layer_macs
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.context import Context, progress_in_range
from cnnpruner.jobs.images import ImageSplits
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode
from cnnpruner.jobs.starts import RECALIBRATION_BATCH_SIZE, RECALIBRATION_BATCHES, PrunedNetworkBuilder
from cnnpruner.jobs.suggestions.measurements import CompleteMeasurement, Measurement, SearchTask
from cnnpruner.jobs.suggestions.plan_search import PlanSearch
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.intervals import accuracy_with_interval

FIT_POSITIONS_PER_IMAGE = 8
"""Number of positions per image at which the reconstructions of the search compare outputs. They use as many images as
the quick reconstruction of a preview.
"""
SCORING_PROGRESS_SHARE = 0.2
"""Share of the job's progress that scoring takes, before the search."""
MAX_IMAGES_BEFORE_FIT = 1024
"""Maximum number of images on which the best plan is also evaluated without reconstruction: as cut, and with batch norm
re-estimated.
"""
SEARCH_IMAGE_SHARE = 0.5
"""Share of the selection images that are used to choose the best plan. The others are used only to measure plans that
were already chosen.
"""


@dataclass(frozen=True)
class SuggestionInputs:
    """A node, the suggestion to search for, and the scores of the node by criterion."""

    setup: ExperimentSetup
    node: ReadyNode
    suggestion: Suggestion
    scores: dict[str, Scores]


def run(inputs: SuggestionInputs, context: Context, cache: WorkerCache) -> SearchState:
    """Run the search and return its result. Intermediate results are published after every measurement, and an
    interrupted search continues from them.
    """
    suggestion, layers = inputs.suggestion, inputs.node.layers
    images = cache.images(inputs.setup, progress_in_range(context, SCORING_PROGRESS_SHARE, SCORING_PROGRESS_SHARE))
    evaluator = ReconstructionEvaluator(inputs, images, cache.network(inputs.setup, inputs.node), context)
    goal = suggestion.goal
    task = SearchTask(
        layers=layers,
        table=CostTable(layers),
        metric=goal.metric if isinstance(goal, CostGoal) else "macs",
        limit=goal.value if isinstance(goal, CostGoal) else None,
        accuracy=None if isinstance(goal, CostGoal) else goal.accuracy,
        scores=inputs.scores,
        seconds=suggestion.seconds,
        seed=suggestion.seed,
    )
    previous_state = SearchState.model_validate({name: getattr(suggestion, name) for name in SearchState.model_fields})

    def publish(state: SearchState) -> None:
        fraction = SCORING_PROGRESS_SHARE + (1 - SCORING_PROGRESS_SHARE) * min(
            0.99, state.elapsed_s / suggestion.seconds
        )
        context.publish_suggestion(suggestion.id, state)
        context.report_progress(
            fraction, f"{len(state.candidates)} plans compared", max(0.0, suggestion.seconds - state.elapsed_s)
        )

    return PlanSearch(task, evaluator, publish, previous_state).run()


class ReconstructionEvaluator:
    """Measures plans of one node by cutting and reconstructing its network. The parent's outputs are recorded only
    once.
    """

    def __init__(self, inputs: SuggestionInputs, images: ImageSplits, parent: nn.Module, context: Context) -> None:
        self._parent, self._layers, self._context, self._images = parent, inputs.node.layers, context, images
        self._seed = inputs.setup.experiment.seed
        pool, indices = images.selection
        self._pool, (self._choosing, self._unseen) = pool, divide_images(indices, inputs.suggestion.seed)
        count = self._make_network_builder(()).reconstruction_sizes()[0].images
        batches = scoring_batches(images.train, 1, count, self._seed)
        self._fit_images = torch.cat([pictures for pictures, _ in batches])
        started_at = time.monotonic()
        with limit_threads(mean_layer_macs(self._layers) * len(self._fit_images)):
            self._targets = record_targets(
                parent, self._fit_images, FIT_POSITIONS_PER_IMAGE, self._seed, self._raise_if_cancelled
            )
        self._target_seconds = time.monotonic() - started_at
        self._fit_seconds: list[float] = []
        self._seconds_per_image: list[float] = []

    @property
    def images(self) -> int:
        """Number of images that may be used to choose the best plan."""
        return len(self._choosing)

    @property
    def complete_measurement_s(self) -> float:
        """Expected duration of `measure_completely` in seconds; 0 before the first measurement. It records the parent's
        outputs, fits the network on more images, and evaluates up to three networks.
        """
        if not self._fit_seconds:
            return 0.0
        sizes = self._make_network_builder(()).reconstruction_sizes()
        fit = float(np.median(self._fit_seconds)) + self._target_seconds
        unfitted = (
            2 * min(MAX_IMAGES_BEFORE_FIT, len(self._choosing)) + RECALIBRATION_BATCHES * RECALIBRATION_BATCH_SIZE
        )
        evaluated_images = len(self._choosing) + len(self._unseen) + unfitted
        return fit * sizes[-1].images / sizes[0].images + evaluated_images * float(np.median(self._seconds_per_image))

    def measure(self, units: Sequence[int], images: int) -> Measurement:
        """Measure the reconstructed network on the first `images` of the images for choosing the best plan."""
        started_at = time.monotonic()
        networks = self._make_network_builder(units)
        cut = NetworkCut(self._parent, self._layers, units, networks.cut())
        with limit_threads(mean_layer_macs(self._layers) * len(self._fit_images)):
            network = fit_to_targets(
                cut, self._fit_images, self._targets, FitSettings().ridge, self._raise_if_cancelled
            ).network
        fit_end_time = time.monotonic()
        measurement = _to_measurement(self._predict(network, self._choosing[:images]))
        self._fit_seconds.append(fit_end_time - started_at)
        self._seconds_per_image.append((time.monotonic() - fit_end_time) / images)
        return measurement

    def measure_completely(self, units: Sequence[int]) -> CompleteMeasurement:
        """Measure the plan on all selection images after a full reconstruction, and on at most `MAX_IMAGES_BEFORE_FIT`
        images without reconstruction.
        """
        networks = self._make_network_builder(units)
        cut = networks.cut()
        sample = self._choosing[:MAX_IMAGES_BEFORE_FIT]
        raw = _to_measurement(self._predict(cut, sample)).accuracy
        recalibrated = None
        if has_batch_norm(cut):
            recalibrated_network = networks.recalibrated(cut, self._raise_if_cancelled)
            recalibrated = _to_measurement(self._predict(recalibrated_network, sample)).accuracy
        network, _ = networks.reconstructed(cut, networks.reconstruction_sizes()[-1], self._raise_if_cancelled)
        has_unseen_images = len(self._unseen) > 0
        return CompleteMeasurement(
            raw=raw,
            recalibrated=recalibrated,
            reconstructed=_to_measurement(self._predict(network, self._choosing)),
            unseen=_to_measurement(self._predict(network, self._unseen)).accuracy if has_unseen_images else None,
        )

    def _make_network_builder(self, units: Sequence[int]) -> PrunedNetworkBuilder:
        return PrunedNetworkBuilder(self._parent, self._layers, units, self._images.train, self._seed)

    def _predict(self, network: nn.Module, indices: NDArray[np.int64]) -> Predictions:
        return predict(network, self._pool, indices, self._images.normalize, self._raise_if_cancelled)

    def _raise_if_cancelled(self, _: float, __: str) -> None:
        """Raise JobCancelled if the job has been cancelled."""
        self._context.raise_if_cancelled()


def divide_images(indices: NDArray[np.int64], seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Divide the images at random into those used to choose the best plan and those used only to measure it."""
    shuffled_indices = np.random.default_rng(seed).permutation(indices)
    count = max(1, round(SEARCH_IMAGE_SHARE * len(shuffled_indices)))
    return shuffled_indices[:count], shuffled_indices[count:]


def _to_measurement(predictions: Predictions) -> Measurement:
    return Measurement(predictions.loss, accuracy_with_interval(predictions.correct, len(predictions.labels)))
