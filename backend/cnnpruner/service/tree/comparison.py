"""Two to five nodes side by side."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from cnnpruner.domain.plans.layers import Layer
from cnnpruner.domain.results import Predictions
from cnnpruner.domain.tree.comparison import ComparedConfusion, ComparedLayer, Comparison, Flips
from cnnpruner.domain.tree.experiments import Experiment
from cnnpruner.domain.tree.nodes import Node
from cnnpruner.errors import InvalidInput
from cnnpruner.service.plans.structures import structure
from cnnpruner.service.sharing import visitors
from cnnpruner.service.tree import nodes
from cnnpruner.service.workspace import Workspace

FEWEST, MOST = 2, 5


def compare(workspace: Workspace, experiment: Experiment, node_ids: Sequence[int]) -> Comparison:
    """Metrics, structural difference by original numbers, confusion and flipped samples; the first is the reference."""
    chosen = [_member(workspace, experiment, node_id) for node_id in node_ids]
    if not FEWEST <= len(set(node_ids)) == len(node_ids) <= MOST:
        raise InvalidInput(f"Compare {FEWEST} to {MOST} different nodes, each named once.", nodes=list(node_ids))
    answers = [nodes.predictions(workspace, node) for node in chosen]
    layers = [structure(workspace.store, node.id).layers.layers for node in chosen]
    return Comparison(
        experiment_id=experiment.id,
        classes=experiment.classes,
        images=experiment.splits.selection,
        nodes=chosen,
        layers=[_compare_layer(same) for same in zip(*layers, strict=True)],
        confusion=_confusion(chosen, answers, len(experiment.classes)),
        flips=[_flips(*pair) for pair in combinations(zip(chosen, answers, strict=True), 2)],
    )


def _member(workspace: Workspace, experiment: Experiment, node_id: int) -> Node:
    node = visitors.find_node(workspace, node_id)
    if node.experiment_id != experiment.id:
        message = f"Node {node.id} belongs to another experiment; compare nodes of one tree."
        raise InvalidInput(message, node_id=node.id)
    nodes.require_ready(node, "results to compare")
    return node


def _compare_layer(same: Sequence[Layer]) -> ComparedLayer:
    kept = [sorted(layer.numbers) for layer in same]
    return ComparedLayer(
        name=same[0].name,
        kind=same[0].kind,
        original_filters=same[0].original_filters,
        widths=[layer.filters for layer in same],
        kept=kept,
        common=sorted(set(kept[0]).intersection(*kept[1:])),
    )


def _confusion(chosen: Sequence[Node], answers: Sequence[Predictions], classes: int) -> list[ComparedConfusion]:
    counts = [np.array(nodes.count(found, classes)) for found in answers]
    return [
        ComparedConfusion(
            node_id=node.id,
            counts=mine.tolist(),
            difference=None if node is chosen[0] else (mine - counts[0]).tolist(),
        )
        for node, mine in zip(chosen, counts, strict=True)
    ]


def _flips(before: tuple[Node, Predictions], after: tuple[Node, Predictions]) -> Flips:
    was, is_ = before[1].is_correct, after[1].is_correct
    return Flips(
        before_id=before[0].id,
        after_id=after[0].id,
        degraded=int(np.sum(was & ~is_)),
        improved=int(np.sum(~was & is_)),
        both_right=int(np.sum(was & is_)),
        both_wrong=int(np.sum(~was & ~is_)),
    )
