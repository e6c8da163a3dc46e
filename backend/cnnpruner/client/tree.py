"""What the client can do with a tree: estimates, autopilots, controls, comparisons, branches."""

from collections.abc import Sequence
from typing import Any

from cnnpruner.client.addresses import place
from cnnpruner.client.http import Http
from cnnpruner.domain.jobs import Job
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.tree.autopilots import Autopilot, AutopilotKind
from cnnpruner.domain.tree.branches import Branch
from cnnpruner.domain.tree.comparison import Comparison
from cnnpruner.domain.tree.estimates import Estimate, TreeForecast
from cnnpruner.domain.tree.nodes import ControlKind, Node


class TreeCalls:
    """Part of `Client`."""

    _http: Http

    def annotate(
        self, node_id: int, note: str | None = None, starred: bool | None = None, note_before: str | None = None
    ) -> Node:
        """Write on a node, or mark it; None: as it is.

        With `note_before`, what somebody else wrote since it was read is an error; without, it is replaced.
        """
        changes = {"note": note, "starred": starred, "note_before": note_before}
        return Node.model_validate(self._http.call("PATCH", place("nodes", node_id), changes))

    def estimate(self, node_id: int, **asked: Any) -> Estimate:
        """How many filters to keep, for instance `estimate(node.id, target_accuracy=0.97)`."""
        return Estimate.model_validate(self._http.call("POST", place("nodes", node_id, "estimate"), asked))

    def estimates(self, experiment_id: int) -> list[Estimate]:
        """All, the oldest first, each beside what came out."""
        found = self._http.call("GET", place("experiments", experiment_id, "estimates"))
        return [Estimate.model_validate(one) for one in found]

    def forecast(self, experiment_id: int) -> TreeForecast:
        """What the finished nodes let expect of a node of any size, with 80 % intervals."""
        return TreeForecast.model_validate(self._http.call("GET", place("experiments", experiment_id, "forecast")))

    def plan_from_estimate(self, estimate_id: int) -> Plan:
        """The draft that removes exactly what an estimate advises; the same one unless it was edited or applied."""
        return Plan.model_validate(self._http.call("POST", place("estimates", estimate_id, "plan")))

    def start_autopilot(self, node_id: int, kind: AutopilotKind = "automatic", **how: Any) -> Autopilot:
        """Prune step by step, for instance `start_autopilot(node.id, percent=25, target_accuracy=0.9)`."""
        return Autopilot.model_validate(
            self._http.call("POST", place("nodes", node_id, "autopilots"), {"kind": kind, **how})
        )

    def autopilot(self, autopilot_id: int) -> Autopilot:
        """One autopilot."""
        return Autopilot.model_validate(self._http.call("GET", place("autopilots", autopilot_id)))

    def autopilots(self, experiment_id: int) -> list[Autopilot]:
        """All, the oldest first."""
        return [
            Autopilot.model_validate(one)
            for one in self._http.call("GET", place("experiments", experiment_id, "autopilots"))
        ]

    def stop_autopilot(self, autopilot_id: int, finish_node: bool = False) -> Autopilot:
        """No further step; the node in the making is cancelled unless it shall be finished."""
        return Autopilot.model_validate(
            self._http.call("POST", place("autopilots", autopilot_id, "stop"), {"finish_node": finish_node})
        )

    def controls(
        self, node_id: int, kind: ControlKind, seeds: int = 1, training: dict[str, Any] | None = None
    ) -> list[Node]:
        """Nodes of the same parent and widths with other filters or fresh weights."""
        body = {"kind": kind, "seeds": seeds, "training": training}
        made = self._http.call("POST", place("nodes", node_id, "controls"), body)
        return [Node.model_validate(one) for one in made]

    def measure_latency(self, node_id: int, batch: int = 32) -> Job:
        """Measure a forward pass at batch 1 and at `batch`; answers at once."""
        return Job.model_validate(self._http.call("POST", place("nodes", node_id, "latency", batch=batch)))

    def compare(self, experiment_id: int, node_ids: Sequence[int]) -> Comparison:
        """Two to five nodes side by side; the first is the reference."""
        where = place("experiments", experiment_id, "comparison", nodes=list(node_ids))
        return Comparison.model_validate(self._http.call("GET", where))

    def branch(self, node_id: int) -> Branch:
        """What would go with a node."""
        return Branch.model_validate(self._http.call("GET", place("nodes", node_id, "branch")))

    def delete_branch(self, node_id: int) -> Branch:
        """Remove a node and all that came of it."""
        return Branch.model_validate(self._http.call("DELETE", place("nodes", node_id)))
