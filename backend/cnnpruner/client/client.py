"""The client: returns the experiments, nodes, plans and jobs of a running server as Python values."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from cnnpruner import config
from cnnpruner.client.addresses import api_path
from cnnpruner.client.bundles import BundleMixin
from cnnpruner.client.exports import ExportMixin
from cnnpruner.client.filter_scores import FilterScores, to_filter_scores
from cnnpruner.client.http import HttpClient
from cnnpruner.client.links import LinkMixin
from cnnpruner.client.new_experiments import parse_new_experiment
from cnnpruner.client.plans import PlanMixin
from cnnpruner.client.progress import progress_bar
from cnnpruner.client.samples import SampleMixin
from cnnpruner.client.tree import TreeMixin
from cnnpruner.client.tree_nodes import TreeNodes
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.criteria import Agreement, CriterionInfo, OptionValue
from cnnpruner.domain.plans.layers import NodeLayers
from cnnpruner.domain.plans.scores import Scores
from cnnpruner.domain.samples.embeddings import Embedding
from cnnpruner.domain.sources.data import DataListing
from cnnpruner.domain.sources.data_reports import DataReport, NewDataReport
from cnnpruner.domain.sources.inspections import NetworkReport
from cnnpruner.domain.tree.experiments import Experiment, NewExperiment
from cnnpruner.domain.tree.nodes import Confusion, Epoch, Node, Tree
from cnnpruner.errors import CNNPrunerError, make_error

POLL_INTERVAL_S = 0.2


class Client(PlanMixin, TreeMixin, SampleMixin, ExportMixin, BundleMixin, LinkMixin):
    """Connection to a server. Errors on the server are raised as `CNNPrunerError` with the server's message."""

    def __init__(self, url: str | None = None) -> None:
        self._http = HttpClient(url or config.server_url())

    def data(self) -> DataListing:
        """The server's data sets, checkpoints and networks, from which experiments can be created."""
        return DataListing.model_validate(self._http.call("GET", "/data"))

    def experiments(self) -> list[Experiment]:
        """All experiments, newest first."""
        return [Experiment.model_validate(value) for value in self._http.call("GET", "/experiments")]

    def create(self, new: NewExperiment | dict[str, Any]) -> Experiment:
        """Create an experiment. Returns once the data, network and weights have been checked, before the root is
        ready.

        For instance `create({"data": {"kind": "digits"}, "network": {"name": "small_vgg"}})`.
        """
        new = parse_new_experiment(new) if isinstance(new, dict) else new
        return Experiment.model_validate(
            self._http.call("POST", "/experiments", new.model_dump(mode="json", exclude_unset=True))
        )

    def change_experiment(self, experiment_id: int, **changes: Any) -> Experiment:
        """Change an experiment's `name`, `target_accuracy`, `tolerance` or default `training` settings. A new tolerance
        and new training settings only apply to nodes that are created later.
        """
        return Experiment.model_validate(self._http.call("PATCH", api_path("experiments", experiment_id), changes))

    def delete_experiment(self, experiment_id: int) -> None:
        """Delete an experiment with all its nodes and files."""
        self._http.call("DELETE", api_path("experiments", experiment_id))

    def inspect(self, new: NewExperiment, show: Callable[[Job], None] | None = None) -> NetworkReport:
        """Report what can be pruned in the network of a new experiment, without creating the experiment. Waits for the
        report.
        """
        job = Job.model_validate(self._http.call("POST", "/inspections", new.model_dump(mode="json")))
        self.wait(job.id, show)
        return NetworkReport.model_validate(self._http.call("GET", api_path("inspections", job.id)))

    def inspect_data(self, request: NewDataReport, show: Callable[[Job], None] | None = None) -> DataReport:
        """Report what a data set contains and what is wrong with it. Waits for the report."""
        job = Job.model_validate(self._http.call("POST", "/data/reports", request.model_dump(mode="json")))
        self.wait(job.id, show)
        return DataReport.model_validate(self._http.call("GET", api_path("data", "reports", job.id)))

    def tree(self, experiment_id: int) -> TreeNodes:
        """All nodes of an experiment, ordered by number.

        Notebooks display the returned list as a tree. Its method `frame` returns a DataFrame, and `plot` plots the
        nodes' accuracies.
        """
        return TreeNodes(
            Tree.model_validate(self._http.call("GET", api_path("experiments", experiment_id, "tree"))).nodes
        )

    def node(self, node_id: int) -> Node:
        """Get a node."""
        return Node.model_validate(self._http.call("GET", api_path("nodes", node_id)))

    def epochs(self, node_id: int) -> list[Epoch]:
        """The finished epochs of a node, starting with epoch 0."""
        return [Epoch.model_validate(value) for value in self._http.call("GET", api_path("nodes", node_id, "epochs"))]

    def layers(self, node_id: int) -> NodeLayers:
        """The structure of a node's network, and the data for computing its cost after pruning."""
        return NodeLayers.model_validate(self._http.call("GET", api_path("nodes", node_id, "layers")))

    def criteria(self) -> list[CriterionInfo]:
        """The criteria for scoring filters; a criterion with an `error` cannot be used."""
        return [CriterionInfo.model_validate(value) for value in self._http.call("GET", "/criteria")]

    def scores(self, node_id: int, criterion: str = "taylor", **options: OptionValue) -> Scores:
        """The scores that a criterion gives to a node's units, for instance `scores(node.id, "l1", per_weight=True)`.
        If necessary, waits until the scores have been computed.
        """
        pairs = ",".join(
            f"{name}={str(value).lower()}" if isinstance(value, bool) else f"{name}={value}"
            for name, value in options.items()
        )
        path = api_path("nodes", node_id, "scores", criterion=f"{criterion}:{pairs}" if pairs else criterion)
        response = self._http.call("POST", path)
        if "kind" in response:
            self.wait(response["id"])
            response = self._http.call("GET", path)
        return Scores.model_validate(response)

    def filter_scores(self, node_id: int, criterion: str = "taylor", **options: OptionValue) -> FilterScores:
        """The scores that a criterion gives to a node's filters, as NumPy arrays with one entry per filter. If
        necessary, waits until the scores have been computed.
        """
        return to_filter_scores(self.scores(node_id, criterion, **options))

    def agreement(self, node_id: int, criteria: Sequence[str] = ()) -> Agreement:
        """How similarly the given criteria (by default, all) rank the units of a node that can be removed."""
        path = api_path("nodes", node_id, "agreement", criteria=list(criteria))
        return Agreement.model_validate(self._http.call("GET", path))

    def confusion(self, node_id: int) -> Confusion:
        """The confusion matrices of a node and of its parent on the selection images."""
        return Confusion.model_validate(self._http.call("GET", api_path("nodes", node_id, "confusion")))

    def embedding(self, node_id: int) -> Embedding:
        """The map of samples of a node: a t-SNE layout of the selection images by their features in the network. If
        necessary, waits until the layout has been computed.
        """
        response = self._http.call("POST", api_path("nodes", node_id, "embedding"))
        if "kind" in response:
            self.wait(response["id"])
            response = self._http.call("GET", api_path("nodes", node_id, "embedding"))
        return Embedding.model_validate(response)

    def job(self, job_id: int) -> Job:
        """Get a job."""
        return Job.model_validate(self._http.call("GET", api_path("jobs", job_id)))

    def cancel(self, job_id: int) -> Job:
        """Cancel a job."""
        return Job.model_validate(self._http.call("POST", api_path("jobs", job_id, "cancel")))

    def wait(self, job_id: int, show: Callable[[Job], None] | None = None, progress: bool = False) -> Job:
        """Wait until a job is done, with a progress bar if `progress`. Raises an error if the job fails or is
        cancelled.
        """
        with progress_bar(progress) as bar:
            while (job := self.job(job_id)).state in ("waiting", "running"):
                (show or bar)(job)
                time.sleep(POLL_INTERVAL_S)
            bar(job)
        if job.error is not None:
            raise make_error(**dict(job.error))
        if job.state == "cancelled":
            raise CNNPrunerError(f"Job {job_id} was cancelled.")
        return job
