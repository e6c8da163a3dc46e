"""Job `root`: trains or imports the unpruned network and measures it. After that, node 0 is ready."""

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from torch import nn

from cnnpruner.domain.progress import Progress
from cnnpruner.domain.results import NodeResult
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Epoch
from cnnpruner.domain.tree.provenance import StartWeights, TrainingRecord
from cnnpruner.domain.tree.training import Training
from cnnpruner.engine.device import device_name
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.engine.training.trainer import Trainer
from cnnpruner.engine.weights import write_weights
from cnnpruner.errors import CNNPrunerError
from cnnpruner.formats.checksums import sha256_of
from cnnpruner.jobs.cache import WorkerCache, build_fresh_network
from cnnpruner.jobs.context import Context, progress_in_range
from cnnpruner.jobs.images import ImageSplits
from cnnpruner.jobs.initial_weights import InitialWeights, load_initial_weights
from cnnpruner.jobs.measurement import NodeNetwork, NodeToMeasure, compute_and_check_cost, measure
from cnnpruner.jobs.pictures import write_pictures
from cnnpruner.jobs.setups import ExperimentSetup
from cnnpruner.jobs.starts import StartRecord
from cnnpruner.jobs.training_runs import TrainedNetwork, TrainingRun, TrainingRunSettings

PROGRESS_AFTER_READING, PROGRESS_AFTER_EVALUATION = 0.05, 0.85
"""Progress of the job after the images have been read, and after the trained or imported network has been evaluated."""


MAX_TIMED_BATCH_SIZE = 32
"""Largest batch size at which a training step of an imported root is timed."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RootInputs:
    """Inputs of the job. The initial weights come from `checkpoint` or, if that is None, from the source that the
    experiment states. If `training` is None, the initial weights are not trained further.
    """

    setup: ExperimentSetup
    node_id: int
    training: Training | None
    checkpoint: Path | None
    weights: Path
    """Output file for the root's weights."""
    pictures: Path
    """Output file for the thumbnails of the selection images."""


@dataclass(frozen=True)
class _OfficialTestAccuracy:
    """Accuracy of the imported weights on all official test images, regardless of the experiment's splits."""

    accuracy: float
    images: int


def run(inputs: RootInputs, context: Context, cache: WorkerCache) -> NodeResult:
    """Train or import the root, measure it, and write its weights and the thumbnails of the selection images."""
    images = cache.images(inputs.setup, progress_in_range(context, 0.0, PROGRESS_AFTER_READING))
    write_pictures(images, inputs.pictures, progress_in_range(context, 0.0, PROGRESS_AFTER_READING))
    network = _load_initial_network(inputs, progress_in_range(context, 0.0, PROGRESS_AFTER_READING)).to(images.device)
    official_test_accuracy: _OfficialTestAccuracy | None = None
    layers = inputs.setup.root_layers
    if inputs.training is not None:
        settings = TrainingRunSettings(
            inputs.training,
            layers,
            inputs.setup.experiment.seed,
            None,
            PROGRESS_AFTER_READING,
            PROGRESS_AFTER_EVALUATION,
            StartRecord(_find_start_weights(inputs.setup.experiment)),
        )
        root = TrainingRun(network, images, settings, context).run()
    else:
        root, official_test_accuracy = _evaluate_imported_network(network, images, inputs.setup.experiment, context)
    node = NodeToMeasure(NodeNetwork(root.network, layers, inputs.node_id), inputs.setup, None)
    measurement = measure(node, images, cache, context, PROGRESS_AFTER_EVALUATION)
    context.raise_if_cancelled()
    cost = compute_and_check_cost(layers, write_weights(root.network, inputs.weights))
    return NodeResult(
        layers=layers,
        cost=cost,
        predictions=root.predictions,
        best_epoch=root.best_epoch,
        weights_sha256=sha256_of(inputs.weights),
        scores=measurement.scores,
        latencies=measurement.latencies,
        training_record=root.record,
        import_accuracy=official_test_accuracy.accuracy if official_test_accuracy else None,
        import_images=official_test_accuracy.images if official_test_accuracy else None,
    )


def _find_start_weights(experiment: Experiment) -> StartWeights:
    if experiment.weights.path is not None:
        return "checkpoint"
    return "pretrained" if experiment.weights.pretrained else "fresh"


def _load_initial_network(inputs: RootInputs, progress: Progress) -> nn.Module:
    experiment = inputs.setup.experiment
    network = build_fresh_network(experiment)
    weights = experiment.weights
    initial = InitialWeights(
        experiment.network, inputs.checkpoint, weights.pretrained, inputs.training is not None, weights.key
    )
    load_initial_weights(network, initial, len(experiment.classes), experiment.channels, progress)
    return network


def _measure_step_time(network: nn.Module, images: ImageSplits, experiment: Experiment) -> float | None:
    """Return the duration of a training step in seconds per image, so that the page can say how long training will
    take; None if the network cannot be trained with the experiment's settings.
    """
    settings = experiment.training.model_copy(
        update={"batch_size": min(experiment.training.batch_size, MAX_TIMED_BATCH_SIZE), "epochs": 1, "images": None}
    )
    try:
        return Trainer(network, images.train, settings, experiment.seed).measure_step_time()
    except (CNNPrunerError, RuntimeError) as error:
        log.warning("A training step could not be timed: %s", error)
        return None


def _evaluate_imported_network(
    network: nn.Module, images: ImageSplits, experiment: Experiment, context: Context
) -> tuple[TrainedNetwork, _OfficialTestAccuracy | None]:
    """Evaluate imported weights as epoch 0, which remains the only epoch because the weights are not trained further.

    Also return their accuracy on all official test images; None if the splits do not cover these images.
    """
    start_time = time.monotonic()
    progress = progress_in_range(context, PROGRESS_AFTER_READING, PROGRESS_AFTER_EVALUATION)
    predictions = predict(network, *images.selection, images.normalize, lambda done, text: progress(done / 2, text))
    row = Epoch(
        epoch=0,
        train_loss=None,
        loss=predictions.loss,
        accuracy=predictions.accuracy,
        learning_rate=None,
        seconds=time.monotonic() - start_time,
        at=datetime.now(UTC),
    )
    official_test_accuracy: _OfficialTestAccuracy | None = None
    if images.uses_official_test_images:
        # The selection and test splits together are all official test images, so each is measured once.
        test_predictions = predict(
            network, *images.test, images.normalize, lambda done, text: progress((1 + done) / 2, text)
        )
        count = len(predictions.labels) + len(test_predictions.labels)
        official_test_accuracy = _OfficialTestAccuracy((predictions.correct + test_predictions.correct) / count, count)
    if not context.finished_epochs:
        context.commit_epoch(row)
    record = TrainingRecord(
        start=_find_start_weights(experiment),
        start_accuracies=None,
        reconstruction=None,
        seed=experiment.seed,
        images_per_epoch=0,
        images_seen=0,
        seconds=row.seconds,
        step_seconds_per_image=_measure_step_time(network, images, experiment),
        device=device_name(images.device),
        bfloat16=False,
        teacher_number=None,
    )
    return TrainedNetwork(network.eval(), 0, predictions, record), official_test_accuracy
