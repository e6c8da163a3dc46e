"""Experiments, nodes, plans and jobs of a running server as values."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from cnnpruner import config
from cnnpruner.client.addresses import place
from cnnpruner.client.bundles import BundleCalls
from cnnpruner.client.exports import ExportCalls
from cnnpruner.client.filter_scores import FilterScores, list_filters
from cnnpruner.client.http import Http
from cnnpruner.client.links import LinkCalls
from cnnpruner.client.new_experiments import read_new
from cnnpruner.client.plans import PlanCalls
from cnnpruner.client.progress import progress_bar
from cnnpruner.client.samples import SampleCalls
from cnnpruner.client.tree import TreeCalls
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
from cnnpruner.errors import CNNPrunerError, error_from

LOOK_EVERY_S = 0.2


class Client(PlanCalls, TreeCalls, SampleCalls, ExportCalls, BundleCalls, LinkCalls):
    """One server. Errors are the server's sentences (`CNNPrunerError`)."""

    def __init__(self, url: str | None = None) -> None:
        self._http = Http(url or config.server_url())

    def data(self) -> DataListing:
        """What an experiment can be made of."""
        return DataListing.model_validate(self._http.call("GET", "/data"))

    def experiments(self) -> list[Experiment]:
        """All, the newest first."""
        return [Experiment.model_validate(one) for one in self._http.call("GET", "/experiments")]

    def create(self, new: NewExperiment | dict[str, Any]) -> Experiment:
        """Make an experiment; returns once all of it is checked, while its root is still in the making.

        For instance `create({"data": {"kind": "digits"}, "network": {"name": "small_vgg"}})`.
        """
        new = read_new(new) if isinstance(new, dict) else new
        return Experiment.model_validate(
            self._http.call("POST", "/experiments", new.model_dump(mode="json", exclude_unset=True))
        )

    def change_experiment(self, experiment_id: int, **changes: Any) -> Experiment:
        """Its `name`, and for nodes made from now on `tolerance`, `target_accuracy` and `training`."""
        return Experiment.model_validate(self._http.call("PATCH", place("experiments", experiment_id), changes))

    def delete_experiment(self, experiment_id: int) -> None:
        """All of it, with its files."""
        self._http.call("DELETE", place("experiments", experiment_id))

    def inspect(self, new: NewExperiment, show: Callable[[Job], None] | None = None) -> NetworkReport:
        """What can be cut in the network of an experiment that is not made yet, with the proof; waits for it."""
        job = Job.model_validate(self._http.call("POST", "/inspections", new.model_dump(mode="json")))
        self.wait(job.id, show)
        return NetworkReport.model_validate(self._http.call("GET", place("inspections", job.id)))

    def inspect_data(self, asked: NewDataReport, show: Callable[[Job], None] | None = None) -> DataReport:
        """What is in a data set that no experiment has yet, and what is wrong with it; waits for it."""
        job = Job.model_validate(self._http.call("POST", "/data/reports", asked.model_dump(mode="json")))
        self.wait(job.id, show)
        return DataReport.model_validate(self._http.call("GET", place("data", "reports", job.id)))

    def tree(self, experiment_id: int) -> TreeNodes:
        """All nodes by number: a list that shows itself as a tree, and gives a DataFrame and a figure."""
        return TreeNodes(Tree.model_validate(self._http.call("GET", place("experiments", experiment_id, "tree"))).nodes)

    def node(self, node_id: int) -> Node:
        """One node."""
        return Node.model_validate(self._http.call("GET", place("nodes", node_id)))

    def epochs(self, node_id: int) -> list[Epoch]:
        """Finished epochs from 0."""
        return [Epoch.model_validate(one) for one in self._http.call("GET", place("nodes", node_id, "epochs"))]

    def layers(self, node_id: int) -> NodeLayers:
        """Structure and cost model."""
        return NodeLayers.model_validate(self._http.call("GET", place("nodes", node_id, "layers")))

    def criteria(self) -> list[CriterionInfo]:
        """What filters can be scored by; those with an `error` cannot be used."""
        return [CriterionInfo.model_validate(one) for one in self._http.call("GET", "/criteria")]

    def scores(self, node_id: int, criterion: str = "taylor", **options: OptionValue) -> Scores:
        """A criterion's values, for instance `scores(node.id, "l1", per_weight=True)`; waits where they are missing."""
        pairs = ",".join(
            f"{name}={str(value).lower()}" if isinstance(value, bool) else f"{name}={value}"
            for name, value in options.items()
        )
        where = place("nodes", node_id, "scores", criterion=f"{criterion}:{pairs}" if pairs else criterion)
        answer = self._http.call("POST", where)
        if "kind" in answer:
            self.wait(answer["id"])
            answer = self._http.call("GET", where)
        return Scores.model_validate(answer)

    def filter_scores(self, node_id: int, criterion: str = "taylor", **options: OptionValue) -> FilterScores:
        """The same as numpy arrays, one entry for each filter."""
        return list_filters(self.scores(node_id, criterion, **options))

    def agreement(self, node_id: int, criteria: Sequence[str] = ()) -> Agreement:
        """How alike criteria (all unless named) order the node's free units."""
        where = place("nodes", node_id, "agreement", criteria=list(criteria))
        return Agreement.model_validate(self._http.call("GET", where))

    def confusion(self, node_id: int) -> Confusion:
        """Counts by true and predicted class."""
        return Confusion.model_validate(self._http.call("GET", place("nodes", node_id, "confusion")))

    def embedding(self, node_id: int) -> Embedding:
        """Selection images laid out by what the network sees in them; waits where it has to be made."""
        answer = self._http.call("POST", place("nodes", node_id, "embedding"))
        if "kind" in answer:
            self.wait(answer["id"])
            answer = self._http.call("GET", place("nodes", node_id, "embedding"))
        return Embedding.model_validate(answer)

    def job(self, job_id: int) -> Job:
        """One job."""
        return Job.model_validate(self._http.call("GET", place("jobs", job_id)))

    def cancel(self, job_id: int) -> Job:
        """End a job."""
        return Job.model_validate(self._http.call("POST", place("jobs", job_id, "cancel")))

    def wait(self, job_id: int, show: Callable[[Job], None] | None = None, progress: bool = False) -> Job:
        """Wait until a job is done, with a bar where `progress`; raises its error where it failed or was cancelled."""
        with progress_bar(progress) as bar:
            while (job := self.job(job_id)).state in ("waiting", "running"):
                (show or bar)(job)
                time.sleep(LOOK_EVERY_S)
            bar(job)
        if job.error is not None:
            raise error_from(**dict(job.error))
        if job.state == "cancelled":
            raise CNNPrunerError(f"Job {job_id} was cancelled.")
        return job
