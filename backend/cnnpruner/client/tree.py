"""Client calls for the tree: estimates, Autopilots, control nodes, comparisons and branches."""

from collections.abc import Sequence
from typing import Any

from cnnpruner.client.addresses import api_path
from cnnpruner.client.http import HttpClient
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.orders import DEFAULT_FLOOR, DEFAULT_ORDER
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.tree.autopilots import PAPER_AUTOPILOT_KINDS, Autopilot, AutopilotKind
from cnnpruner.domain.tree.branches import Branch
from cnnpruner.domain.tree.comparison import Comparison
from cnnpruner.domain.tree.estimates import Estimate, TreeForecast
from cnnpruner.domain.tree.latencies import LatencyDistribution
from cnnpruner.domain.tree.nodes import ControlKind, Node


class TreeMixin:
    """Mixin that adds the calls for the tree to `Client`."""

    _http: HttpClient

    def annotate(
        self, node_id: int, note: str | None = None, starred: bool | None = None, note_before: str | None = None
    ) -> Node:
        """Set the note or the star of a node; None leaves it unchanged.

        With `note_before` (the note as you last saw it), raises an error if someone else has changed the note since;
        without `note_before`, their note is overwritten.
        """
        changes = {"note": note, "starred": starred, "note_before": note_before}
        return Node.model_validate(self._http.call("PATCH", api_path("nodes", node_id), changes))

    def estimate(self, node_id: int, **settings: Any) -> Estimate:
        """Estimate how many filters an accuracy requires, for instance `estimate(node.id, target_accuracy=0.97)`."""
        return Estimate.model_validate(self._http.call("POST", api_path("nodes", node_id, "estimate"), settings))

    def estimates(self, experiment_id: int) -> list[Estimate]:
        """All estimates of a tree, oldest first. If a node was created from the plan of an estimate, `outcome` compares
        the estimate with the node.
        """
        values = self._http.call("GET", api_path("experiments", experiment_id, "estimates"))
        return [Estimate.model_validate(value) for value in values]

    def forecast(self, experiment_id: int) -> TreeForecast:
        """The forecast accuracy after fine-tuning as a function of the number of filters, with 80% intervals."""
        return TreeForecast.model_validate(self._http.call("GET", api_path("experiments", experiment_id, "forecast")))

    def plan_from_estimate(self, estimate_id: int) -> Plan:
        """Draft a plan that removes as many filters as an estimate advises.

        A second call returns the same draft, unless the draft has been edited or applied.
        """
        return Plan.model_validate(self._http.call("POST", api_path("estimates", estimate_id, "plan")))

    def start_autopilot(self, node_id: int, kind: AutopilotKind = "automatic", **settings: Any) -> Autopilot:
        """Start an Autopilot, for instance `start_autopilot(node.id, percent=25, target_accuracy=0.9)` or
        `start_autopilot(node.id, "schedule", steps=5, goal={"metric": "macs", "value": 2e7})`.

        Unless `order` is given, the kinds `automatic` and `automatic_estimator` rank filters as in the paper; the other
        kinds rank them by `loss_change/macs^0.5`, and each layer keeps at least 10% of its filters.
        """
        if kind not in PAPER_AUTOPILOT_KINDS:
            settings = {"order": {"criterion": DEFAULT_ORDER, "floor": DEFAULT_FLOOR}} | settings
        return Autopilot.model_validate(
            self._http.call("POST", api_path("nodes", node_id, "autopilots"), {"kind": kind, **settings})
        )

    def autopilot(self, autopilot_id: int) -> Autopilot:
        """Get an Autopilot."""
        return Autopilot.model_validate(self._http.call("GET", api_path("autopilots", autopilot_id)))

    def autopilots(self, experiment_id: int) -> list[Autopilot]:
        """All Autopilots of a tree, oldest first."""
        return [
            Autopilot.model_validate(value)
            for value in self._http.call("GET", api_path("experiments", experiment_id, "autopilots"))
        ]

    def stop_autopilot(self, autopilot_id: int, finish_node: bool = False) -> Autopilot:
        """Stop an Autopilot. Its current node is cancelled unless `finish_node` is true."""
        return Autopilot.model_validate(
            self._http.call("POST", api_path("autopilots", autopilot_id, "stop"), {"finish_node": finish_node})
        )

    def controls(
        self, node_id: int, kind: ControlKind, seeds: int = 1, training: dict[str, Any] | None = None
    ) -> list[Node]:
        """Create `seeds` control nodes for comparison, each with its own random seed. They have the same parent and
        layer widths as the node, but keep other filters or train fresh weights.
        """
        body = {"kind": kind, "seeds": seeds, "training": training}
        values = self._http.call("POST", api_path("nodes", node_id, "controls"), body)
        return [Node.model_validate(value) for value in values]

    def latencies(self, node_id: int) -> list[LatencyDistribution]:
        """The node's latencies, each with its ratio to the root's latency, the confidence interval of the ratio, and
        the times of all timing blocks.
        """
        values = self._http.call("GET", api_path("nodes", node_id, "latencies"))
        return [LatencyDistribution.model_validate(value) for value in values]

    def measure_latency(self, node_id: int, batch: int = 32) -> Job:
        """Start measuring the latency of a forward pass, and its ratio to the root's latency, at batch sizes 1 and
        `batch`.
        """
        return Job.model_validate(self._http.call("POST", api_path("nodes", node_id, "latencies", batch=batch)))

    def compare(self, experiment_id: int, node_ids: Sequence[int]) -> Comparison:
        """Compare two to five nodes. The first node is the reference."""
        path = api_path("experiments", experiment_id, "comparison", nodes=list(node_ids))
        return Comparison.model_validate(self._http.call("GET", path))

    def branch(self, node_id: int) -> Branch:
        """What deleting a node would remove: the node and its descendants, with their files and active jobs."""
        return Branch.model_validate(self._http.call("GET", api_path("nodes", node_id, "branch")))

    def delete_branch(self, node_id: int) -> Branch:
        """Delete a node and all its descendants. Returns what was deleted."""
        return Branch.model_validate(self._http.call("DELETE", api_path("nodes", node_id)))
