"""Small valid values for tests."""

from datetime import UTC, datetime

import numpy as np

from cnnpruner.domain.jobs import ExperimentCheckJob, NewJob
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.plans.plans import Cost
from cnnpruner.domain.results import ExperimentCheckResult, NodeResult, Predictions, ScoreArrays, SplitIndices
from cnnpruner.domain.tree.experiments import (
    DataSource,
    Experiment,
    NetworkSource,
    NewExperiment,
    Splits,
    WeightsSource,
)
from cnnpruner.domain.tree.latencies import LatencyDistribution
from cnnpruner.domain.tree.nodes import Epoch
from cnnpruner.domain.tree.provenance import TrainingRecord
from cnnpruner.domain.tree.training import Training
from cnnpruner.planning.defaults import PLAIN_TRAINING_SETTINGS
from cnnpruner.planning.latency import BlockTimes, summarize_block_times
from cnnpruner.store import NewNode

TRAINING = Training(
    epochs=3,
    learning_rate=0.1,
    batch_size=32,
    momentum=0.9,
    weight_decay=0.0005,
    schedule="cosine",
    augmentation="none",
    early_stop=False,
    amp=False,
    images=None,
    **PLAIN_TRAINING_SETTINGS,
)

RECORD = TrainingRecord(
    start="fresh",
    start_accuracies=None,
    reconstruction=None,
    seed=0,
    images_per_epoch=6,
    images_seen=18,
    seconds=1.5,
    step_seconds_per_image=None,
    device="a test",
    bfloat16=False,
    teacher_number=None,
)
"""The record of a node that was trained on six images for three epochs."""


def experiment_value() -> Experiment:
    """An experiment with two classes of 8×8 images."""
    return Experiment(
        id=0,
        name="test",
        created_at=datetime.now(UTC),
        data=DataSource(kind="digits"),
        image_size=8,
        channels=1,
        mean=[0.5],
        std=[0.5],
        classes=["a", "b"],
        network=NetworkSource(name="small_vgg"),
        weights=WeightsSource(path="w.pt"),
        seed=0,
        tolerance=0.005,
        target_accuracy=None,
        root_training=None,
        training=TRAINING,
        splits=Splits(train=6, selection=4, test=2, rule="by hand"),
        import_accuracy=None,
        import_images=None,
        tests=0,
        tested_at=None,
        notices=[],
        has_weights=True,
        root_id=0,
        nodes=0,
        score_batches=50,
        score_batch_size=32,
    )


def empty_layers() -> Layers:
    """A structure without layers or units."""
    return Layers(
        image=(1, 8, 8), layers=[], units=[], groups=[], tensors=[], dim_units=[], readers=[], architecture=[], notes=[]
    )


def checked_experiment() -> ExperimentCheckResult:
    """The result of a check, with an empty structure."""
    splits = SplitIndices("train", np.arange(6), "train", np.arange(6, 10), "train", np.arange(10, 12), "by hand")
    return ExperimentCheckResult(("a", "b"), 8, 1, (0.5,), (0.5,), splits, empty_layers(), ())


def new_node(experiment_id: int, parent_id: int | None = None) -> NewNode:
    """A node evaluated on four selection images."""
    return NewNode(experiment_id, parent_id, "plan", 4, TRAINING.model_dump(mode="json"))


def epoch(number: int, accuracy: float = 0.5, loss: float = 1.0) -> Epoch:
    """A finished epoch."""
    return Epoch(
        epoch=number,
        train_loss=None if number == 0 else 1.0,
        loss=loss,
        accuracy=accuracy,
        learning_rate=None if number == 0 else 0.1,
        seconds=0.5,
        at=datetime.now(UTC),
    )


def latency(node_ms: float, root_ms: float | None = 4.0, batch: int = 1) -> LatencyDistribution:
    """A reliable latency; without `root_ms`, of a network with the root's structure."""
    times = BlockTimes((node_ms,) * 20, None if root_ms is None else (root_ms,) * 20)
    return summarize_block_times(times, ("eager", batch, "CPU X", 2), datetime(2026, 1, 2, tzinfo=UTC))


def unreliable_latency(node_ms: float) -> LatencyDistribution:
    """A latency that was measured on a busy machine."""
    return latency(node_ms).model_copy(update={"reliability": "unreliable"})


def unpaired_latency(node_ms: float) -> LatencyDistribution:
    """A latency as version 0.1.0 stored it."""
    stored = {"runtime": "eager", "batch": 1, "device": "CPU X", "median_ms": node_ms, "iqr_ms": 0.1}
    return LatencyDistribution.model_validate(stored)


def node_result(predicted: list[int]) -> NodeResult:
    """A result whose true classes are 0, 0, 1, 1."""
    labels, classes = np.array([0, 0, 1, 1]), np.array(predicted)
    top = np.stack([classes, 1 - classes], axis=1)
    probability = np.tile(np.array([0.75, 0.25], dtype=np.float32), (4, 1))
    return NodeResult(
        layers=empty_layers(),
        cost=Cost(filters=10, parameters=100, macs=1000, size_bytes=500),
        predictions=Predictions(labels, classes, top, probability, 0.25),
        best_epoch=2,
        weights_sha256="0" * 64,
        scores=(ScoreArrays("taylor", np.array([0.5, np.nan]), np.array([0.1, np.nan]), 50, 32),),
        latencies=(),
        training_record=RECORD,
        import_accuracy=None,
        import_images=None,
    )


NEW_EXPERIMENT = NewExperiment.model_validate({"data": {"kind": "digits"}, "network": {"name": "small_vgg"}})

EXPERIMENT_CHECK = NewJob(ExperimentCheckJob(experiment=NEW_EXPERIMENT))
"""A check that no worker runs: tests put its result into the store."""
