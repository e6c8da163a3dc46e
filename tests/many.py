"""A tree of five hundred nodes over a hundred classes, written straight into a database."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from cnnpruner.domain.results import NodeResult, Predictions, ScoreArrays, SplitIndices
from cnnpruner.engine.cost import CostTable
from cnnpruner.store import NewNode, Store, open_store
from tests.trees import root_layers
from tests.values import TRAINING, experiment_value, inspection

NODES = 500
CLASSES = 100
IMAGES = 400
"""On the selection split: four of each class."""

BRANCHES = 7
"""Each node hangs on the one so many numbers before it, so that as many branches grow side by side."""


def plant_many(database: Path, models: Path) -> None:
    """Node i + 1 has the id i + 1 and the number i."""
    store = open_store(f"sqlite:///{database}", models)
    check = store.jobs.add({"kind": "inspect", "lane": "interactive", "inputs": {}})
    train, selection, test = np.arange(IMAGES, 1500), np.arange(IMAGES), np.arange(1500, 1797)
    splits = SplitIndices("train", train, "train", selection, "train", test, "by hand")
    store.experiments.put_inspection(check.id, replace(inspection(), layers=root_layers(), splits=splits))
    store.jobs.cancel(check.id)
    experiment = experiment_value().model_copy(update={"classes": [f"class {k}" for k in range(CLASSES)]})
    experiment_id = store.experiments.add(experiment, check.id)
    for number in range(NODES):
        parent = None if number == 0 else max(1, number + 1 - BRANCHES)
        _add(store, experiment_id, parent, np.random.default_rng(number))
    store.close()


def _add(store: Store, experiment_id: int, parent_id: int | None, draw: np.random.Generator) -> None:
    new = NewNode(experiment_id, parent_id, "trained", IMAGES, TRAINING.model_dump(mode="json"), needed_correct=0)
    node, _ = store.nodes.add(new, {"kind": "root", "lane": "training", "inputs": {}})
    job = store.jobs.claim("training", "test")
    assert job is not None and job.id == node.job_id
    assert store.nodes.finish(job.id, job.attempt, _result(draw))


def _result(draw: np.random.Generator) -> NodeResult:
    layers = root_layers()
    labels = np.arange(IMAGES) % CLASSES
    predicted = np.where(draw.random(IMAGES) < 0.9, labels, draw.integers(0, CLASSES, IMAGES))
    top = np.stack([predicted, (predicted + 1) % CLASSES], axis=1)
    probability = np.tile(np.array([0.75, 0.25], dtype=np.float32), (IMAGES, 1))
    score = draw.random(len(layers.units))
    return NodeResult(
        layers=layers,
        cost=CostTable(layers).cost([]),
        predictions=Predictions(labels, predicted, top, probability, 0.25),
        best_epoch=1,
        scores=(ScoreArrays("taylor", score, score / 2, 50, 32),),
        latency=(),
        import_accuracy=None,
        import_images=None,
    )
