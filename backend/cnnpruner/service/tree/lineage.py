"""Where in the tree accuracy falls below a target: the last good and the first bad node of a lineage."""

from collections.abc import Sequence

from cnnpruner.domain.tree.nodes import Node

Pair = tuple[Node | None, Node | None]
"""The good node and the bad one."""


def is_good(node: Node, target: float) -> bool:
    """Not below the target; only for ready nodes."""
    assert node.accuracy is not None
    return node.accuracy >= target


def ancestors(tree: Sequence[Node], node: Node) -> list[Node]:
    """From the parent up to the root."""
    by_id = {one.id: one for one in tree}
    found: list[Node] = []
    while node.parent_id is not None:
        node = by_id[node.parent_id]
        found.append(node)
    return found


def default_pair(tree: Sequence[Node], node: Node, target: float) -> Pair:
    """Around `node`: up to the last good one where it is bad, else down to the first bad one.

    Controls are left out: they were not cut by scores.
    """
    if not is_good(node, target):
        return _last_good(tree, node, target)
    return _first_bad(tree, node, target)


def _last_good(tree: Sequence[Node], bad: Node, target: float) -> Pair:
    for above in ancestors(tree, bad):
        if is_good(above, target):
            return above, bad
        bad = above
    return None, bad


def _first_bad(tree: Sequence[Node], good: Node, target: float) -> Pair:
    """Of the nearest generation; among several bad ones the largest, which is nearest to the border."""
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
