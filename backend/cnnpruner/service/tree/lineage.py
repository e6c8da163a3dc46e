"""Finds where in the tree accuracy falls below a target: the last good and the first bad node of a lineage."""

from collections.abc import Sequence

from cnnpruner.domain.tree.nodes import Node

Pair = tuple[Node | None, Node | None]
"""The good node and the bad one."""


def is_good(node: Node, target: float) -> bool:
    """Whether a ready node is not below the target."""
    assert node.accuracy is not None
    return node.accuracy >= target


def ancestors(tree: Sequence[Node], node: Node) -> list[Node]:
    """Returns the ancestors from the parent up to the root."""
    by_id = {member.id: member for member in tree}
    lineage: list[Node] = []
    while node.parent_id is not None:
        node = by_id[node.parent_id]
        lineage.append(node)
    return lineage


def default_pair(tree: Sequence[Node], node: Node, target: float) -> Pair:
    """Searches up from a bad `node` for the last good one, and down from a good one for the first bad one.

    Controls are ignored, because they were not pruned by scores.
    """
    if not is_good(node, target):
        return _last_good(tree, node, target)
    return _first_bad(tree, node, target)


def _last_good(tree: Sequence[Node], bad: Node, target: float) -> Pair:
    for ancestor in ancestors(tree, bad):
        if is_good(ancestor, target):
            return ancestor, bad
        bad = ancestor
    return None, bad


def _first_bad(tree: Sequence[Node], good: Node, target: float) -> Pair:
    """Searches the nearest generation. Among several bad nodes it takes the largest, which is closest to the target."""
    generation = [good]
    while generation:
        parents = {node.id: node for node in generation}
        children = [
            node for node in tree if node.parent_id in parents and node.state == "ready" and node.origin != "control"
        ]
        bad = [node for node in children if not is_good(node, target)]
        if bad:
            first = max(bad, key=lambda node: (node.filters or 0, -node.number))
            assert first.parent_id is not None
            return parents[first.parent_id], first
        generation = children
    return good, None
