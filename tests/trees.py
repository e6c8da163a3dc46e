"""A tree of real structures, whose nodes become ready with any accuracy a test needs, without training."""

import hashlib
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import torch

from cnnpruner.domain.jobs import NewJob, PruneJob, RootJob, ScoreJob
from cnnpruner.domain.plans.layers import Layers
from cnnpruner.domain.results import NodeResult, Predictions, ScoreArrays
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.engine.tracing.trace import trace_layers
from cnnpruner.planning.cost import CostTable
from cnnpruner.planning.structure import remove_units
from cnnpruner.store import NewNode, Store
from tests.values import EXPERIMENT_CHECK, RECORD, TRAINING, checked_experiment, experiment_value
from tests.zoo import IMAGE, make

IMAGES = 100
WEIGHTS = b"x" * 1000
"""The weights file of every node; no test reads its content."""


@cache
def root_layers() -> Layers:
    """The structure of a plain network of the zoo."""
    return trace_layers(make("vgg"), torch.zeros(1, *IMAGE))


@dataclass
class SmallTree:
    """An experiment in a store, with its root."""

    store: Store
    experiment_id: int
    root_id: int

    def finish(self, node_id: int, correct: int) -> Node:
        """Complete the node's job: the first `correct` of 100 images are classified correctly."""
        node = self.store.nodes.get(node_id)
        assert node.job_id is not None
        job = self.store.jobs.claim("training", "test")
        assert job is not None and job.id == node.job_id, "jobs must be finished in order"
        layers = root_layers()
        if node.parent_id is not None:
            layers = remove_units(
                self.store.nodes.layers(node.parent_id), self.store.jobs.inputs(job.id, PruneJob).units
            )
        assert self.store.nodes.finish(job.id, job.attempt, result(layers, correct))
        folder = self.store.files.node_folder(node.experiment_id, node.number)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "weights.safetensors").write_bytes(WEIGHTS)
        return self.store.nodes.get(node_id)

    def add_scores(self, node_id: int, criterion: str) -> None:
        """Store seeded scores, by the job that waits for them or a new one."""
        jobs = self.store.jobs
        if not any(job.kind == "score" and job.node_id == node_id for job in jobs.list(active=True)):
            inputs = ScoreJob(criterion=criterion, source=None, key=criterion)
            jobs.add(NewJob(inputs, self.experiment_id, node_id))
        job = jobs.claim("interactive", "test")
        assert job is not None and job.node_id == node_id
        score = np.random.default_rng(1).random(len(self.store.nodes.layers(node_id).units))
        assert self.store.nodes.add_scores(
            job.id, job.attempt, node_id, [ScoreArrays(criterion, score, None, None, None)]
        )

    def nodes(self) -> list[Node]:
        """All nodes, by number."""
        return self.store.nodes.list(self.experiment_id)


def result(layers: Layers, correct: int) -> NodeResult:
    """A result with seeded scores; the images' classes alternate between 0 and 1."""
    labels = np.arange(IMAGES) % 2
    predicted = np.where(np.arange(IMAGES) < correct, labels, 1 - labels)
    top = np.stack([predicted, 1 - predicted], axis=1)
    probability = np.tile(np.array([0.75, 0.25], dtype=np.float32), (IMAGES, 1))
    score = np.random.default_rng(0).random(len(layers.units))
    return NodeResult(
        layers=layers,
        cost=CostTable(layers).cost([]),
        predictions=Predictions(labels, predicted, top, probability, 0.25),
        best_epoch=1,
        weights_sha256=hashlib.sha256(WEIGHTS).hexdigest(),
        scores=(ScoreArrays("taylor", score, score / 2, 50, 32),),
        latencies=(),
        training_record=RECORD,
        import_accuracy=None,
        import_images=None,
    )


def make_small_tree(store: Store, correct: int = 98) -> SmallTree:
    """An experiment whose root is ready."""
    check = store.jobs.add(EXPERIMENT_CHECK)
    store.experiments.store_check_result(check.id, replace(checked_experiment(), layers=root_layers()))
    store.jobs.cancel(check.id)
    experiment_id = store.experiments.add(experiment_value(), check.id)
    new = NewNode(experiment_id, None, "trained", IMAGES, TRAINING.model_dump(mode="json"))
    root, _ = store.nodes.add(new, RootJob())
    small_tree = SmallTree(store, experiment_id, root.id)
    small_tree.finish(root.id, correct)
    return small_tree
