"""A tree that grows by REST, each node once: nodes of an earlier run are found by their note and reused."""

import logging
import math
from dataclasses import dataclass
from typing import Any

from cnnpruner.client import PAPER_ORDER, Client
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.tree.autopilots import Autopilot, AutopilotKind
from cnnpruner.domain.tree.experiments import Experiment, NewExperiment
from cnnpruner.domain.tree.nodes import ControlKind, Node
from cnnpruner.errors import CNNPrunerError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tree:
    """One experiment on a server, and the training settings of its nodes."""

    client: Client
    experiment: Experiment
    training: dict[str, Any]

    @property
    def root(self) -> Node:
        """Node 0."""
        return self.client.node(self.experiment.root_id)

    def nodes(self) -> list[Node]:
        """Return all ready nodes, by number."""
        return [node for node in self.client.tree(self.experiment.id) if node.state == "ready"]

    def grow(self, parent: Node, note: str, **rule: Any) -> Node:
        """Return the child of `parent` with that note; if missing, it is planned by `rule`, previewed and tuned. The
        order is the paper's unless `rule` names another criterion.
        """
        return self._find(note) or self.apply(self.client.plan(parent.id, **(dict(PAPER_ORDER) | rule)), note)

    def apply(self, plan: Plan, note: str) -> Node:
        """Preview the plan, then create its node, unless a node with that note exists."""
        if (existing := self._find(note)) is not None:
            return existing
        preview = self.client.preview(plan.id)
        log.info(
            "%s: %d filters removed; untrained %.2f %%, batch norm re-estimated %.2f %%",
            note,
            plan.reached,
            100 * preview.raw.accuracy,
            100 * preview.recalibrated.accuracy if preview.recalibrated else math.nan,
        )
        return self.wait_for(self.client.apply(plan.id, training=self.training, note=note).node)

    def make_controls(self, node: Node, kind: ControlKind, seeds: int) -> list[Node]:
        """Return this many controls of `node`, with the same epochs and images; existing ones are reused."""
        controls = [
            candidate
            for candidate in self._active_nodes()
            if candidate.control and (candidate.control.kind, candidate.control.reference_id) == (kind, node.id)
        ]
        if len(controls) < seeds:
            budget = {name: self.training[name] for name in ("epochs", "images", "batch_size")}
            controls += self.client.controls(node.id, kind, seeds - len(controls), training=budget)
        return [self.wait_for(control) for control in controls]

    def run_autopilot(self, kind: AutopilotKind, percent: float, target: float) -> Autopilot:
        """Run an Autopilot from the root until it ends; one of an earlier run is continued."""
        autopilots = [
            autopilot
            for autopilot in self.client.autopilots(self.experiment.id)
            if (autopilot.kind, autopilot.percent) == (kind, percent)
        ]
        options = {"percent": percent, "target_accuracy": target, "training": self.training}
        autopilot = autopilots[-1] if autopilots else self.client.start_autopilot(self.root.id, kind, **options)
        while autopilot.state == "running":
            if autopilot.current_id is not None:
                self.wait_for(self.client.node(autopilot.current_id))
            autopilot = self.client.autopilot(autopilot.id)
        log.info("Autopilot %s: %s %s", autopilot.kind, autopilot.state, autopilot.reason)
        return autopilot

    def wait_for(self, node: Node) -> Node:
        """Return the node once it is ready. Raises the error of its job if that fails."""
        assert node.job_id is not None
        self.client.wait(node.job_id)
        node = self.client.node(node.id)
        assert node.accuracy is not None
        log.info("node %d, %s: %d filters, %.2f %%", node.number, node.note, node.filters, 100 * node.accuracy)
        return node

    def _active_nodes(self) -> list[Node]:
        states = ("waiting", "running", "ready")
        return [node for node in self.client.tree(self.experiment.id) if node.state in states]

    def _find(self, note: str) -> Node | None:
        nodes = [node for node in self._active_nodes() if node.note == note]
        return self.wait_for(nodes[0]) if nodes else None


def open_tree(client: Client, new: NewExperiment, training: dict[str, Any]) -> Tree:
    """Return the tree of the experiment with that name, which is created if it is missing, once its root is ready."""
    existing = [experiment for experiment in client.experiments() if experiment.name == new.name]
    tree = Tree(client, existing[0] if existing else client.create(new), training)
    tree.wait_for(tree.root)
    return tree


def measure_latency(tree: Tree, batch: int) -> None:
    """Measure every node, one after the other; nothing else should run on the server."""
    for node in tree.nodes():
        try:
            tree.client.wait(tree.client.measure_latency(node.id, batch).id)
        except CNNPrunerError as error:
            log.warning("node %d: %s", node.number, error.message)
