"""Reads nodes, edits their notes and stars, and queues measurements."""

import numpy as np

from cnnpruner.domain.jobs import Job, LatencyJob, NewJob, TestJob
from cnnpruner.domain.plans.layers import Layers, NodeLayers
from cnnpruner.domain.results import Predictions
from cnnpruner.domain.tree.nodes import Confusion, Node, NodeChanges
from cnnpruner.errors import Conflict, NotFound
from cnnpruner.service import jobs
from cnnpruner.service.workspace import Workspace


def require_ready_node(node: Node, subject: str) -> None:
    """Raises Conflict if the node is not ready.

    `subject`: what the node does not have yet, in the words of the error message.
    """
    if node.state == "ready":
        return
    message = {
        "failed": f"Node {node.number} failed and has no {subject}; see the error of this node.",
        "cancelled": f"Node {node.number} was cancelled and has no {subject}; apply its plan again.",
    }.get(node.state, f"Node {node.number} is still {node.state} and has no {subject} yet; wait for its job to finish.")
    raise Conflict(message, node_id=node.id, state=node.state)


def change(workspace: Workspace, node: Node, changes: NodeChanges) -> Node:
    """Sets the note and the star of a node."""
    columns = changes.model_dump(exclude_none=True, exclude={"note_before"})
    return workspace.store.nodes.change(node.id, columns, changes.note_before)


def get_layers(workspace: Workspace, node: Node) -> NodeLayers:
    """Returns the structure of a ready node or, for a root that is not ready yet, the structure that tracing the
    network found.
    """
    if node.state != "ready" and node.number == 0 and node.state in ("waiting", "running"):
        return _add_node_id(workspace.store.experiments.root_layers(node.experiment_id), node)
    require_ready_node(node, "layers")
    return _add_node_id(workspace.store.nodes.layers(node.id), node)


def _add_node_id(layers: Layers, node: Node) -> NodeLayers:
    return NodeLayers.model_construct(**{**dict(layers), "node_id": node.id})


def get_predictions(workspace: Workspace, node: Node) -> Predictions:
    """Returns a ready node's predictions for the selection images."""
    require_ready_node(node, "predictions")
    predictions = workspace.store.nodes.predictions(node.id)
    if predictions is None:
        raise NotFound(f"Node {node.number} has no predictions.")
    return predictions


def get_confusion(workspace: Workspace, node: Node) -> Confusion:
    """Returns the confusion matrices of the node and its parent."""
    experiment = workspace.store.experiments.get(node.experiment_id)
    parent = workspace.store.nodes.get(node.parent_id) if node.parent_id is not None else None
    predictions = get_predictions(workspace, node)
    classes = len(experiment.classes)
    return Confusion(
        node_id=node.id,
        classes=experiment.classes,
        counts=compute_confusion_matrix(predictions, classes),
        parent_counts=None if parent is None else compute_confusion_matrix(get_predictions(workspace, parent), classes),
        images=len(predictions.labels),
    )


def compute_confusion_matrix(predictions: Predictions, classes: int) -> list[list[int]]:
    """Returns the confusion matrix [K, K]: numbers of images by true class (row) and predicted class (column)."""
    flat_counts = np.bincount(predictions.labels * classes + predictions.predicted, minlength=classes * classes)
    counts: list[list[int]] = flat_counts.reshape(classes, classes).tolist()
    return counts


def measure_latency(workspace: Workspace, node: Node, batch: int) -> Job:
    """Queues a job that measures the time of a forward pass."""
    require_ready_node(node, "latency")
    return jobs.queue(workspace, NewJob(LatencyJob(batches=sorted({1, batch})), node.experiment_id, node.id))


def measure_test(workspace: Workspace, node: Node) -> Job:
    """Queues a job that measures the accuracy on the locked test split, which is possible only once for each node."""
    require_ready_node(node, "test accuracy")
    if node.test_accuracy is not None:
        result = f"{node.test_accuracy:.2%}"
        message = (
            f"Node {node.number} was already measured on the test split ({result}); this is possible only once "
            "per node."
        )
        raise Conflict(message, node_id=node.id, test_accuracy=node.test_accuracy)
    return jobs.find_or_queue_job(workspace, node, TestJob())
