"""Large trees, written directly into a database: many nodes, classes, samples on a map, or filters."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import torch

from cnnpruner.domain.jobs import EmbeddingJob, NewJob, RootJob
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.results import NodeResult, Predictions, ScoreArrays, SplitIndices
from cnnpruner.domain.samples.embeddings import Embedding
from cnnpruner.domain.tree.experiments import NetworkSource
from cnnpruner.engine.networks.build import build_network
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.planning.cost import CostTable
from cnnpruner.store import NewNode, Store, open_store
from tests.trees import root_layers
from tests.values import EXPERIMENT_CHECK, RECORD, TRAINING, checked_experiment, experiment_value

BRANCHES = 7
"""Number of parallel branches: the parent of each node is the node this many numbers before it."""

SPREAD = 3.0
"""Spread of a class on the map, whose centre is 10 units from the middle."""


@dataclass(frozen=True)
class Size:
    """The dimensions of a large tree."""

    nodes: int
    classes: int
    images: int
    """In the selection split."""
    is_laid_out: bool = False
    """Whether every node has a map of samples."""
    layers: Callable[[], Layers] = root_layers
    """The structure of every node."""


@cache
def wide_layers() -> Layers:
    """The structure of VGG-16, with 4224 filters."""
    network = build_network(NetworkSource(name="vgg16_bn"), 10, 1, 32, seed=0)
    return trace_layers(network, torch.zeros(1, 1, 32, 32))


MANY_NODES = Size(nodes=500, classes=100, images=400)
MANY_SAMPLES = Size(nodes=2, classes=10, images=10_000, is_laid_out=True)
MANY_FILTERS = Size(nodes=1, classes=10, images=400, layers=wide_layers)


def write_large_tree(database: Path, models: Path, size: Size) -> None:
    """Write a tree in which the node with number i has the id i + 1."""
    store = open_store(f"sqlite:///{database}", models)
    check = store.jobs.add(EXPERIMENT_CHECK)
    selection, train, test = np.split(np.arange(size.images + 2000), [size.images, size.images + 1000])
    splits = SplitIndices("train", train, "train", selection, "train", test, "by hand")
    store.experiments.store_check_result(check.id, replace(checked_experiment(), layers=size.layers(), splits=splits))
    store.jobs.cancel(check.id)
    experiment = experiment_value().model_copy(update={"classes": [f"class {k}" for k in range(size.classes)]})
    experiment_id = store.experiments.add(experiment, check.id)
    for number in range(size.nodes):
        parent = None if number == 0 else max(1, number + 1 - BRANCHES)
        _add_node(store, experiment_id, parent, size, np.random.default_rng(number))
    store.close()


def _add_node(store: Store, experiment_id: int, parent_id: int | None, size: Size, rng: np.random.Generator) -> None:
    new = NewNode(experiment_id, parent_id, "trained", size.images, TRAINING.model_dump(mode="json"), needed_correct=0)
    node, _ = store.nodes.add(new, RootJob())
    job = store.jobs.claim("training", "test")
    assert job is not None and job.id == node.job_id
    result = _result(size, rng)
    assert store.nodes.finish(job.id, job.attempt, result)
    if size.is_laid_out:
        _lay_out(store, node.id, result.predictions, rng)


def _lay_out(store: Store, node_id: int, predictions: Predictions, rng: np.random.Generator) -> None:
    """Store a map whose classes form clusters on a circle."""
    images = len(predictions.labels)
    angle = 2 * np.pi * predictions.labels / (predictions.labels.max() + 1)
    x, y = 10 * np.stack([np.cos(angle), np.sin(angle)]) + SPREAD * rng.standard_normal((2, images))
    embedding = Embedding(
        node_id=node_id,
        method="tsne",
        perplexity=30,
        iterations=750,
        initial="pca",
        initial_id=None,
        images=images,
        sample=list(range(images)),
        x=x.tolist(),
        y=y.tolist(),
        label=predictions.labels.tolist(),
        predicted=predictions.predicted.tolist(),
    )
    store.jobs.add(NewJob(EmbeddingJob(), 1, node_id))
    job = store.jobs.claim("interactive", "test")
    assert job is not None
    assert store.embeddings.finish(job.id, job.attempt, embedding)


def _result(size: Size, rng: np.random.Generator) -> NodeResult:
    layers = size.layers()
    labels = np.arange(size.images) % size.classes
    predicted = np.where(rng.random(size.images) < 0.9, labels, rng.integers(0, size.classes, size.images))
    top = np.stack([predicted, (predicted + 1) % size.classes], axis=1)
    probability = np.tile(np.array([0.75, 0.25], dtype=np.float32), (size.images, 1))
    score = rng.random(len(layers.units))
    return NodeResult(
        layers=layers,
        cost=CostTable(layers).cost([]),
        predictions=Predictions(labels, predicted, top, probability, 0.25),
        best_epoch=1,
        weights_sha256="0" * 64,
        scores=(
            ScoreArrays("taylor", score, score / 2, 50, 32),
            ScoreArrays("loss_change", 0.1 * score, score / 2, 50, 32),
        ),
        latencies=(),
        training_record=RECORD,
        import_accuracy=None,
        import_images=None,
    )
