"""A ready node of the demo's network on real digits, untrained and therefore there at once."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from cnnpruner.domain.experiments import Experiment, NewExperiment, Splits
from cnnpruner.domain.results import Inspection, NodeResult, Predictions
from cnnpruner.engine.cost import CostTable
from cnnpruner.engine.defaults import default_training
from cnnpruner.engine.weights import write_weights
from cnnpruner.jobs import inspect
from cnnpruner.jobs.context import part
from cnnpruner.jobs.evaluating import evaluate
from cnnpruner.jobs.setting import ReadyNode, Setting
from cnnpruner.jobs.warm import Warm, fresh_network
from cnnpruner.store import NewNode, Store
from tests.jobs.contexts import FakeContext

NEW = NewExperiment.model_validate({"data": {"kind": "digits"}, "network": {"name": "small_vgg"}})


@dataclass(frozen=True)
class DigitsNode:
    """What jobs are given, and what the store is given."""

    found: Inspection
    setting: Setting
    node: ReadyNode
    predictions: Predictions


def make_node(weights: Path, warm: Warm) -> DigitsNode:
    """Write seeded weights to `weights` and look at data and network."""
    context = FakeContext(weights.parent)
    found = inspect.run(inspect.InspectInputs(NEW, ()), context, warm)
    setting = Setting(_experiment(found), found.splits, found.layers, ())
    network = fresh_network(setting.experiment).eval()
    weights.parent.mkdir(parents=True, exist_ok=True)
    write_weights(network, weights)
    images = warm.images(setting)
    predictions = evaluate(network, images.selection, images.normalize, part(context, 0.0, 1.0))
    return DigitsNode(found, setting, ReadyNode(found.layers, weights), predictions)


def add_ready_root(store: Store) -> int:
    """The same as the ready root of a new experiment in `store`; its node id."""
    check = store.jobs.add({"kind": "inspect", "lane": "interactive", "inputs": {}})
    made = make_node(store.files.weights(1, 0), Warm(torch.device("cpu")))
    store.experiments.put_inspection(check.id, made.found)
    store.jobs.cancel(check.id)
    experiment_id = store.experiments.add(made.setting.experiment, check.id)
    assert experiment_id == 1
    return add_ready_child(store, None, made)


def add_ready_child(store: Store, parent_id: int | None, made: DigitsNode) -> int:
    """A node with the same network; its weights have to lie where the store looks for them."""
    new = NewNode(1, parent_id, "trained", len(made.predictions.labels), None, needed_correct=0)
    node, job_id = store.nodes.add(new, {"kind": "root", "lane": "training", "inputs": {}})
    claimed = store.jobs.claim("training", "test")
    assert claimed is not None
    assert claimed.id == job_id
    result = NodeResult(
        layers=made.found.layers,
        cost=CostTable(made.found.layers).cost([]),
        predictions=made.predictions,
        best_epoch=0,
        scores=(),
        latency=(),
        import_accuracy=None,
        import_images=None,
    )
    assert store.nodes.finish(job_id, claimed.attempt, result)
    return node.id


def _experiment(found: Inspection) -> Experiment:
    counts = {name: len(getattr(found.splits, name)) for name in ("train", "selection", "test")}
    return Experiment(
        id=1,
        name="digits",
        created_at=datetime.now(UTC),
        data=NEW.data,
        image_size=found.image_size,
        channels=found.channels,
        mean=list(found.mean),
        std=list(found.std),
        classes=list(found.classes),
        network=NEW.network,
        weights=NEW.weights,
        seed=NEW.seed,
        tolerance=0.005,
        target_accuracy=None,
        root_training=None,
        training=default_training(NEW.data, NEW.network, "tune"),
        splits=Splits(**counts, rule=found.splits.rule),
        import_accuracy=None,
        import_images=None,
        tests=0,
        tested_at=None,
        notices=[],
        has_weights=True,
        root_id=1,
        nodes=1,
        score_batches=6,
        score_batch_size=32,
    )


def thinned(predictions: Predictions, images: int) -> Predictions:
    """The first `images` of them."""
    arrays = {name: np.asarray(value)[:images] for name, value in vars(predictions).items() if name != "loss"}
    return Predictions(**arrays, loss=predictions.loss)
