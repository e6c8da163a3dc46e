"""A tree that grows by REST, each node once: what a study made in an earlier run is found by its note and kept."""

import logging
from dataclasses import dataclass
from typing import Any

from cnnpruner.client import Client
from cnnpruner.domain.plans.plans import Plan
from cnnpruner.domain.tree.autopilots import Autopilot, AutopilotKind
from cnnpruner.domain.tree.experiments import Experiment, NewExperiment
from cnnpruner.domain.tree.nodes import ControlKind, Node
from cnnpruner.errors import CNNPrunerError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tree:
    """One experiment of a server, and how each of its nodes is tuned."""

    client: Client
    experiment: Experiment
    training: dict[str, Any]

    @property
    def root(self) -> Node:
        """Node 0."""
        return self.client.node(self.experiment.root_id)

    def nodes(self) -> list[Node]:
        """All that are ready, by number."""
        return [node for node in self.client.tree(self.experiment.id) if node.state == "ready"]

    def grow(self, parent: Node, note: str, **rule: Any) -> Node:
        """The child of `parent` with that note: drafted by `rule`, previewed, applied and tuned unless it is there."""
        return self._noted(note) or self.apply(self.client.plan(parent.id, **rule), note)

    def apply(self, plan: Plan, note: str) -> Node:
        """Read the preview first, then make the node."""
        if (there := self._noted(note)) is not None:
            return there
        preview = self.client.preview(plan.id)
        log.info(
            "%s: %d filters go; untrained %.2f %%, batch norm re-estimated %.2f %%",
            note,
            plan.reached,
            100 * preview.raw.accuracy,
            100 * preview.recalibrated.accuracy,
        )
        return self.finished(self.client.apply(plan.id, training=self.training, note=note).node)

    def controls(self, node: Node, kind: ControlKind, seeds: int) -> list[Node]:
        """As many controls of that kind for `node`, with the same epochs and images."""
        there = [one for one in self._alive() if one.control and one.control.kind == kind]
        there = [one for one in there if one.control and one.control.reference_id == node.id]
        if len(there) < seeds:
            budget = {name: self.training[name] for name in ("epochs", "images", "batch_size")}
            there += self.client.controls(node.id, kind, seeds - len(there), training=budget)
        return [self.finished(one) for one in there]

    def autopilot(self, kind: AutopilotKind, percent: float, target: float) -> Autopilot:
        """That automatic baseline from the root, to its end."""
        autopilots = [
            one for one in self.client.autopilots(self.experiment.id) if (one.kind, one.percent) == (kind, percent)
        ]
        how = {"percent": percent, "target_accuracy": target, "training": self.training}
        autopilot = autopilots[-1] if autopilots else self.client.start_autopilot(self.root.id, kind, **how)
        while autopilot.state == "running":
            if autopilot.current_id is not None:
                self.finished(self.client.node(autopilot.current_id))
            autopilot = self.client.autopilot(autopilot.id)
        log.info("autopilot %s: %s %s", autopilot.kind, autopilot.state, autopilot.reason)
        return autopilot

    def finished(self, node: Node) -> Node:
        """The node once it is ready. Raises what its job raised."""
        assert node.job_id is not None
        self.client.wait(node.job_id)
        node = self.client.node(node.id)
        assert node.accuracy is not None
        log.info("node %d, %s: %d filters, %.2f %%", node.number, node.note, node.filters, 100 * node.accuracy)
        return node

    def _alive(self) -> list[Node]:
        return [one for one in self.client.tree(self.experiment.id) if one.state in ("waiting", "running", "ready")]

    def _noted(self, note: str) -> Node | None:
        found = [one for one in self._alive() if one.note == note]
        return self.finished(found[0]) if found else None


def take_up(client: Client, new: NewExperiment, training: dict[str, Any]) -> Tree:
    """The experiment of that name, made where it is missing; its root is ready when this returns."""
    named = [one for one in client.experiments() if one.name == new.name]
    tree = Tree(client, named[0] if named else client.create(new), training)
    tree.finished(tree.root)
    return tree


def measure_latency(tree: Tree, batch: int) -> None:
    """One measurement for every node, in turn, when nothing else of this server runs."""
    for node in tree.nodes():
        try:
            tree.client.wait(tree.client.measure_latency(node.id, batch).id)
        except CNNPrunerError as error:
            log.warning("node %d: %s", node.number, error.message)
