"""What the steps of jobs work with."""

from dataclasses import dataclass
from pathlib import Path

from cnnpruner.domain.jobs import Job
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import JobCancelled
from cnnpruner.jobs.cache import WorkerCache
from cnnpruner.jobs.setups import ExperimentSetup, ReadyNode
from cnnpruner.store import Store
from cnnpruner.store.checksums import known_sum


@dataclass(frozen=True)
class Services:
    """What all steps work with."""

    store: Store
    folders: tuple[Path, ...]
    cache: WorkerCache
    criteria: Path | None
    """Folder of the user's own criteria."""

    def setup(self, experiment_id: int) -> ExperimentSetup:
        """The experiment as job functions see it."""
        experiments = self.store.experiments
        experiment = experiments.get(experiment_id)
        splits, layers = experiments.splits(experiment_id), experiments.root_layers(experiment_id)
        return ExperimentSetup(experiment, splits, layers, self.folders)

    def ready(self, node: Node) -> ReadyNode:
        """A ready node as job functions see it.

        The sum of a node of 0.1.0 is taken and kept the first time. Raises DamagedWeights where there is no file.
        """
        weights = self.store.files.weights(node.experiment_id, node.number)
        return ReadyNode(self.store.nodes.layers(node.id), weights, known_sum(self.store, node))


def stop_unless(held: bool) -> None:
    """End a job whose write was refused."""
    if not held:
        raise JobCancelled("the result came too late; the job is no longer this attempt's")


def node_of(services: Services, job: Job) -> Node:
    """The node that the job is about."""
    assert job.node_id is not None
    return services.store.nodes.get(job.node_id)
