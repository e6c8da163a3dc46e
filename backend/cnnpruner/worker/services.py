"""The store, data folders and caches that the steps of jobs use."""

from dataclasses import dataclass
from pathlib import Path

from cnnpruner.domain.jobs import Job
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import JobCancelled
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode
from cnnpruner.store import Store
from cnnpruner.store.checksums import weights_checksum


@dataclass(frozen=True)
class Services:
    """Store, data folders and caches, passed to every step."""

    store: Store
    folders: tuple[Path, ...]
    cache: WorkerCache
    criteria: Path | None
    """Folder of user-defined criteria."""

    def setup(self, experiment_id: int) -> ExperimentSetup:
        """Returns the experiment in the form that job functions take."""
        experiments = self.store.experiments
        experiment = experiments.get(experiment_id)
        splits, layers = experiments.splits(experiment_id), experiments.root_layers(experiment_id)
        return ExperimentSetup(experiment, splits, layers, self.folders)

    def ready_node(self, node: Node) -> ReadyNode:
        """Returns a ready node in the form that job functions take.

        Computes and stores the checksum of a node of version 0.1.0. Raises DamagedWeights if that node's weights file
        is missing.
        """
        weights = self.store.files.weights_path(node.experiment_id, node.number)
        return ReadyNode(self.store.nodes.layers(node.id), weights, weights_checksum(self.store, node))


def require_written(is_written: bool) -> None:
    """Raise JobCancelled if the store refused a job's result."""
    if not is_written:
        raise JobCancelled("the result came too late: the job is no longer leased to this attempt")


def get_node(services: Services, job: Job) -> Node:
    """Returns the node of the job."""
    assert job.node_id is not None
    return services.store.nodes.get(job.node_id)
