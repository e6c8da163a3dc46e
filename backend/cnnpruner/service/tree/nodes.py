"""What can be seen of a node, and what may change on it."""

import numpy as np

from cnnpruner.domain.jobs import Job, LatencyJob, NewJob, TestJob
from cnnpruner.domain.plans.layers import Layers, NodeLayers
from cnnpruner.domain.results import Predictions
from cnnpruner.domain.tree.nodes import Confusion, Node, NodeChanges
from cnnpruner.errors import Conflict, NotFound
from cnnpruner.service import jobs
from cnnpruner.service.workspace import Workspace


def require_ready(node: Node, what: str) -> None:
    """Refuse `what` on a node that is not ready."""
    if node.state == "ready":
        return
    cure = {"failed": "it failed: see its error", "cancelled": "it was cancelled"}.get(node.state, "wait for its job")
    message = f"Node {node.number} is {node.state} and has no {what} ({cure})."
    raise Conflict(message, node_id=node.id, state=node.state)


def change(workspace: Workspace, node: Node, changes: NodeChanges) -> Node:
    """Note and star."""
    columns = changes.model_dump(exclude_none=True, exclude={"note_before"})
    return workspace.store.nodes.change(node.id, columns, changes.note_before)


def layers(workspace: Workspace, node: Node) -> NodeLayers:
    """The structure of a ready node; of a root in the making, what the trace found."""
    if node.state != "ready" and node.number == 0 and node.state in ("waiting", "running"):
        return _with_id(workspace.store.experiments.root_layers(node.experiment_id), node)
    require_ready(node, "layers")
    return _with_id(workspace.store.nodes.layers(node.id), node)


def _with_id(found: Layers, node: Node) -> NodeLayers:
    return NodeLayers.model_construct(**{**dict(found), "node_id": node.id})


def predictions(workspace: Workspace, node: Node) -> Predictions:
    """What a ready node says about the selection images."""
    require_ready(node, "predictions")
    found = workspace.store.nodes.predictions(node.id)
    if found is None:
        raise NotFound(f"Node {node.number} has no predictions.")
    return found


def confusion(workspace: Workspace, node: Node) -> Confusion:
    """Counts of true against predicted class, and the parent's."""
    experiment = workspace.store.experiments.get(node.experiment_id)
    parent = workspace.store.nodes.get(node.parent_id) if node.parent_id is not None else None
    here = predictions(workspace, node)
    return Confusion(
        node_id=node.id,
        classes=experiment.classes,
        counts=count(here, len(experiment.classes)),
        parent_counts=None if parent is None else count(predictions(workspace, parent), len(experiment.classes)),
        images=len(here.labels),
    )


def count(found: Predictions, classes: int) -> list[list[int]]:
    """[K, K] images by true and predicted class."""
    flat = np.bincount(found.labels * classes + found.predicted, minlength=classes * classes)
    counts: list[list[int]] = flat.reshape(classes, classes).tolist()
    return counts


def measure_latency(workspace: Workspace, node: Node, batch: int) -> Job:
    """Queue a measurement of the time of a forward pass."""
    require_ready(node, "latency")
    return jobs.queue(workspace, NewJob(LatencyJob(batches=sorted({1, batch})), node.experiment_id, node.id))


def measure_test(workspace: Workspace, node: Node) -> Job:
    """Queue the one measurement on the locked test split."""
    require_ready(node, "test accuracy")
    if node.test_accuracy is not None:
        message = f"Node {node.number} was measured on the test split already ({node.test_accuracy:.2%}); once is all."
        raise Conflict(message, node_id=node.id, test_accuracy=node.test_accuracy)
    return jobs.queue_once(workspace, node, TestJob())
