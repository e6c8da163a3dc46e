"""The store, data folders and caches that the job steps use."""

from dataclasses import dataclass
from pathlib import Path

from cnnpruner.domain.jobs import Job
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import DamagedWeights, JobCancelled
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode
from cnnpruner.store import Store
from cnnpruner.store.checksums import weights_checksum


@dataclass(frozen=True)
class Services:
    """Store, data folders and caches, which are passed to every step."""

    store: Store
    folders: tuple[Path, ...]
    cache: WorkerCache
    criteria: Path | None
    """Folder with the user-defined criteria; None if there is none."""

    def setup(self, experiment_id: int) -> ExperimentSetup:
        """Returns what job functions need from an experiment: its values, splits, root structure and data folders."""
        experiments = self.store.experiments
        experiment = experiments.get(experiment_id)
        splits, layers = experiments.splits(experiment_id), experiments.root_layers(experiment_id)
        return ExperimentSetup(experiment, splits, layers, self.folders)

    def ready_node(self, node: Node) -> ReadyNode:
        """Returns what job functions need from a ready node: its layers, weights file and the checksum of this file.

        For nodes of version 0.1.0, which stored no checksums, computes and stores the checksum. Raises DamagedWeights
        if the checksum must be computed and the weights file cannot be read.
        """
        weights = self.store.files.weights_path(node.experiment_id, node.number)
        return ReadyNode(self.store.nodes.layers(node.id), weights, weights_checksum(self.store, node))

    def root_node(self, experiment_id: int) -> ReadyNode | None:
        """Returns what job functions need from the root node; None if there is no root.

        Also returns None if the checksum of the weights must be computed and the weights file cannot be read.
        """
        root_id = self.store.experiments.get(experiment_id).root_id
        try:
            return None if root_id is None else self.ready_node(self.store.nodes.get(root_id))
        except DamagedWeights:
            return None


def require_result_accepted(is_accepted: bool) -> None:
    """Raise JobCancelled if the store rejected a job's result."""
    if not is_accepted:
        raise JobCancelled("the result was not stored: the job was cancelled or taken over by another attempt")


def get_node(services: Services, job: Job) -> Node:
    """Returns the node to which the job belongs."""
    assert job.node_id is not None
    return services.store.nodes.get(job.node_id)
