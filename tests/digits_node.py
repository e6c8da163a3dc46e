"""A ready node of the demo's network on real digits, untrained so that it is made at once."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from cnnpruner.domain.jobs import RootJob
from cnnpruner.domain.results import ExperimentCheckResult, NodeResult, Predictions
from cnnpruner.domain.tree.experiments import NewExperiment
from cnnpruner.engine.training.evaluation import predict
from cnnpruner.engine.weights import write_weights
from cnnpruner.formats.checksums import sha256_of
from cnnpruner.jobs.cache import WorkerCache, build_fresh_network
from cnnpruner.jobs.context import progress_in_range
from cnnpruner.jobs.kinds import experiment_check
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode
from cnnpruner.planning.cost import CostTable
from cnnpruner.store import NewNode, Store
from tests.jobs.contexts import FakeContext
from tests.jobs.setups import experiment_of
from tests.values import EXPERIMENT_CHECK, RECORD

NEW = NewExperiment.model_validate({"data": {"kind": "digits"}, "network": {"name": "small_vgg"}})


@dataclass(frozen=True)
class DigitsNode:
    """The inputs of jobs for the node, and the values to store."""

    check: ExperimentCheckResult
    setup: ExperimentSetup
    node: ReadyNode
    predictions: Predictions


def make_node(weights: Path, cache: WorkerCache) -> DigitsNode:
    """Check data and network, and write seeded weights to `weights`."""
    context = FakeContext(weights.parent)
    check = experiment_check.run(experiment_check.ExperimentCheckInputs(NEW, ()), context, cache)
    setup = ExperimentSetup(experiment_of(NEW, check), check.splits, check.layers, ())
    network = build_fresh_network(setup.experiment).eval()
    weights.parent.mkdir(parents=True, exist_ok=True)
    write_weights(network, weights)
    images = cache.images(setup)
    predictions = predict(network, *images.selection, images.normalize, progress_in_range(context, 0.0, 1.0))
    return DigitsNode(check, setup, ReadyNode(check.layers, weights), predictions)


def add_ready_root(store: Store) -> int:
    """Add a new experiment with such a node as its ready root; returns the node's id."""
    check_job = store.jobs.add(EXPERIMENT_CHECK)
    digits = make_node(store.files.weights_path(1, 0), WorkerCache(torch.device("cpu")))
    store.experiments.store_check_result(check_job.id, digits.check)
    store.jobs.cancel(check_job.id)
    experiment_id = store.experiments.add(digits.setup.experiment, check_job.id)
    assert experiment_id == 1
    return add_ready_child(store, None, digits)


def add_ready_child(store: Store, parent_id: int | None, digits: DigitsNode) -> int:
    """Add a node with the same network; its weights file must already be in the store's folder for it."""
    new = NewNode(1, parent_id, "trained", len(digits.predictions.labels), None, needed_correct=0)
    node, job_id = store.nodes.add(new, RootJob())
    claimed = store.jobs.claim("training", "test")
    assert claimed is not None
    assert claimed.id == job_id
    result = NodeResult(
        layers=digits.check.layers,
        cost=CostTable(digits.check.layers).cost([]),
        predictions=digits.predictions,
        best_epoch=0,
        weights_sha256=sha256_of(store.files.weights_path(1, node.number)),
        scores=(),
        latencies=(),
        training_record=RECORD,
        import_accuracy=None,
        import_images=None,
    )
    assert store.nodes.finish(job_id, claimed.attempt, result)
    return node.id


def first_predictions(predictions: Predictions, images: int) -> Predictions:
    """The predictions for the first `images` images."""
    arrays = {name: np.asarray(value)[:images] for name, value in vars(predictions).items() if name != "loss"}
    return Predictions(**arrays, loss=predictions.loss)
