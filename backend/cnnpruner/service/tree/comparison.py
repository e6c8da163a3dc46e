"""Compares two to five nodes."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from cnnpruner.domain.plans.layers import Layer
from cnnpruner.domain.results import Predictions
from cnnpruner.domain.tree.comparison import ComparedConfusion, ComparedLayer, Comparison, Flips
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import InvalidInput
from cnnpruner.service.plans.structures import load_structure
from cnnpruner.service.sharing import visitors
from cnnpruner.service.tree import nodes
from cnnpruner.service.workspace import Workspace

MIN_NODES, MAX_NODES = 2, 5


def compare(workspace: Workspace, experiment: Experiment, node_ids: Sequence[int]) -> Comparison:
    """Compares metrics, layers (by original filter numbers) and confusion matrices, and counts flips: images that only
    one of two nodes classifies correctly.

    The first node is the reference.
    """
    compared_nodes = [_find_node(workspace, experiment, node_id) for node_id in node_ids]
    if not MIN_NODES <= len(set(node_ids)) == len(node_ids) <= MAX_NODES:
        raise InvalidInput(f"Choose {MIN_NODES} to {MAX_NODES} different nodes to compare.", nodes=list(node_ids))
    predictions = [nodes.get_predictions(workspace, node) for node in compared_nodes]
    layers = [load_structure(workspace.store, node.id).layers.layers for node in compared_nodes]
    return Comparison(
        experiment_id=experiment.id,
        classes=experiment.classes,
        images=experiment.splits.selection,
        nodes=compared_nodes,
        layers=[_compare_layer(versions) for versions in zip(*layers, strict=True)],
        confusion=_compare_confusion_matrices(compared_nodes, predictions, len(experiment.classes)),
        flips=[_count_flips(*pair) for pair in combinations(zip(compared_nodes, predictions, strict=True), 2)],
    )


def _find_node(workspace: Workspace, experiment: Experiment, node_id: int) -> Node:
    node = visitors.find_node(workspace, node_id)
    if node.experiment_id != experiment.id:
        message = f"Node {node.id} belongs to another experiment; compare nodes of the same tree."
        raise InvalidInput(message, node_id=node.id)
    nodes.require_ready_node(node, "results to compare")
    return node


def _compare_layer(versions: Sequence[Layer]) -> ComparedLayer:
    kept = [sorted(layer.numbers) for layer in versions]
    return ComparedLayer(
        name=versions[0].name,
        kind=versions[0].kind,
        original_filters=versions[0].original_filters,
        widths=[layer.filters for layer in versions],
        kept=kept,
        common=sorted(set(kept[0]).intersection(*kept[1:])),
    )


def _compare_confusion_matrices(
    compared_nodes: Sequence[Node], predictions: Sequence[Predictions], classes: int
) -> list[ComparedConfusion]:
    counts = [np.array(nodes.compute_confusion_matrix(node_predictions, classes)) for node_predictions in predictions]
    return [
        ComparedConfusion(
            node_id=node.id,
            counts=node_counts.tolist(),
            difference=None if node is compared_nodes[0] else (node_counts - counts[0]).tolist(),
        )
        for node, node_counts in zip(compared_nodes, counts, strict=True)
    ]


def _count_flips(before: tuple[Node, Predictions], after: tuple[Node, Predictions]) -> Flips:
    was_correct, is_correct_now = before[1].is_correct, after[1].is_correct
    return Flips(
        before_id=before[0].id,
        after_id=after[0].id,
        degraded=int(np.sum(was_correct & ~is_correct_now)),
        improved=int(np.sum(~was_correct & is_correct_now)),
        both_right=int(np.sum(was_correct & is_correct_now)),
        both_wrong=int(np.sum(~was_correct & ~is_correct_now)),
    )
