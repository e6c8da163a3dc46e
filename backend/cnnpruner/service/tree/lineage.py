"""Finds where, along a lineage, accuracy falls below a target: the last node at or above the target (good), and the
first node below it (bad).
"""

from collections.abc import Sequence

from cnnpruner.domain.tree.nodes import Node

GoodAndBadNodes = tuple[Node | None, Node | None]
"""The last node at or above the target (good), and the first node below it (bad). None stands for a node that does not
exist.
"""


def reaches_target(node: Node, target: float) -> bool:
    """Returns whether a ready node is at or above the target.

    A root that learned nothing never counts as reaching the target, however low the target is.
    """
    assert node.accuracy is not None
    return node.accuracy >= target and not (node.parent_id is None and node.learned is False)


def describe_missed_target(node: Node, target: float) -> str:
    """Returns a sentence, without the final period, on why a ready node does not count as reaching the target."""
    assert node.accuracy is not None
    if node.accuracy >= target:
        return (
            f"Node {node.number} learned nothing, so its accuracy of {node.accuracy:.2%} does not count as reaching "
            "the target"
        )
    return f"Node {node.number} has an accuracy of {node.accuracy:.2%}, below the target of {target:.2%}"


def ancestors(tree: Sequence[Node], node: Node) -> list[Node]:
    """Returns the ancestors from the parent up to the root."""
    node_by_id = {member.id: member for member in tree}
    lineage: list[Node] = []
    while node.parent_id is not None:
        node = node_by_id[node.parent_id]
        lineage.append(node)
    return lineage


def find_good_and_bad_nodes(tree: Sequence[Node], node: Node, target: float) -> GoodAndBadNodes:
    """Returns the pair of a good and a bad node that is found by starting at `node`.

    If `node` misses the target, searches its ancestors for the nearest one that reaches the target. Otherwise, searches
    its descendants for the first one that misses the target. Among the descendants, controls are ignored, because they
    were not pruned by scores.
    """
    if not reaches_target(node, target):
        return _find_last_good_node(tree, node, target)
    return _find_first_bad_node(tree, node, target)


def _find_last_good_node(tree: Sequence[Node], bad: Node, target: float) -> GoodAndBadNodes:
    for ancestor in ancestors(tree, bad):
        if reaches_target(ancestor, target):
            return ancestor, bad
        bad = ancestor
    return None, bad


def _find_first_bad_node(tree: Sequence[Node], good: Node, target: float) -> GoodAndBadNodes:
    """Returns the largest bad node of the nearest generation of descendants that has a bad node, and this node's parent
    as the good node.
    """
    generation = [good]
    while generation:
        parents = {node.id: node for node in generation}
        ready_children = [
            node for node in tree if node.parent_id in parents and node.state == "ready" and node.origin != "control"
        ]
        bad = [node for node in ready_children if not reaches_target(node, target)]
        if bad:
            first = max(bad, key=lambda node: (node.filters or 0, -node.number))
            assert first.parent_id is not None
            return parents[first.parent_id], first
        generation = ready_children
    return good, None
